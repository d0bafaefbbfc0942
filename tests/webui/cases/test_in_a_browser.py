"""The pages for colleagues in a real Chromium: axe, widths, themes, languages, and what the small scripts add."""

import io
from datetime import timedelta

import pytest

from kesu.complaints import attachments, contacts
from kesu.engine import clock
from tests.webui.cases.stage import PNG
from tests.webui.test_inbox_in_a_browser import violations

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("db", ["sqlite"], indirect=True)]


@pytest.fixture
def busy(company, received, turned):
    """An overdue case with a note, a reply, a picture, and another case of the same customer."""
    receipt = received()
    with company.write() as connection:
        contacts.log(connection, receipt.reference, contacts.INTERNAL, "Careful", channel="note", actor="ines", at=clock.now())
        contacts.log(connection, receipt.reference, contacts.TO_CUSTOMER, "Hello", channel="portal", actor="ines", at=clock.now())
        files = attachments.accept([attachments.Upload("handle.png", PNG)])
        attachments.add(connection, receipt.reference, files, at=clock.now(), actor="customer")
    turned.advance(timedelta(hours=30))
    received(description="And now the lid.")
    return receipt.reference


def look(page, path, name=""):
    """Load a page and assert that axe finds nothing and nothing sticks out of it."""
    page.goto(path)
    page.wait_for_load_state("networkidle")
    assert violations(page) == [], path
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), f"{path} is wider than the window"


@pytest.mark.parametrize(("width", "dark", "language"), [(1440, False, "en"), (390, True, "zh")])
def test_axe_finds_nothing_on_any_page(desk, busy, width, dark, language):
    page = desk("mara", width=width, dark=dark)
    for path in ("/cases", "/cases?q=nothing+of+the+kind", f"/cases/{busy}", "/contacts/1", "/intake/new?phone=13800001111", "/imports/new", "/mails",
                 "/mails/1", "/reports"):
        look(page, f"{path}{'&' if '?' in path else '?'}lang={language}")


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_while_writing(desk, busy, dark):
    page = desk("ines", dark=dark)
    page.goto(f"/cases/{busy}")
    for kind in ("note", "reply", "file"):
        page.click(f".compose-{kind} > summary")
        assert page.locator("details[open].compose").count() == 1
        page.evaluate("scrollTo(0, 0)")  # what lies half under the top bar is too small to hit, and says so
        assert violations(page) == []
    page.click(".clock-why > summary")
    page.evaluate("scrollTo(0, 0)")
    assert violations(page) == []


def test_a_note_and_a_reply_do_not_look_alike(desk, busy):
    page = desk("ines")
    page.goto(f"/cases/{busy}")

    def look_of(selector):
        return page.eval_on_selector(selector, "each => { const s = getComputedStyle(each); return [s.backgroundColor, s.borderStyle] }")

    assert look_of(".line-note .line-text") != look_of(".line-to_customer .line-text")
    page.click(".compose-note > summary")
    note = look_of(".compose-note")
    page.click(".compose-reply > summary")
    reply = look_of(".compose-reply")
    assert note[0] != reply[0] and note[1] != reply[1]


def test_the_caller_appears_while_the_number_is_typed_and_fills_the_form(desk, busy):
    page = desk("ines")
    page.goto("/intake/new")
    page.fill("#description", "They are angry")
    page.locator("#phone").press_sequentially("13800001111")
    page.wait_for_selector("#callers .caller")

    page.click("#callers [data-fill]")

    assert page.input_value("#name") == "Carol" and page.input_value("#description") == "They are angry"
    assert "/intake/new" in page.url and "?" not in page.url


def test_charts_are_drawn_from_the_numbers_of_their_tables(desk, busy):
    page = desk("mara")
    page.goto("/reports")
    page.wait_for_selector(".chart-flow .chart-canvas canvas")

    assert page.locator(".chart-canvas canvas").count() == page.locator("figure[data-chart]").count() >= 5
    assert "Cases: 2" in page.locator(".chart-categories .chart-canvas").get_attribute("aria-label")


def test_the_list_works_without_scripts(desk, busy):
    page = desk("ines", scripts=False)
    page.goto("/cases")
    page.click(".more-filters > summary")
    page.select_option("#category", "quality")
    page.check("#overdue")
    page.click(".more-filters button.primary")

    assert page.locator(".case-table tbody tr").count() == 1


def test_an_import_is_told_row_by_row(desk, busy):
    page = desk("ines")
    page.goto("/imports/new")
    rows = io.BytesIO(b"name,phone,description,category,product\nCarol,13800001111,Broken,quality,kettle\nDora,,Broken,quality,kettle\n")
    page.set_input_files("#file", {"name": "rows.csv", "mimeType": "text/csv", "buffer": rows.getvalue()})
    page.click("form.card button.primary")
    page.wait_for_selector("h1:has-text('Look before importing')")
    assert violations(page) == []
    page.click("button[name=confirmed]")
    page.wait_for_selector("h1:has-text('Import finished')")

    assert violations(page) == [] and page.locator("tbody tr").count() == 2
