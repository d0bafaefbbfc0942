"""The whole journey of one complaint, as the people in it see it: customer, agent, investigators, approvers, owner, auditor."""

import re
from datetime import timedelta

import pytest

from kesu.complaints import cases
from kesu.engine import history, instances
from tests.browser.conftest import Visitor, speaking

pytestmark = pytest.mark.browser
CAROL = "carol@example.org"
INVESTIGATORS = {"quality": "ivan", "technical": "tian", "after_sales": "hua", "logistics": "lin", "sales": "sam", "legal": "leo"}
STORY = "热水器用了两周就不热了，加热管坏了，要求维修。The heating element is broken, part damaged, it does not heat any more."


@pytest.fixture(params=["zh", "en"])
def language(request, site):
    """Both languages in turn."""
    speaking(site.db, request.param)
    return request.param


@pytest.fixture
def visit(chromium, site, language):
    """Open browsers for people, each checked when it is closed."""
    opened = []

    def open_one(login=None, **more):
        opened.append(Visitor(chromium, site, language, login, **more))
        return opened[-1]

    yield open_one
    for visitor in opened:
        visitor.leave()


class Colleague:
    """Somebody at work: finds a task of the case in the inbox, takes it and answers."""

    def __init__(self, visit, login, reference):
        self.visitor, self.reference = visit(login), reference
        self.page = self.visitor.page

    def open(self, *, done=False):
        """Open the first task of the case in the inbox, and claim it where it is shared."""
        for box in ("done",) if done else ("mine", "group"):
            self.visitor.go(f"/inbox?box={box}&q={self.reference}")
            rows = self.page.locator("a.task-link")
            if rows.count():
                self.visitor.go(rows.first.get_attribute("href"))
                break
        else:
            raise AssertionError(f"{self.page.url}: no task of {self.reference} in the inbox")
        claim = self.page.locator("form.claim-bar button")
        if claim.count():
            claim.click()
            self.visitor.look()
        return self

    def answer(self, act="approve", **fields):
        """Fill the form in and press the button."""
        for key, value in fields.items():
            fill(self.page, "comment" if key == "comment" else f"f.{key}", value)
        before = self.page.url
        self.page.locator(f"form.task-form [data-does={act}]").click()
        self.page.wait_for_load_state("networkidle")
        assert self.page.locator("#wrong").count() == 0, self.page.locator("#wrong").inner_text()
        assert before is not None
        self.visitor.look()


def fill(page, name, value):
    """Fill one field, of whichever kind it is."""
    field = page.locator(f"[name='{name}']")
    kind = field.first.evaluate("element => element.type")
    if kind in ("radio", "checkbox"):
        page.locator(f"[name='{name}'][value='{value}']").check(force=True)
    elif kind.startswith("select"):
        field.select_option(value)
    else:
        field.fill(value)


def file_a_complaint(visitor, language):
    """Be the customer: file a complaint without a login; return its number and the tracking link."""
    visitor.go("/complaints")
    visitor.go("/complaints/new")
    page = visitor.page
    page.locator("[name=category][value=quality]").check(force=True)
    page.fill("[name=description]", STORY)
    page.fill("[name='quality.product']", "WH60")
    for extra in page.locator("[name^='quality.'][data-needed]").all():
        if not extra.input_value():
            extra.fill("2026-02-20" if extra.get_attribute("type") == "date" else "A1")
    page.fill("[name=name]", "Carol")
    page.fill("[name=contact]", CAROL)
    page.locator("form.complaint-form button.primary").click()
    page.wait_for_url(re.compile("/receipt"))
    visitor.look()
    return page.locator(".receipt-number").inner_text(), page.locator(".receipt-link input").input_value()


def test_a_complaint_from_receipt_to_archive(visit, site, letters, language):
    carol = visit()
    reference, link = file_a_complaint(carol, language)
    site.work()
    assert any(reference in subject for subject, _ in letters.to(CAROL))

    Colleague(visit, "ivan", reference).open().answer(facts="三台抽检", customer_needed="yes", question="铭牌上的批号是多少？")
    site.work()
    carol.go(link)
    carol.page.fill("[name=answer]", "WH60-02")
    carol.page.locator("form[action$='/answers'] button.primary").click()
    carol.look()
    site.work()
    finish_the_investigation(visit, site, reference)
    propose_and_approve(visit, site, reference)
    carry_out_and_answer(visit, site, reference)

    carol.go(survey_link(letters))
    carol.page.locator("[name=score][value='5']").check(force=True)
    carol.page.locator("[name=satisfied][value=yes]").check(force=True)
    carol.page.locator("form[action*='/survey/'] button.primary").click()
    carol.look()
    site.work()

    with site.db.read() as connection:
        instance = instances.by_business_key(connection, reference)
        assert (instance.state, cases.find(connection, reference).status) == ("completed", "closed")
        assert history.verify(connection, instance.id).intact
    the_auditor_reads_it(visit, reference, instance.id)
    assert len({str(each["message-id"]) for each in letters.arrived}) == len(letters.arrived)


