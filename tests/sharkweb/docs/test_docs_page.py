"""The reference as a page, as Markdown and for machines, each with this deployment's own facts."""

import re
from html import unescape

import pytest
from django.test import Client, override_settings

from generations.models import CatalogueModel
from tests.api.calls import HTTP
from tests.conftest import Customer
from tests.visitor import Visitor

SECTION = re.compile(r'<section class="prose[^"]*" id="([^"]+)"[^>]*?( hidden)?>')


def shown(page: str) -> list[str]:
    """The anchors of the sections that can be seen."""
    return [anchor for anchor, is_hidden in SECTION.findall(page) if not is_hidden]


def test_every_link_within_leads_somewhere(site: str) -> None:
    page = HTTP.get(f"{site}/docs").text
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    targets = set(re.findall(r'href="#([^"]+)"', page)) | set(
        re.findall(r'data-copy="#([^"]+)"', page)
    )
    assert len(targets) > 60
    assert targets <= set(ids)


def test_every_link_to_the_site_leads_somewhere(site: str, alice: Customer) -> None:
    paths = set(re.findall(rf'href="{site}(/[^"#]*)"', HTTP.get(f"{site}/docs").text))
    assert "/tokens" in paths
    with Visitor(site) as visitor:
        visitor.sign_in(alice.user.email)
        for path in paths:
            assert visitor.get(path).status_code == 200, path


@pytest.mark.parametrize("path", ["/docs", "/docs.md", "/llms.txt"])
def test_knows_its_address_and_its_prices(site: str, path: str) -> None:
    text = unescape(HTTP.get(site + path).text)
    assert f"{site}/api/v1/" in text
    assert "{{" not in text
    assert "{%" not in text
    assert "$0.05, coming soon" in text
    elsewhere = HTTP.get(site + path, headers={"Host": "pictures.example:8000"})
    assert "http://pictures.example:8000" in elsewhere.text
    assert site not in elsewhere.text


def test_follows_the_catalogue(site: str) -> None:
    model = CatalogueModel.objects.create(
        variant="wide", engine="demo", price_micros=1_250_000, width=640, height=320, active=True
    )
    try:
        for path in ("/docs", "/docs.md", "/llms.txt"):
            text = HTTP.get(site + path).text
            assert "640 × 320" in text
            assert "$1.25" in text
        assert "$1.25" in HTTP.get(site).text
    finally:
        model.delete()
    assert "$1.25" not in HTTP.get(f"{site}/docs").text


def test_a_search_shows_the_sections_that_have_all_words(site: str) -> None:
    every = shown(HTTP.get(f"{site}/docs").text)
    assert len(every) > 40
    found = shown(HTTP.get(f"{site}/docs", params={"q": "Retry-AFTER 429"}).text)
    assert found == ["errors-retry"]
    none = HTTP.get(f"{site}/docs", params={"q": "submarine"})
    assert shown(none.text) == []
    assert "Nothing found" in none.text


def test_a_hostile_search_is_inert(site: str) -> None:
    for query in ("<script>alert(1)</script>", '"><img src=x>', "\0", "%", "x" * 5000):
        page = HTTP.get(f"{site}/docs", params={"q": query})
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text


def test_the_whole_reference_as_markdown(site: str) -> None:
    answer = HTTP.get(f"{site}/docs.md")
    assert answer.headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert answer.text.startswith("# SharkAPI\n\n## Quick start\n")
    assert "{#" not in answer.text
    assert "&quot;" not in answer.text
    titles = re.findall(r"^#{2,3} (.+)$", answer.text, re.MULTILINE)
    page = HTTP.get(f"{site}/docs").text
    assert titles == [
        unescape(title) for title in re.findall(r"<h[23][^>]*><a [^>]*>(.*?)</a>", page)
    ]


def test_llms_txt_has_the_form_of_its_standard(site: str) -> None:
    answer = HTTP.get(f"{site}/llms.txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    lines = [line for line in answer.text.splitlines() if line]
    assert lines[0] == "# SharkAPI"
    assert lines[1].startswith("> ")
    assert [line for line in lines if line.startswith("#")] == [
        "# SharkAPI",
        "## Docs",
        "## Optional",
    ]
    links = re.findall(r"^- \[[^\]]+\]\((\S+)\): \S", answer.text, re.MULTILINE)
    assert links
    for link in links:
        assert HTTP.get(link).status_code == 200, link


def test_other_languages_read_what_is_translated(site: str) -> None:
    page = HTTP.get(f"{site}/docs", headers={"Accept-Language": "de"})
    assert page.status_code == 200
    assert 'lang="de"' in page.text
    assert '<a href="#quick-start">Schnellstart</a>' in page.text
    assert set(shown(page.text)) == set(shown(HTTP.get(f"{site}/docs").text))


def test_who_is_signed_in_reads_it_too(site: str, alice: Customer) -> None:
    with Visitor(site) as visitor:
        visitor.sign_in(alice.user.email)
        page = visitor.get("/docs")
        assert page.status_code == 200
        assert alice.user.email in page.text


def test_links_are_promised_for_as_long_as_images_are_kept() -> None:
    for path in ("/", "/docs", "/llms.txt"):
        assert "permanent" in Client().get(path).content.decode(), path
        with override_settings(KEEP_IMAGES_DAYS=30):
            page = Client().get(path).content.decode()
        assert "permanent" not in page, path
        assert "30 days" in page, path
