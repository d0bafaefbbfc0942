"""Cases that were being decided before proposals were kept go on: what was approved then counts, unless something came between."""

import pytest

from kesu.complaints import cases, corrections, proposals, remedies
from kesu.engine import instances, service_tasks, worker
from kesu.handlers import registry
from tests.handlers.stories import Story


@pytest.fixture
def old(company):
    """A complaint that a program without proposals has brought to its second approval."""
    before = service_tasks.plug(service_tasks.Registry(registry.TOPICS))
    story = Story(company, amount="3200")
    worker.drain(company)
    story.classify()
    story.investigate()
    story.propose(remedy="compensation", remedy_amount=3200)
    story.do("approve_first", "bo", outcome="approved")
    service_tasks.plug(before)
    with company.read() as connection:
        assert proposals.latest(connection, story.reference) is None
    return story


def instructed(story):
    with story.db.read() as connection:
        return [(row.kind, str(row.amount)) for row in remedies.of_case(connection, story.reference) if row.instructed_at]


def test_they_go_on_and_are_paid_as_approved(old):
    old.do("approve_second", "mara", outcome="approved")
    assert instructed(old) == [("compensation", "3200.00")] and old.incidents() == []


def test_a_correction_between_makes_the_approvals_of_before_void(old):
    old.do("approve_second", "mara", outcome="rejected", opinion="Not yet")
    with old.db.read() as connection:
        seen = cases.find(connection, old.reference).version
    corrections.correct(old.db, old.reference, {"amount": "49000"}, actor="ines", seen=seen, reason="misread")
    old.propose(remedy="compensation", remedy_amount=3300)
    old.do("approve_first", "bo", outcome="approved")
    assert instructed(old) == []
    old.do("approve_second", "mara", outcome="approved")
    assert instructed(old) == [("compensation", "3300.00")]


def test_the_remedy_of_an_older_form_is_called_amount():
    told = {"remedy": "refund", "amount": 120, "due_on": "2026-03-20", "levels": 1, "countersign_groups": []}
    old_form, new_form = proposals.Remedies().of(told), proposals.Remedies().of({**told, "amount": 5, "remedy_amount": 120})
    assert old_form == new_form and old_form["amount"] == "120.00" and proposals.Remedies().of({"amount": 5}) is None


def test_a_correction_of_the_claim_leaves_what_an_older_form_called_amount(old):
    with old.db.write() as connection:  # as the form of before left it: one variable for both
        body = old.instance().body.replace('"remedy_amount"', '"former_amount"')
        connection.execute(instances.instances.update().values(body=body))
    old.do("approve_second", "mara", outcome="approved")
    assert instructed(old) == [("compensation", "3200.00")]
    with old.db.read() as connection:
        seen = cases.find(connection, old.reference).version
    corrections.correct(old.db, old.reference, {"amount": "49000"}, actor="ines", seen=seen, reason="misread")
    assert old.instance().variables["amount"] == 3200 and old.case().amount == 49000
