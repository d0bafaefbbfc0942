"""The customers' pages in a real Chromium: axe, both languages, widths and themes, with scripts and without."""

import pytest

from kesu.engine import runtime, user_tasks, worker
from kesu.engine.instances import by_business_key
from tests.webui.cases.stage import PNG
from tests.webui.test_inbox_in_a_browser import violations

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("db", ["sqlite"], indirect=True)]


@pytest.fixture
def window(chromium, address):
    """Return a customer's browser window."""
    opened = []

    def open_window(width=1440, dark=False, scripts=True, language="en-GB"):
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            base_url=address,
            java_script_enabled=scripts,
            color_scheme="dark" if dark else "light",
            locale=language,
        )
        context.set_default_timeout(60_000)  # the first complaint of a process trains the text model
        opened.append(context)
        return context.new_page()

    yield open_window
    for context in opened:
        context.close()


def file_one(page, **typed):
    """Fill in and send the form; leads to the receipt."""
    page.goto("/complaints/new")
    page.check("#category-1")
    for selector, text in (
        {"#product-quality": "KX-100", "#description": "It leaks", "#name": "Carol", "#contact": "carol@example.com"} | typed
    ).items():
        page.fill(selector, text)
    page.click("form.complaint-form button.primary")


def shown_fields(page):
    """Count the fields that a customer sees, a group of radio buttons as one."""
    visible = page.locator("form.complaint-form .field").filter(visible=True).all()
    return len(visible)


def test_a_category_shows_its_own_fields_without_any_script(window):
    page = window(scripts=False)
    page.goto("/complaints/new")
    assert not page.is_visible("#product-quality") and shown_fields(page) <= 8

    for number, own in ((1, "#product-quality"), (2, "#occurred_on-service"), (3, "#order_number-delivery")):
        page.check(f"#category-{number}")
        assert page.is_visible(own) and shown_fields(page) <= 8


def test_a_complaint_is_filed_and_followed_without_any_script(window):
    page = window(width=390, scripts=False)
    file_one(page)

    assert page.inner_text(".receipt-number") == "KS-2026-000001"
    page.click(".receipt .button.primary")
    assert "It leaks" in page.inner_text(".talk")


def test_what_was_typed_survives_leaving_the_page_and_is_gone_once_it_has_arrived(window):
    page = window()
    page.goto("/complaints/new")
    page.fill("#description", "Half a story")
    page.goto("/complaints")
    page.goto("/complaints/new")
    assert page.input_value("#description") == "Half a story"

    file_one(page)
    page.wait_for_selector(".receipt-number")
    page.wait_for_load_state()  # the number is shown before the receipt's script, which forgets what was typed, has run
    page.goto("/complaints/new")
    assert page.input_value("#description") == ""


def test_what_went_wrong_gets_the_focus_and_leads_to_its_field(window):
    page = window()
    file_one(page, **{"#product-quality": ""})
    page.wait_for_selector(".problem-summary:focus")

    page.click(".problem-summary a")
    assert page.evaluate("location.hash") == "#product-quality" and violations(page) == []


@pytest.mark.parametrize(("width", "dark", "language"), [(1440, False, "zh-CN"), (390, False, "en-GB"), (390, True, "zh-CN")])
def test_axe_finds_nothing_from_the_form_to_the_survey(window, company, received, width, dark, language):
    receipt = received()
    with company.read() as connection:
        task = user_tasks.of_instance(connection, by_business_key(connection, receipt.reference).id, only_open=True)[0]
    runtime.complete(company, task.id, actor="ivan", submission={"facts": "x", "customer_needed": "yes", "question": "When?"})
    worker.drain(company)
    page, track = window(width, dark, language=language), f"/track/{receipt.tracking_token}"
    for path in (
        "/complaints",
        "/complaints/new?category=service",
        "/track",
        track,
        f"{track}/receipt",
        f"{track}/withdrawal",
        "/track/nothing-of-the-kind",
    ):
        page.goto(path)
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path


def test_a_photo_is_sent_with_an_answer(window, company, received):
    receipt = received()
    page = window(width=390)
    page.goto(f"/track/{receipt.tracking_token}")
    page.click(".more > summary")
    page.fill("#message", "Here it is")
    page.set_input_files("#attachments", {"name": "leak.png", "mimeType": "image/png", "buffer": PNG})
    page.click(".more button")

    page.wait_for_selector(".file-list")
    assert "leak.png" in page.inner_text(".file-list") and "Here it is" in page.inner_text(".talk")