def finish_the_investigation(visit, site, reference):
    """Be the departments that routing has named."""
    findings = {"facts": "同批次加热管偏低", "customer_needed": "no", "department_cause": "来料不良", "responsible": "supplier"}
    with site.db.read() as connection:
        departments = instances.by_business_key(connection, reference).variables["departments"]
    for department in departments:
        Colleague(visit, INVESTIGATORS[department], reference).open().answer(**findings)
    site.work()


def propose_and_approve(visit, site, reference):
    """Be the proposer and the approvers: sent back once by a move, then approved on two levels."""
    proposal = {"cause": "加热管来料不良", "remedy": "repair", "remedy_amount": "3200", "due_on": "2026-03-20", "measure": "上门更换"}
    ivan = Colleague(visit, "ivan", reference).open()
    ivan.answer(**proposal)
    site.work()
    ada = Colleague(visit, "ada", reference).open()
    ada.page.locator("[data-does=send-back]").click()
    ada.visitor.look()
    ada.page.locator("label.target").first.click()
    ada.page.fill("[name=reason]", "请说明依据")
    ada.page.locator("form.stack button.danger").click()
    ada.visitor.look()
    ivan.open().answer(**proposal)
    site.work()
    Colleague(visit, "bo", reference).open().answer(opinion="同意")
    site.work()
    Colleague(visit, "mara", reference).open().answer(opinion="同意")
    site.work()


def carry_out_and_answer(visit, site, reference):
    """Be after-sales and the agent."""
    Colleague(visit, "anna", reference).open().answer(carried_out="done", carried_out_on="2026-03-03", document_number="GD-1")
    site.work()
    Colleague(visit, "ines", reference).open().answer(answer="加热管已更换，保修延长一年。", told_by="phone")
    site.work()


def survey_link(letters):
    """Return the link of the satisfaction form from the customer's mail."""
    links = [link for _, text in letters.to(CAROL) for link in re.findall(r"https?://\S+/survey/[\w-]+", text)]
    assert links, [subject for subject, _ in letters.to(CAROL)]
    return links[-1]


def the_auditor_reads_it(visit, reference, instance_id):
    """Be the auditor: find the case, see that its chain holds, replay it."""
    yun = visit("yun")
    yun.go(f"/instances?q={reference}")
    yun.go(f"/instances/{instance_id}")
    assert yun.page.locator(".flash.chain").count() == 1
    assert yun.page.locator("ol.events li.event").count() > 15
    yun.page.locator("[data-drawing] svg, .drawing svg").first.wait_for()


def test_the_owner_redraws_and_new_complaints_follow(visit, site, language):
    carol = visit()
    first, _ = file_a_complaint(carol, language)
    olga = visit("olga")
    olga.go("/diagrams")
    olga.go("/diagrams/complaint")
    olga.go("/diagrams/complaint/designer")
    page = olga.page
    page.locator("[data-canvas] svg").first.wait_for()
    page.locator("[data-element-id=investigate]").first.click(force=True)
    name = page.locator("[data-panel] textarea, [data-panel] input[type=text]").first
    name.fill("部门调查核实")
    name.blur()
    page.locator("[data-act=save]").click()
    page.wait_for_load_state("networkidle")
    page.locator("[data-act=publish]").click()
    page.locator("[data-confirm]").wait_for()
    page.fill("#comment", "更清楚的名称")
    page.locator("[data-confirm]").click()
    page.wait_for_url(re.compile(r"/diagrams/complaint(?!/designer)"))
    second, _ = file_a_complaint(visit(), language)
    site.work()

    with site.db.read() as connection:
        versions = [instances.by_business_key(connection, each).definition_version for each in (first, second)]
    assert versions == [1, 2]


def test_the_customer_withdraws_at_any_time(visit, site, language):
    carol = visit(width=390)
    reference, link = file_a_complaint(carol, language)
    site.work()
    carol.go(link + "/withdrawal")
    carol.page.locator("form[action$='/withdrawal'] button").first.click()
    carol.look()
    site.work()
    site.clock.advance(timedelta(days=30))
    site.work()
    with site.db.read() as connection:
        assert cases.find(connection, reference).status == "withdrawn"
        assert instances.by_business_key(connection, reference).state == "completed"
