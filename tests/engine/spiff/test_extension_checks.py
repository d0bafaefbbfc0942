"""Misspelt settings are findings at their element: unknown tags, attributes, words, values, steps and places."""

import json

import pytest

from kesu.engine.spiff import validate
from kesu.engine.spiff.extensions import BY_TAG, EXTENSIONS, Assignment, Deadline, Moves, attributes
from tests.conftest import ROOT, shared
from tests.engine.diagrams import diagram, extension

WELL = {
    "assignment": 'candidateUsers="ada,bo" fourEyes="a" levelsUp="2" initiatorsDepartment="true" ifNobody="skip"',
    "ballot": 'mode="percent" threshold="66.6" voters="ada,bo" onNo="collect"',
    "moves": 'allow="approve,reject" reject="previous,a" afterwards="resume" sameApprover="once" alwaysAsk="true"',
    "deadline": 'kind="approval" duration="PT24H" warn="PT4H" onTimeout="escalate"',
    "outcome": 'variable="decision"',
    "form": 'key="=shown"',
}


def found(*inner: str, **more):
    xml = diagram("start:s user:a user:b end:e", inner={"b": extension(*inner)}, **more)
    return [(each.severity, each.rule, each.element) for each in validate(xml)]


def said(inner: str) -> str:
    return " ".join(map(str, validate(diagram("start:s user:a user:b end:e", inner={"b": extension(inner)}))))


@pytest.mark.parametrize(("tag", "attributes"), [(tag, text) for tag, text in WELL.items() if tag != "form"])
def test_what_is_spelt_right_is_no_finding(tag, attributes):
    assert found(f"<kesu:{tag} {attributes}/>") == []


@pytest.mark.parametrize(("inner", "rule", "meant"), [
    ('<kesu:moves sameApprover="onec"/>', "unknown_word", "once"),
    ('<kesu:moves alow="approve"/>', "unknown_setting", "allow"),
    ('<kesu:moves reject="prevous"/>', "unknown_step", "previous"),
    ('<kesu:moves reject="previous,bb"/>', "unknown_step", "b"),
    ('<kesu:moves afterwards="resum"/>', "unknown_word", "resume"),
    ('<kesu:ballot voters="ada" onNo="frist"/>', "unknown_word", "first"),
    ('<kesu:ballot voters="ada" mode="al"/>', "unknown_rule", "all"),
    ('<kesu:assignment candidateGruops="quality"/>', "unknown_setting", "candidateGroups"),
    ('<kesu:assignment CandidateGroups="quality"/>', "unknown_setting", "candidateGroups"),
    ('<kesu:assignment assignee="ada" ifNobody="skp"/>', "unknown_word", "skip"),
    ('<kesu:assignment assignee="ada" initiatorsDepartment="ture"/>', "unknown_word", "true"),
    ('<kesu:moves allow="aprove"/>', "unknown_word", "approve"),
    ('<kesu:moves allow="approve,rejct"/>', "unknown_word", "reject"),
    ('<kesu:outcom variable="x"/>', "unknown_setting", "outcome"),
    ('<kesu:deadline duration="PT1H" onTimeout="escalte"/>', "unknown_word", "escalate"),
    ('<kesu:deadline duration="PT1H" onTimeout="Escalate"/>', "unknown_word", "escalate"),
    ('<kesu:deadline durations="PT1H"/>', "unknown_setting", "duration"),
    ('<kesu:assignment fourEyes="aa"/>', "unknown_step", "a"),
])  # fmt: skip
def test_a_slip_of_the_pen_is_refused_and_says_what_was_meant(inner, rule, meant):
    assert found(inner) == [("error", rule, "b")]
    assert f"Is {meant} meant?" in said(inner) or f"Is kesu:{meant} meant?" in said(inner)


