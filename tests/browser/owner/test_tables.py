"""An owner edits a shipped decision table in a real browser: cells, findings at the cell, a trial, the draft, publishing."""

import pytest

from kesu.engine import definitions, resources
from kesu.engine.resources import DMN
from tests.conftest import ROOT

pytestmark = pytest.mark.browser
MATRIX = ROOT / "processes" / "approval_matrix.dmn"


@pytest.fixture
def olga(company, visit):
    """Olga with the shipped approval matrix open in the editor."""
    definitions.deploy_decisions(company, "approval_matrix", MATRIX.read_bytes(), actor="olga")
    return opened(visit("olga"), "en")


def opened(visitor, language):
    visitor.page.goto(f"/tables/approval_matrix/designer?lang={language}")
    visitor.page.wait_for_selector("#table-designer[data-ready]")
    return visitor


def write(page, cell, text):
    """Write into a cell as somebody at the keyboard does."""
    page.locator(f'td[data-element-id="{cell}"]').click()
    page.keyboard.press("Control+a")
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def test_a_cell_is_changed_checked_tried_and_published(company, olga):
    page = olga.page
    write(page, "small_levels_out", "1 +")
    finding = page.locator("[data-findings] .is-error button").first
    finding.wait_for()
    page.click("[data-act=publish]")
    page.wait_for_selector("dialog[open]")
    assert page.locator("[data-confirm]").is_disabled()
    page.click("[data-cancel]")
    write(page, "small_levels_out", "2")
    page.wait_for_selector(".findings-none")
    page.get_by_label("remedy_amount").fill("500")
    page.get_by_label("grade").select_option("general")
    page.locator("[data-trial] button").click()
    page.wait_for_function("() => document.querySelector('[data-answer]').textContent.includes('Rules that fired: 1')")
    assert '"levels":2' in page.inner_text("[data-answer]")
    page.click("[data-act=publish]")
    page.fill("dialog[open] [name=comment]", "Two levels from the first yuan")
    with page.expect_navigation():
        page.click("[data-confirm]")
    assert "Published as version 2" in page.inner_text("main") and "Two levels from the first yuan" in page.inner_text("main")
    with company.read() as connection:
        assert resources.latest(connection, DMN, "approval_matrix").version == 2


def test_undo_takes_a_change_back(olga):
    page = olga.page
    write(page, "small_levels_out", "3")
    page.wait_for_selector("[data-act=undo]:not([disabled])")
    while page.locator("[data-act=undo]:not([disabled])").count():
        page.click("[data-act=undo]")
    assert page.inner_text('td[data-element-id="small_levels_out"]').strip() == "1"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_editor_is_open_to_everybody_in_both_languages(company, visit, scheme, language):
    definitions.deploy_decisions(company, "approval_matrix", MATRIX.read_bytes(), actor="olga")
    visitor = opened(visit("olga", color_scheme=scheme), language)
    assert visitor.barriers() == [] and visitor.page.evaluate("[...kesuUntranslated]") == []
    visitor.page.goto(f"/tables/approval_matrix?lang={language}&in.remedy_amount=500&in.grade=general")
    assert visitor.barriers() == []


def test_the_mark_of_bpmn_io_stays_in_sight(olga):
    mark = olga.page.locator(".table-canvas .bjs-powered-by").last
    mark.scroll_into_view_if_needed()
    covered = """(mark) => { const box = mark.getBoundingClientRect();
        const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
        return !mark.contains(top); }"""
    assert mark.is_visible() and mark.evaluate(covered) is False
