"""Before publishing: all questions at once, whatever a file provokes is a finding, and a big file is read in its time."""

import random
import re
import time

import pytest

from kesu.complaints.deadlines import CaseDeadlines
from kesu.engine import deadlines, definitions
from tests.conftest import ROOT, shared
from tests.engine.diagrams import diagram, extension

WELL = (ROOT / "processes" / "complaint.bpmn").read_bytes()


def found(db, xml):
    return [(each.severity, each.rule, each.element) for each in definitions.problems(db, xml)]


def test_what_is_missing_is_told_for_every_element_beside_all_other_problems(cast):
    calls, form = '<spiffworkflow:serviceTaskOperator id="insde"/>', '<kesu:form key="gone"/>'
    xml = diagram("start:s service:a service:b user:c user:dd rule:e xor:g end:z; g end:y", inner={
        "a": extension(calls), "b": extension(calls), "c": extension(form), "dd": extension(form),
        "e": extension("<spiffworkflow:calledDecisionId>nowhere</spiffworkflow:calledDecisionId>"),
    })  # fmt: skip
    errors = [(rule, element) for severity, rule, element in found(cast, xml) if severity == "error"]
    assert sorted(errors) == sorted([
        ("branch_without_condition", "g"), ("branch_without_condition", "g"), ("known_service", "a"), ("known_service", "b"),
        ("known_form", "c"), ("known_form", "dd"), ("known_decision", "e"),
    ])  # fmt: skip


def test_a_handler_nearly_called_so_is_named(cast, handlers):
    xml = diagram("start:s service:a end:z", inner={"a": extension('<spiffworkflow:serviceTaskOperator id="insde"/>')})
    assert [str(each) for each in definitions.problems(cast, xml)] == [
        "a calls insde, but no handler of that name is registered. Is inside meant?"
    ]


def test_a_misspelt_clock_is_refused_and_a_new_one_needs_a_limit(cast):
    def judged(said):
        xml = diagram("start:s user:a end:z", inner={"a": extension('<kesu:assignment assignee="ada"/>', f"<kesu:deadline {said}/>")})
        return found(cast, xml)

    before = deadlines.plug(CaseDeadlines())
    try:
        assert judged('kind="investigation"') == []
        assert judged('kind="investigatoin"') == [("error", "unknown_clock", "a")]
        assert judged('kind="investigatoin" duration="PT1H"') == [("warning", "unknown_clock", "a")]
        assert judged('kind="laboratory"') == [("warning", "unknown_clock", "a")]
        assert judged('kind="laboratory" duration="P3D"') == []
    finally:
        deadlines.plug(before)


def test_the_same_start_id_twice_is_a_finding(db):
    xml = shared("faults", "inputs", "same-start-id-twice.bpmn").read_bytes()
    assert ("error", "duplicate_id", "es_s") in found(db, xml)


@pytest.mark.parametrize("seed", range(25))
def test_a_damaged_file_is_answered_with_findings(db, seed):
    definitions.problems(db, _damaged(WELL, random.Random(seed)))


def _damaged(xml: bytes, dice: random.Random) -> bytes:
    """Do what editors and people do to files: drop, double, swap and garble ids, references, tags and values."""
    for _ in range(dice.randint(1, 3)):
        ids = re.findall(rb' id="([^"]+)"', xml)
        found = list(re.finditer(rb'"[^"<>]*"', xml))
        spot = dice.choice(found)
        value = dice.choice([b'""', b'"x"', b'"' + dice.choice(ids) + b'"', b'"' + dice.choice(ids) + b'"', b'"=("', b'"-1"'])
        xml = xml[: spot.start()] + value + xml[spot.end() :]
        if dice.random() < 0.4:
            names = [b"userTask", b"subProcess", b"startEvent", b"sequenceFlow", b"boundaryEvent", b"serviceTask", b"process"]
            one, other = dice.sample(names, 2)
            xml = xml.replace(b"bpmn:" + one, b"bpmn:" + other, dice.choice([2, 4, -1]))
    return xml


def _many(count: int, inner: str = "") -> bytes:
    names = [f"t{number}" for number in range(count)]
    kinds = ["start:s", *(f"user:{name}" for name in names), "end:z"]
    return diagram(" ".join(kinds), inner=dict.fromkeys(names, inner))


def test_four_thousand_steps_are_checked_in_time_that_grows_with_their_number(db):
    def seconds(count):
        xml, begun = _many(count, extension('<kesu:moves allow="nothing"/>')), time.process_time()
        assert len(definitions.problems(db, xml)) >= count
        return time.process_time() - begun

    small, big = seconds(1_000), seconds(4_000)
    assert big < max(2, 8 * small)


def test_a_file_of_thirty_thousand_steps_is_refused_at_once_with_a_sentence(db):
    [problem] = definitions.problems(db, _many(30_000))
    assert problem.rule == "too_many_nodes" and "30002" in str(problem)