@pytest.mark.parametrize(("inner", "rule"), [
    ('<kesu:deadline duration="两天"/>', "bad_value"),
    ('<kesu:deadline duration="48"/>', "bad_value"),
    ('<kesu:deadline duration="-PT1H"/>', "bad_value"),
    ('<kesu:deadline duration="PT0S"/>', "bad_value"),
    ('<kesu:deadline duration="PT1H" warn="4 hours"/>', "bad_value"),
    ('<kesu:deadline due="next week"/>', "bad_value"),
    ('<kesu:deadline due="2026-02-30"/>', "bad_value"),
    ('<kesu:deadline due="=date("/>', "bad_value"),
    ('<kesu:deadline due="="/>', "bad_value"),
    ("<kesu:deadline due='=date and time(&quot;soon&quot;)'/>", "bad_value"),
    ('<kesu:deadline duration="=48"/>', "bad_value"),
    ("<kesu:deadline warn='=duration(&quot;4 hours&quot;)'/>", "bad_value"),
    ("<kesu:assignment assignee='ada' levelsUp='=&quot;two&quot;'/>", "bad_value"),
    ('<kesu:deadline duration="=1 +"/>', "bad_value"),
    ('<kesu:assignment assignee="ada" levelsUp="-2"/>', "bad_value"),
    ('<kesu:assignment assignee="ada" levelsUp="one"/>', "bad_value"),
    ('<kesu:assignment assignee="=a b c("/>', "bad_value"),
    ('<kesu:assignment assignee="ada" ifNobody="=x"/>', "bad_value"),
    ('<kesu:assignment assignee="ada" fourEyes="=x"/>', "bad_value"),
    ('<kesu:ballot voters="ada" mode="percent" threshold="101"/>', "bad_threshold"),
    ('<kesu:ballot voters="ada" mode="percent" threshold="-5"/>', "bad_threshold"),
    ('<kesu:ballot voters="ada" mode="percent" threshold="0"/>', "bad_threshold"),
    ('<kesu:ballot voters="ada" mode="count" threshold="1.5"/>', "bad_threshold"),
    ('<kesu:ballot voters="ada" mode="count"/>', "bad_threshold"),
    ('<kesu:ballot voters="ada" weights="{ada: }"/>', "bad_value"),
    ('<kesu:outcome variable="=x"/>', "bad_value"),
    ('<kesu:outcome variable="a+b"/>', "bad_value"),
    ('<kesu:assignment assignee="ada"/><kesu:assignment assignee="bo"/>', "setting_twice"),
    ('<kesu:assignment assignee="ada">bo</kesu:assignment>', "unread_setting"),
    ('<kesu:assignment><kesu:assignee>ada</kesu:assignee></kesu:assignment>', "unread_setting"),
])  # fmt: skip
def test_a_value_that_cannot_be_is_refused(inner, rule):
    assert ("error", rule, "b") in found(inner)


@pytest.mark.parametrize("due", ["2026-12-24", "2026-12-24T12:00:00", "2026-12-24T12:00:00+08:00", "PT36H", "P7D"])
def test_a_date_a_time_and_a_duration_are_due_dates(due):
    assert found(f'<kesu:deadline due="{due}"/>') == []


DATES = ("=date(&quot;2026-12-24&quot;)", "=duration(&quot;PT4H&quot;)")


@pytest.mark.parametrize("due", ["=promised_on", "=now() + duration(&quot;P1D&quot;)", *DATES])
def test_what_a_run_works_out_and_a_constant_that_holds_are_no_findings(due):
    assert [each for each in found(f'<kesu:deadline due="{due}"/>') if each[0] == "error"] == []


def test_a_setting_at_the_wrong_place_is_refused():
    sent = {"s": extension('<kesu:form key="x"/>'), "b": extension('<kesu:deadline duration="PT1H" before="PT1H"/>')}
    problems = validate(diagram("start:s user:b end:e", inner=sent))
    assert [(each.rule, each.element) for each in problems] == [("misplaced_setting", "s"), ("unread_setting", "b")]


def test_a_setting_outside_of_the_extension_elements_and_a_loose_attribute_are_refused():
    xml = diagram("start:s user:b end:e", inner={"b": '<kesu:assignment assignee="ada"/>'})
    assert ("misplaced_setting", "b") in [(each.rule, each.element) for each in validate(xml)]
    loose = diagram("start:s user:b end:e", attributes={"b": 'kesu:assignee="ada"'})
    assert ("unknown_setting", "b") in [(each.rule, each.element) for each in validate(loose)]


def test_four_eyes_with_a_step_that_is_gone_is_refused():
    xml = shared("faults", "inputs", "four-eyes-names-a-step-that-is-gone.bpmn").read_bytes()
    assert [(each.rule, each.element) for each in validate(xml) if each.severity == "error"] == [("unknown_step", "approve")]


def test_four_eyes_with_a_step_that_no_person_does_is_refused():
    xml = diagram("start:s service:a user:b end:e", inner={
        "a": extension('<spiffworkflow:serviceTaskOperator id="inside"/>'), "b": extension('<kesu:assignment fourEyes="a"/>'),
    })  # fmt: skip
    assert ("unknown_step", "b") in [(each.rule, each.element) for each in validate(xml)]


def test_what_is_said_is_read_into_typed_words():
    settings = {"moves": {"allow": "approve, reject", "alwaysAsk": "true"}, "assignment": {"fourEyes": "a,b"}}
    assert Moves.of(settings) == Moves(allow=frozenset({"approve", "reject"}), always_ask=True)
    assert Moves.of(settings).allows("reject") and not Moves.of(settings).allows("copy") and Moves.of({}).allows("copy")
    assert Assignment.of(settings).four_eyes == ("a", "b")
    assert Deadline.of({}) == Deadline()


def test_the_designers_vocabulary_is_that_of_the_dataclasses():
    described = json.loads((ROOT / "frontend/src/designer/moddle-kesu.json").read_text())["types"]
    known = {each["name"].lower().removesuffix("ref"): {prop["name"] for prop in each["properties"]} for each in described}
    assert known == {tag: set(attributes(each)) for tag, each in BY_TAG.items()}


def test_the_designer_offers_no_word_that_would_be_refused_and_leaves_none_out():
    sources = "".join(path.read_text() for path in (ROOT / "frontend/src/designer/groups").glob("*.js"))
    words = {word for each in EXTENSIONS for holds in attributes(each).values() if holds.kind != "words" for word in holds.words}
    assert not {word for word in words - {"true", "false"} if f"key: '{word}'" not in sources}
