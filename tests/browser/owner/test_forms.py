"""An owner changes a shipped form in a real browser, with the keyboard too; the page has no barriers in either language, wide or narrow."""

import pytest

from kesu.engine import definitions, resources
from kesu.engine.resources import FORM
from tests.conftest import ROOT

pytestmark = pytest.mark.browser
REMEDY = ROOT / "processes" / "forms" / "propose_remedy.json"


@pytest.fixture
def olga(company, visit):
    """Olga with the shipped form of a remedy open in the editor."""
    definitions.deploy_form(company, REMEDY.read_bytes(), actor="olga")
    visitor = visit("olga")
    visitor.page.goto("/forms/propose_remedy/designer?lang=en")
    return visitor


def test_a_field_is_added_named_moved_and_published(company, olga):
    page = olga.page
    page.get_by_role("button", name="Short text").click()
    last = page.locator(".field-edit").last
    assert "has no key" in last.inner_text()
    last.get_by_label("Key").fill("carrier")
    last.get_by_label("Label", exact=True).fill("承运商")
    last.get_by_label("Label in English").fill("Carrier")
    last.get_by_label("Label in English").press("Enter")  # saves, and presses no button of a field
    page.locator(".preview").get_by_text("Carrier").wait_for()
    count = page.locator(".field-edit").count()
    page.get_by_role("button", name=f"Move field {count} up").click()
    page.get_by_label("What changed and why").fill("Who carries it")
    page.get_by_role("button", name="Publish", exact=True).click()
    assert "Published as version 2" in page.inner_text("main")
    with company.read() as connection:
        newest = resources.latest(connection, FORM, "propose_remedy")
    assert newest.comment == "Who carries it" and b'"carrier"' in newest.content


@pytest.mark.parametrize(("width", "scheme", "language"), [(1440, "light", "en"), (1440, "dark", "zh"), (390, "light", "zh"), (390, "dark", "en")])
def test_pages_of_forms_have_no_barriers_and_nothing_is_wider_than_the_screen(company, visit, width, scheme, language):
    definitions.deploy_form(company, REMEDY.read_bytes(), actor="olga")
    visitor = visit("olga", color_scheme=scheme)
    visitor.page.set_viewport_size({"width": width, "height": 900})
    for path in ("/forms", "/forms/new", "/forms/propose_remedy", "/forms/propose_remedy/designer"):
        visitor.page.goto(f"{path}?lang={language}")
        assert visitor.barriers() == [], path
        assert visitor.page.evaluate("document.documentElement.scrollWidth") <= width, path
