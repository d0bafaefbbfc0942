"""The profile, the handover and the answer to a mail in a real browser: no barriers, both languages, light and dark, wide and narrow; by keyboard."""

import pytest

from kesu.engine import deputies
from tests.conftest import ROOT
from tests.webui.test_answers import links  # noqa: F401  a fixture
from tests.webui.test_answers import outcome as answered

pytestmark = pytest.mark.browser
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
FACES = [("en", 1440, False), ("zh", 390, True)]


def barriers(page) -> list[str]:
    """Return what axe finds on a page, and whether it is wider than the window."""
    page.evaluate(AXE.read_text())
    found = [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in page.evaluate("axe.run(document)")["violations"]]
    return found + ([] if page.evaluate("document.documentElement.scrollWidth <= innerWidth") else ["wider than the window"])


@pytest.mark.parametrize(("language", "width", "dark"), FACES)
def test_profile_and_handover_have_no_barriers(company, desk, proposed, turned, language, width, dark):
    proposed()
    deputies.appoint(company, "root", "bo", begins_at=turned.now(), ends_at=turned.now().replace(day=9), actor="root")
    page = desk("root", width=width, dark=dark)
    for path in (f"/profile?lang={language}", f"/handovers/new?leaver=mara&to=ines&lang={language}"):
        page.goto(path)
        assert barriers(page) == [], path


@pytest.mark.parametrize(("language", "width", "dark"), FACES)
def test_a_mail_is_answered_by_keyboard_without_signing_in(company, chromium, address, links, proposed, language, width, dark):  # noqa: F811
    task = proposed()
    context = chromium.new_context(base_url=address, viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light")
    page = context.new_page()
    page.goto(f"{links('mara')[1]}?lang={language}")
    assert barriers(page) == []
    page.focus("#reason")
    page.keyboard.type("too dear")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert barriers(page) == []
    context.close()
    assert answered(company, task) == ("completed", "rejected", "mara")
