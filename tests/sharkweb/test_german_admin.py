"""The staff's admin can be translated, none of its names is Python's, and its German is whole."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets, label_for_field
from django.db.models import Model
from django.test import Client
from django.utils.functional import Promise

from accounts.models import User
from tests.conftest import Customer

ROOMS = ("accounts", "wallet", "keys", "generations")
ADMINS = [own for model, own in admin.site._registry.items() if model._meta.app_label in ROOMS]
MODELS = [own.model for own in ADMINS] + [each.model for own in ADMINS for each in own.inlines]
HEADING = re.compile(r'<th scope="col" class="[^"]*column-.*?<div class="text">(.*?)</div>', re.S)


def fixed(words: Iterator[tuple[str, object]]) -> list[str]:
    """Where a text is one that no language changes."""
    return [place for place, text in words if not isinstance(text, Promise) and text != ""]


def names_in(model: type[Model]) -> Iterator[tuple[str, object]]:
    """What a model says of itself and its fields."""
    for name in ("verbose_name", "verbose_name_plural"):
        # Its own, since Django makes up both, the second by English grammar.
        yield name, model._meta.original_attrs.get(name)
    for field in (*model._meta.concrete_fields, *model._meta.many_to_many):
        if not field.auto_created:
            yield field.name, field.verbose_name
            yield f"{field.name}: help", field.help_text


def words_in(own: Any) -> Iterator[tuple[str, object]]:
    """What the admin of a model says: columns, fields, groups of fields, filters, actions."""
    groups = own.fieldsets or [(None, {"fields": own.fields or ()})]
    for name in (*own.list_display, *flatten_fieldsets(groups)):
        if name != "__str__" and name not in own.form.declared_fields:
            yield str(name), label_for_field(name, own.model, own)
    for name, field in own.form.declared_fields.items():
        yield name, field.label
        yield f"{name}: help", field.help_text
    yield from (("fieldset", title or "") for title, _fields in groups)
    for each in own.list_filter:
        if isinstance(each, type) and issubclass(each, admin.SimpleListFilter):
            yield each.__name__, each.title
    yield from ((name, getattr(own, name).short_description) for name in own.actions or ())
    yield "search", own.search_help_text or ""


def test_the_rooms_names_can_be_translated() -> None:
    assert fixed((room, apps.get_app_config(room).verbose_name) for room in ROOMS) == []


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_a_models_names_can_be_translated(model: type[Model]) -> None:
    assert fixed(names_in(model)) == []


@pytest.mark.parametrize("own", ADMINS, ids=str)
def test_what_its_admin_says_can_be_translated(own: Any) -> None:
    assert fixed(words_in(own)) == []


def test_a_list_is_german(staff: User, alice: Customer) -> None:
    client = Client(headers={"accept-language": "de"})
    client.force_login(staff)
    page = client.get(f"/admin/keys/key/?account={alice.account.pk}").content.decode()
    headings = [unescape(re.sub(r"<[^>]+>", "", text)).strip() for text in HEADING.findall(page)]
    times = ["Angelegt am", "Zuletzt benutzt am", "Läuft ab am"]
    assert headings == ["Name", "Konto", "Token", "Zustand", *times]
    words = re.sub(r"<[^>]+>", "", page)
    for english in ("API token", "keys", "created at", "last used", "expires", "state"):
        assert not re.search(rf"\b{english}\b", words, re.IGNORECASE), english
