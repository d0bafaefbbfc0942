"""An instruction to the remedy outbox is given once, or is an incident; the folder never holds half of one."""

import json

import pytest

from kesu.complaints import commitments, remedies
from kesu.engine import jobs, worker
from kesu.engine.errors import Failed, Invalid
from kesu.engine.service_tasks import ServiceTask
from kesu.handlers.carry_out_remedy import FolderOutbox, carry_out_remedy
from tests.handlers.stories import Story


@pytest.fixture
def approved(company):
    """A complaint whose remedy waits only for approval."""
    story = Story(company)
    worker.drain(company)
    story.classify()
    story.investigate()
    story.propose()
    return story


def test_the_instruction_is_a_file_with_everything_the_far_side_needs(approved, tmp_path, monkeypatch):
    outbox = tmp_path / "outbox"
    outbox.mkdir()
    monkeypatch.setenv("KESU_REMEDY_OUTBOX", str(outbox))
    approved.do("approve_first", "ada", outcome="approved", opinion="Fine")
    [file] = outbox.iterdir()
    told = json.loads(file.read_text("utf-8"))
    assert (told["reference"], told["remedy"], told["amount"], told["due_on"], told["payee"]) == (
        approved.reference, "refund", "199.00", "2026-03-20", "Carol")
    with approved.db.read() as connection:
        assert remedies.latest(connection, approved.reference).receipt == file.name


def test_the_same_instruction_twice_is_one_file_with_one_receipt(tmp_path):
    first = FolderOutbox(tmp_path).instruct("KS-2026-000001/1", {"remedy": "refund"})
    again = FolderOutbox(tmp_path).instruct("KS-2026-000001/1", {"remedy": "refund"})
    assert first == again and len(list(tmp_path.iterdir())) == 1


def test_an_outbox_that_cannot_be_reached_is_tried_again_and_then_an_incident(approved, tmp_path, monkeypatch, turned):
    monkeypatch.setenv("KESU_REMEDY_OUTBOX", str(tmp_path / "missing"))
    approved.do("approve_first", "ada", outcome="approved", opinion="Fine")
    assert approved.incidents() == [] and approved.tasks() == {}
    for _ in range(6):
        turned.advance(jobs.FIRST_PAUSE * 100)
        worker.drain(approved.db)
    assert len(approved.incidents()) == 1 and "cannot be written" in approved.incidents()[0]
    with approved.db.read() as connection:
        promised = commitments.of_case(connection, approved.reference)[0]
    assert (promised.kept_at, promised.due_on) == (None, remedies.day("2026-03-20"))


def test_words_instruct_nobody(company, tmp_path, monkeypatch):
    monkeypatch.setenv("KESU_REMEDY_OUTBOX", str(tmp_path / "missing"))
    story = Story(company)
    worker.drain(company)
    story.classify()
    story.investigate()
    story.propose(remedy="apology", remedy_amount=0)
    story.do("approve_first", "ada", outcome="approved", opinion="Fine")
    assert story.incidents() == [] and story.instance().variables["remedy_receipt"] == "-"


def test_a_case_without_remedy_cannot_be_carried_out(approved):
    with pytest.raises(Failed, match="no recorded remedy"):
        carry_out_remedy(ServiceTask(None, approved.reference, "carry_out", {}, _at(approved), "k", "system", db=approved.db))


@pytest.mark.parametrize(
    ("remedy", "words"),
    [
        (remedies.Remedy("party", 5), "got party"),
        (remedies.Remedy("refund", 0), "above 0"),
        (remedies.Remedy("repair", -1), "Expected an amount"),
        (remedies.Remedy("repair", 0, "soon"), "got soon"),
    ],
)
def test_a_remedy_that_cannot_be_is_refused(remedy, words):
    with pytest.raises(Invalid, match=words):
        remedies.check(remedy)


def _at(story):
    return story.case().received_at
