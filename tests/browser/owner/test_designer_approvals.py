"""Assignment, ballot, moves, deadline and what happens where there is nobody: each set in the panel with pickers, checked, published."""

import pytest

from kesu.engine import definitions, diffs
from tests.browser.owner.test_designer import DESIGNER, field, opened, saved, select

pytestmark = pytest.mark.browser
CHANGED = {
    ("decide", "assignment/@assignee"): ("mara", None), ("decide", "assignment/@candidateUsers"): (None, "mara,bo"),
    ("decide", "assignment/@fourEyes"): (None, "propose"), ("decide", "assignment/@ifNobody"): (None, "superior"),
    ("decide", "moves/@allow"): (None, "reject,transfer"), ("decide", "moves/@reject"): (None, "previous,propose"),
    ("decide", "moves/@afterwards"): (None, "resume"), ("decide", "moves/@sameApprover"): (None, "adjacent"),
    ("decide", "moves/@alwaysAsk"): (None, "true"), ("decide", "deadline/@duration"): (None, "PT8H"),
    ("decide", "deadline/@warn"): (None, "PT2H"), ("decide", "deadline/@onTimeout"): (None, "escalate"),
    ("sign", "ballot/@mode"): ("all", "count"), ("sign", "ballot/@threshold"): (None, "2"),
    ("sign", "ballot/@voters"): ("ada,bo,mara", "ada,bo,mara,ines"), ("sign", "ballot/@onNo"): (None, "last"),
    ("propose", "assignment/@candidateGroups"): ("quality", None), ("propose", "assignment/@leastLoaded"): (None, "investigator"),
}


@pytest.fixture
def page(visit):
    """Olga with the small process open in the designer."""
    return opened(visit("olga"), DESIGNER).page


def pick(page, element, name):
    """Select a step, and wait until the panel shows it."""
    select(page, element)
    page.locator(".bio-properties-panel-header-label", has_text=name).wait_for()


def tick(page, entry, label):
    """Tick one box of a list."""
    field(page, entry).get_by_label(label, exact=True).check()


def choose(page, entry, value):
    """Choose one of a select."""
    field(page, entry).locator("select").select_option(value)


def fill(page, entry, text):
    """Type into a text field."""
    field(page, entry).locator("input").first.fill(text)


def untick(page, entry, label):
    """Take a tick away."""
    field(page, entry).get_by_label(label, exact=True).uncheck()


def test_everything_about_an_approval_is_set_with_pickers_and_published(company, page):
    pick(page, "decide", "审批")
    untick(page, "kesu-Assignment-assignee", "Mara")
    tick(page, "kesu-Assignment-candidateUsers", "Mara")
    tick(page, "kesu-Assignment-candidateUsers", "Bo")
    tick(page, "kesu-Assignment-fourEyes", "Propose a remedy")
    choose(page, "kesu-Assignment-ifNobody", "superior")
    tick(page, "kesu-Moves-allow", "reject")
    tick(page, "kesu-Moves-allow", "transfer")
    tick(page, "kesu-Moves-reject", "the previous step")
    tick(page, "kesu-Moves-reject", "Propose a remedy")
    choose(page, "kesu-Moves-afterwards", "resume")
    choose(page, "kesu-Moves-sameApprover", "adjacent")
    field(page, "kesu-Moves-alwaysAsk").locator("input").check()
    fill(page, "kesu-Deadline-duration", "PT8H")
    fill(page, "kesu-Deadline-warn", "PT2H")
    choose(page, "kesu-Deadline-onTimeout", "escalate")
    pick(page, "sign", "会签")
    choose(page, "kesu-Ballot-mode", "count")
    fill(page, "kesu-Ballot-threshold", "2")
    tick(page, "kesu-Ballot-voters", "Ines")
    choose(page, "kesu-Ballot-onNo", "last")
    pick(page, "propose", "提出方案")
    untick(page, "kesu-Assignment-candidateGroups", "Quality")
    tick(page, "kesu-Assignment-leastLoaded", "Investigator")
    saved(page)
    page.click("[data-act=publish]")
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("What changed and why").fill("Approvals as agreed in March")
    with page.expect_navigation():
        dialog.get_by_role("button", name="Publish").click()
    with company.read() as connection:
        before, after = (definitions.diagram(connection, definitions.find(connection, "small", version)) for version in (1, 2))
    found = {(change.element, each.what): (each.before, each.after) for change in diffs.compare(before, after) for each in change.differences}
    assert found == CHANGED


def test_a_step_that_nobody_can_ever_approve_is_found_before_publishing_and_leads_to_its_element(page):
    pick(page, "sign", "会签")
    for name in ("Ada", "Bo", "Mara"):
        untick(page, "kesu-Ballot-voters", name)
    problem = page.locator("[data-problems] .is-error button", has_text="nobody is asked in this vote")
    problem.wait_for()
    page.click("[data-act=publish]")
    page.wait_for_selector("dialog[open]")
    assert page.locator("[data-confirm]").is_disabled()
    page.click("[data-cancel]")
    pick(page, "propose", "提出方案")
    problem.click()
    assert page.evaluate("kesuDesigner.get('selection').get()[0].id") == "sign"
