"""The inbox and the task page in a real Chromium: keyboard, pane, drafts, narrow screens, no scripts, and axe."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from kesu.engine import claims, runtime, user_tasks
from kesu.webui import saved_views
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


def test_what_was_claimed_is_put_back_by_its_button(desk, company, begun):
    task_id = begun()
    page = desk("ivan")
    page.goto(f"/tasks/{task_id}")
    page.locator("main [data-does=claim]").first.click()
    page.get_by_role("button", name="Put it back on the shared list").click()
    page.wait_for_load_state("networkidle")
    assert find_task(company, task_id).assignee is None


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
    claims.claim(company, task_id, actor="ivan")
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


def test_after_an_act_the_next_task_stands_ready(desk, company, proposed):
    first, second = proposed("KS-1"), proposed("KS-2")
    page = desk("mara")
    page.click(".task-link >> nth=0")
    page.click("#pane [data-does=approve]")

    page.wait_for_selector(".flash")
    assert find_task(company, first).outcome == "approved"
    assert f"task={second}" in page.url
    expect(page.locator("#pane-title")).to_contain_text("KS-2")
    assert focused(page) == "KS-2"


def test_tasks_are_chosen_and_approved_with_the_keyboard_alone(desk, company, proposed):
    ids = [proposed(case) for case in ("KS-1", "KS-2", "KS-3")]
    page = desk("mara")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-picked]")).to_have_text("2 chosen")

    page.keyboard.press("a")
    page.wait_for_url("**/inbox/batches/approve?**")
    assert violations(page) == []
    page.focus("[data-does=confirm]")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Approved: 2 of 2")
    assert violations(page) == []

    assert [find_task(company, each).outcome for each in ids] == ["approved", "approved", None]
    page.keyboard.press("Enter")  # the way back has the focus
    page.wait_for_url("**/inbox?**")
    assert focused(page) == "KS-3"


def test_what_cannot_be_approved_together_is_said_before_it_is_tried(desk, proposed, to_sign):
    proposed("KS-1")
    to_sign("KS-2")
    page = desk("mara")

    page.check("[data-pick-all]")

    expect(page.locator("[data-why]")).to_have_text("Only tasks of one step can be approved together.")
    assert page.locator("[data-does=batch-approve]").is_disabled()
    assert page.locator("[data-does=batch-transfer]").is_enabled()
    page.keyboard.press("Escape")
    expect(page.locator("[data-picked]")).to_have_text("None chosen")


def test_filters_are_saved_as_a_view_with_the_keyboard(desk, begun):
    begun("KS-1")
    page = desk("ivan")
    page.goto("/inbox?box=group")
    page.keyboard.press("f")
    page.select_option("#due", "week")
    page.click("text=Show these")
    page.wait_for_url("**due=week**")
    page.locator(".task-link").first.focus()

    page.keyboard.press("s")
    page.fill("#view-name", "This week")
    page.keyboard.press("Enter")

    expect(page.locator(".view-name")).to_have_text("This week")
    page.click(".chip")
    page.wait_for_url(lambda url: "due=" not in url)
    page.click(".view-name")
    page.wait_for_url("**due=week**")
    assert violations(page) == []


def test_a_row_that_went_away_says_so_without_a_reload_and_nothing_jumps(desk, company, begun):
    task_id = begun("KS-1")
    page = desk("ivan")
    page.goto("/inbox?box=group")
    claims.claim(company, task_id, actor="ada")
    begun("KS-2")

    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    expect(page.locator(".task-row.gone .task-note")).to_have_text("Ada has it now.")
    expect(page.locator("[data-fresh] a")).to_have_text("1 new task: show it")
    assert page.locator("[data-pick]").is_disabled()
    assert focused(page) == "KS-1"
    assert violations(page) == []


def test_g_and_a_letter_lead_to_a_box(desk, begun):
    begun("KS-1")
    page = desk("ivan")
    page.goto("/inbox?box=group")

    for letter, box in (("i", "mine"), ("g", "group"), ("m", "cases"), ("u", "urged"), ("d", "done"), ("c", "copied")):
        page.keyboard.press("g")
        page.keyboard.press(letter)
        page.wait_for_url(f"**box={box}")
        page.locator("#boxes a").first.focus()


def test_the_sheet_lists_every_key_and_no_other(desk, begun):
    begun("KS-1")
    page = desk("ivan")
    page.goto("/inbox?box=group&due=week")
    listed = {tuple(item.split()) for item in page.locator("#keys dt").all_inner_texts() or page.locator("#keys dt").all_text_contents()}
    page.goto("/inbox?box=group")
    assert "s" not in page.locator("#keys dt").all_text_contents()  # nothing to save yet
    script = (ROOT / "frontend/src/shell/inbox.js").read_text()
    keys = set(re.findall(r"^  (?:'(.)'|(\w+)): \(", script.split("const KEYS = {")[1].split("};")[0], flags=re.M))
    places = set(re.findall(r"(\w): '", script.split("const PLACES = {")[1].split("}")[0]))

    singles = {word for item in listed for word in item if item[0] != "g"} - {"Enter", "Ctrl"}
    assert singles == {{"ArrowDown": "↓", "ArrowUp": "↑", "Escape": "Esc"}.get(one or other, one or other) for one, other in keys}
    assert {item[1] for item in listed if item[0] == "g"} == places


def test_what_a_voter_types_stays_in_the_browser(desk, to_sign):
    to_sign("KS-1")
    page = desk("ada")
    page.click(".task-link")
    page.fill("#pane #f-comment", "only half a")

    expect(page.locator("#pane [data-draft-said]")).to_have_text("Kept in this browser until the tab is closed")
    page.reload()
    assert page.input_value("#pane #f-comment") == "only half a"


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
    with company.write() as connection:
        saved_views.save(connection, "mara", "Overdue and pressing, of the whole department", "box=mine&due=overdue")
    runtime.urge(company, decision, actor="ivan", reason="The customer has called twice")
    paths = ["/inbox", f"/inbox?task={decision}", "/inbox?box=mine&due=overdue&priority=3&q=KS", "/inbox?box=urged", "/inbox?box=cases",
             "/inbox/views", f"/inbox/batches/approve?task={decision}&task={vote}", f"/inbox/batches/transfer?task={decision}",
             "/inbox?box=done", f"/tasks/{decision}", f"/tasks/{vote}", f"/tasks/{vote}/moves/reject",
             "/profile", "/notices", "/no/such/page"]
    for language in ("en", "zh"):
        for path in paths[:-1]:
            page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
            assert violations(page) == [], f"{path} {language} {width}"
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} {language} {width}"
