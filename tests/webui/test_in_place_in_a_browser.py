"""In the inbox nothing leads away: searches, refusals, moves and conditional questions leave one where one is."""

import json

import pytest
from playwright.sync_api import expect

from kesu.engine import claims, definitions
from tests.webui.conftest import PROPOSAL, find_task
from tests.webui.test_inbox_in_a_browser import focused, violations

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("db", ["sqlite"], indirect=True)]


def test_after_a_search_and_after_a_filter_the_letters_work_at_once(desk, begun):
    for case in ("KS-1", "KS-2"):
        begun(case)
    page = desk("ivan")
    page.goto("/inbox?box=group")
    page.keyboard.press("/")
    page.keyboard.type("KS")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=KS**")
    assert focused(page) == "KS-1"
    page.keyboard.press("j")
    assert focused(page) == "KS-2"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("x")  # nothing has the focus: the list has
    page.keyboard.press("j")
    assert focused(page) == "KS-1"
    page.goto("/inbox?box=group&q=nothing")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()


def test_a_rejection_without_a_reason_stays_in_the_pane(desk, company, proposed):
    task_id = proposed()
    page = desk("mara")
    page.click(".task-link")
    page.wait_for_selector("#pane .task-pane")
    before = page.url
    page.click("#pane [data-does=reject]")
    page.wait_for_selector("#pane #wrong:focus")
    assert "Say why" in page.inner_text("#pane #wrong") and page.url == before
    assert violations(page) == []
    page.fill("#pane #f-comment", "too much")
    with page.expect_response(lambda answer: "/completion" in answer.url and answer.status < 400):
        page.click("#pane [data-does=reject]")
    page.wait_for_selector(".flash")
    page.wait_for_load_state("networkidle")
    assert find_task(company, task_id).outcome == "rejected" and "/inbox" in page.url


def test_a_whole_page_that_was_refused_keeps_its_own_address(desk, proposed):
    task_id = proposed()
    page = desk("mara")
    page.goto(f"/tasks/{task_id}")
    page.click("[data-does=reject]")
    page.wait_for_selector("#wrong")
    page.wait_for_url(f"**/tasks/{task_id}**")
    assert "/completion" not in page.url
    page.reload()
    assert page.locator("[data-does=reject]").is_visible()


@pytest.mark.parametrize(("key", "button", "outcome"), [("a", "approve", "approved"), ("r", "reject", "rejected")])
def test_ctrl_enter_sends_the_answer_that_was_headed_for(desk, company, proposed, key, button, outcome):
    task_id = proposed()
    page = desk("mara")
    page.keyboard.press(key)
    page.wait_for_selector(f"#answer[data-headed={button}]")
    page.focus("#pane #f-comment")
    page.keyboard.type("as agreed")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".flash")
    assert find_task(company, task_id).outcome == outcome


def test_ctrl_enter_with_two_answers_and_none_headed_for_leads_to_the_buttons(desk, company, proposed):
    task_id = proposed()
    page = desk("mara")
    page.click(".task-link")
    page.click("#pane #f-comment")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#pane [data-does=approve]:focus")
    assert find_task(company, task_id).is_open


def test_a_move_opens_over_the_inbox_and_is_made_there(desk, company, proposed):
    task_id = proposed()
    page = desk("mara")
    page.keyboard.press("o")
    page.wait_for_selector("#pane .task-pane")
    page.keyboard.press("t")
    page.wait_for_selector("#move[open] select")
    assert "/inbox" in page.url and violations(page) == []
    page.keyboard.press("Escape")
    assert not page.locator("#move").is_visible()
    page.click("#pane [data-does=send-back]")
    page.click("#move button.danger")
    page.wait_for_selector("#move .flash-problem, #move :invalid")
    page.check("#move .target >> nth=0")
    page.fill("#move #reason", "say more")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".flashes .flash")
    assert "/inbox" in page.url and not find_task(company, task_id).is_open


def test_claimed_in_the_pane_of_my_groups_the_moves_are_still_there(desk, begun):
    begun("KS-1")
    begun("KS-2")
    page = desk("ivan")
    page.goto("/inbox?box=group")
    page.keyboard.press("o")
    page.wait_for_selector("#pane .other-moves")
    before = set(page.locator("#pane .other-moves a").all_inner_texts()) - {"Remind…"}  # it is theirs now
    page.keyboard.press("c")
    page.wait_for_selector("#pane #answer")
    after = set(page.locator("#pane .other-moves a").all_inner_texts())
    assert before <= after and before
    page.reload()
    assert before <= set(page.locator("#pane .other-moves a").all_inner_texts())


def conditional():
    """The form of the proposal with a question that is owed only where money is returned."""
    form = json.loads(json.dumps(PROPOSAL))
    amount = next(each for each in form["components"] if each.get("key") == "amount")
    amount["validate"] = {"required": True}
    return form


# Both in one turn of the page: however fast the server is, its answer comes after the second.
AT_ONCE = """() => {
  const chosen = document.querySelector('#pane input[value=refund]');
  chosen.checked = true;
  chosen.dispatchEvent(new Event('change', {bubbles: true}));
  document.querySelector('#pane [data-does=approve]').click();
}"""


def test_a_question_that_an_answer_brings_is_on_screen_before_anything_is_sent(desk, company, begun):
    definitions.deploy_form(company, json.dumps(conditional()).encode(), actor="olga")
    task_id = begun()
    claims.claim(company, task_id, actor="ivan")
    page = desk("ivan")
    page.goto(f"/inbox?task={task_id}")
    page.fill("#f-cause", "loose bolt")
    page.evaluate(AT_ONCE)
    page.wait_for_selector("#f-amount:focus")
    assert "another question" in page.inner_text("[data-draft-said]")
    assert find_task(company, task_id).is_open and not page.locator("#wrong").count()
    page.fill("#f-amount", "5")
    page.click("#pane [data-does=approve]")
    page.wait_for_selector(".flashes .flash")
    assert not find_task(company, task_id).is_open


def test_the_questions_follow_an_answer_without_a_pause(desk, company, begun):
    task_id = begun()
    claims.claim(company, task_id, actor="ivan")
    page = desk("ivan")
    page.goto(f"/tasks/{task_id}")
    page.clock.install()  # the browser's clock stands still: nothing that waits ever happens
    page.clock.pause_at("2030-01-01")
    page.check("text=Refund")
    page.clock.run_for(1)
    page.wait_for_selector("[data-field=amount]", state="visible")


def test_what_was_done_is_told_over_the_page_and_moves_nothing(desk, begun):
    begun()
    page = desk("ivan")
    page.goto("/inbox?box=group")
    top = page.evaluate("document.querySelector('.inbox-columns').getBoundingClientRect().top")
    page.keyboard.press("c")
    page.wait_for_selector(".flashes .flash")
    assert page.evaluate("document.querySelector('.inbox-columns').getBoundingClientRect().top") == top
    page.click(".flashes [data-close]")
    assert page.locator(".flashes .flash").count() == 0


def test_the_answers_stand_on_the_screen_of_a_phone(desk, proposed):
    task_id = proposed()
    page = desk("mara", width=390)
    page.goto(f"/tasks/{task_id}")
    box = page.locator("[data-does=approve]").bounding_box()
    assert box["y"] + box["height"] <= page.viewport_size["height"]
    assert violations(page) == []
