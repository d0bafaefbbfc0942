"""The inbox and the task page in a real Chromium: keyboard, pane, drafts, narrow screens, no scripts, and axe."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from kesu.engine import runtime, user_tasks
from tests.conftest import ROOT
from tests.webui.conftest import find_task, open_task

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("db", ["sqlite"], indirect=True)]
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page):
    """Return what axe finds on a page."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    return [f"{each['id']}: {[node['target'] for node in each['nodes']]}" for each in found["violations"]]


def focused(page):
    """Return the case of the row that has the focus."""
    return page.evaluate("document.activeElement.querySelector?.('.number')?.textContent ?? document.activeElement.tagName")


def test_j_and_k_walk_the_list_and_o_looks_at_a_task(desk, begun):
    for case in ("KS-1", "KS-2", "KS-3"):
        begun(case)
    page = desk("ivan")
    page.goto("/inbox?box=group")
    assert focused(page) == "KS-1"

    page.keyboard.press("j")
    assert focused(page) == "KS-2"
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert focused(page) == "KS-3"
    page.keyboard.press("k")

    page.keyboard.press("o")
    page.wait_for_selector("#pane .task-pane")
    assert "KS-2" in page.inner_text("#pane-title")
    assert "task=" in page.url
    page.keyboard.press("j")
    expect(page.locator("#pane-title")).to_contain_text("KS-3")


def test_enter_opens_the_task_on_its_own_page(desk, begun):
    begun()
    page = desk("ivan")
    page.goto("/inbox?box=group")

    page.keyboard.press("Enter")

    page.wait_for_url("**/tasks/**")


def test_c_claims_from_the_list(desk, company, begun):
    task_id = begun()
    page = desk("ivan")
    page.goto("/inbox?box=group")

    page.keyboard.press("c")

    page.wait_for_selector("#pane #f-cause:focus")
    assert f"task={task_id}" in page.url
    assert find_task(company, task_id).assignee == "ivan"


def test_a_leads_to_the_approval_and_needs_a_second_key_to_decide(desk, company, proposed):
    task_id = proposed()
    page = desk("mara")

    page.keyboard.press("a")
    page.wait_for_selector("[data-does=approve]:focus")
    assert find_task(company, task_id).is_open

    page.keyboard.press("Enter")
    page.wait_for_selector(".flash")
    assert find_task(company, task_id).outcome == "approved"
    assert "Open on this case now: Countersign it." in page.inner_text(".flash")


def test_question_mark_shows_the_sheet_and_escape_closes_it(desk, begun):
    begun()
    page = desk("ivan")
    page.goto("/inbox?box=group")

    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    assert violations(page) == []

    page.keyboard.press("Escape")
    assert not page.locator("#keys").is_visible()


def test_single_letters_are_letters_in_a_field_and_can_be_switched_off(desk, begun):
    begun("KS-1")
    begun("KS-2")
    page = desk("ivan")
    page.goto("/inbox?box=group")
    page.keyboard.press("/")
    page.keyboard.type("jk?")
    assert page.input_value("#q") == "jk?"

    page.goto("/profile")
    page.click("button[name=keys][value=off]")
    page.goto("/inbox?box=group")
    page.keyboard.press("j")
    assert focused(page) == "KS-1"


def test_what_is_typed_is_kept_by_itself_and_shows_the_next_field(desk, company, begun):
    task_id = begun()
    user_tasks.claim(company, task_id, actor="ivan")
    page = desk("ivan")
    page.goto(f"/tasks/{task_id}")
    assert not page.locator("[data-field=amount]").is_visible()

    page.fill("#f-cause", "loose bolt")
    page.check("text=Refund")

    page.wait_for_selector("[data-field=amount]", state="visible")
    assert "Draft kept at 09:00" in page.inner_text("[data-draft-said]")
    page.reload()
    assert page.input_value("#f-cause") == "loose bolt"


def test_a_vote_is_cast_from_the_pane(desk, company, to_sign):
    task_id = to_sign()
    page = desk("ada")

    page.click(".task-link")
    page.wait_for_selector("#pane .voters")
    page.click("#pane button[value=yes]")

    page.wait_for_selector(".flash")
    assert "you agreed" in page.inner_text(".flash")
    with company.read() as connection:
        assert user_tasks.find(connection, task_id).is_open


def test_everything_works_without_scripts(desk, company, begun):
    task_id = begun()
    page = desk("ivan", scripts=False)
    page.click("text=My groups")
    page.click(".task-link")
    page.click(".claim-bar button")
    page.fill("#f-cause", "loose bolt")
    page.check("text=Repair")
    page.click("text=Send and finish")

    assert "Propose a remedy: done." in page.inner_text(".flash")
    mara = desk("mara", scripts=False)
    mara.goto(f"/tasks/{open_task(company, find_task(company, task_id).instance_id)}")
    assert "loose bolt" in mara.inner_text(".earlier")
    mara.click("text=Send back to an earlier step")
    mara.check(".target >> text=Propose a remedy")
    mara.fill("#reason", "say more")
    mara.click("main button.danger")
    assert "sent back" in mara.inner_text(".flash")


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_nothing_is_wider_than_the_screen_and_axe_finds_nothing(desk, company, begun, proposed, to_sign, turned, width):
    begun("KS-1")
    turned.advance(timedelta(hours=9))
    decision, vote = proposed("KS-2"), to_sign("KS-3")
    runtime.vote(company, vote, actor="bo", answer="yes", comment="within limits")
    page = desk("mara", width=width, dark=width == 1024)
    paths = ["/inbox", f"/inbox?task={decision}", "/inbox?box=done", f"/tasks/{decision}", f"/tasks/{vote}", f"/tasks/{vote}/moves/reject",
             "/profile", "/notices", "/no/such/page"]
    for language in ("en", "zh"):
        for path in paths[:-1]:
            page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
            assert violations(page) == [], f"{path} {language} {width}"
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} {language} {width}"
