"""The catalogue in the admin: where an engine's secret is sent is for operators alone to say."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Permission
from django.forms.models import model_to_dict

from accounts.models import User
from generations.models import CatalogueModel
from tests.conftest import NewCustomer
from tests.generations.runner.scripted import offer
from tests.visitor import Visitor

CATALOGUE = "/admin/generations/cataloguemodel/"


@pytest.fixture
def clerk(site: str, new_customer: NewCustomer) -> Iterator[Visitor]:
    """Staff who may do everything with the catalogue, and are no superuser."""
    somebody = new_customer("clerk")
    User.objects.filter(pk=somebody.user.pk).update(is_staff=True)
    everything = Permission.objects.filter(codename__endswith="_cataloguemodel")
    somebody.user.user_permissions.set(everything)
    with Visitor(site) as visitor:
        visitor.sign_in(somebody.user.email)
        yield visitor


def form_of(model: CatalogueModel) -> dict[str, object]:
    fields = ("variant", "width", "height", "position", "concurrency")
    own = {"price_dollars": "0.03", "active": "on", "engine": "demo", "options": "{}"}
    return {**model_to_dict(model, fields), **own}


def test_staff_change_prices_and_not_engines(clerk: Visitor) -> None:
    model = offer("clerks")
    path = f"{CATALOGUE}{model.pk}/change/"
    page = clerk.get(path).text
    names = ("price_dollars", "engine", "options")
    assert 'value="0.03"' in page
    assert [f'name="{name}"' in page for name in names] == [True, False, False]
    elsewhere = {"engine": "openai", "options": '{"base_url": "https://thief.example/v1"}'}
    changed = {**form_of(model), **elsewhere, "price_dollars": "0.040001"}
    assert clerk.post(path, changed).status_code == 302
    model.refresh_from_db()
    assert (model.price_micros, model.engine, model.options) == (40_001, "demo", {})


def test_staff_add_no_offer_which_would_have_no_engine(clerk: Visitor) -> None:
    added = {**form_of(offer("clerks")), "variant": "added"}
    assert clerk.post(f"{CATALOGUE}add/", added).status_code == 403
    assert not CatalogueModel.objects.filter(variant="added").exists()


def test_operators_change_everything(site: str, staff: User) -> None:
    model = offer("operators")
    changed = {**form_of(model), "engine": "openai", "options": '{"model": "painter"}'}
    with Visitor(site) as operator:
        operator.sign_in(staff.email)
        assert operator.post(f"{CATALOGUE}{model.pk}/change/", changed).status_code == 302
    model.refresh_from_db()
    assert (model.engine, model.options) == ("openai", {"model": "painter"})
