"""Settings worked out at run time: what fails or gives the wrong thing is an incident at the step; the work before it stays done."""

from datetime import UTC, datetime, timedelta

import pytest

from kesu.engine import claims, definitions, identity, incidents, moments, runtime, user_tasks
from kesu.engine.errors import Invalid
from tests.conftest import shared
from tests.engine.diagrams import diagram, extension

FIRST = extension('<kesu:assignment assignee="ada"/>')


def begun(db, xml, **variables):
    key = definitions.deploy(db, xml, actor="olga")[0].key
    instance = runtime.start(db, key, actor="ines").instance_id
    [first] = opened(db, instance).values()
    runtime.complete(db, first.id, actor="ada", submission=variables)
    return instance


def opened(db, instance):
    with db.read() as connection:
        return {task.element_id: task for task in user_tasks.of_instance(connection, instance, only_open=True)}


def standing(db):
    with db.read() as connection:
        return [(each.kind, each.element_id, each.message) for each in incidents.listed(connection)]


def due_of(db, promised):
    instance = begun(db, shared("faults/inputs/due-by-expression.bpmn").read_bytes(), promised_on=promised)
    return opened(db, instance)["u"].due_at


def test_a_time_without_zone_is_taken(cast):
    assert due_of(cast, "2030-03-02T18:00:00") == datetime(2030, 3, 2, 10, tzinfo=UTC) and standing(cast) == []


@pytest.mark.parametrize("promised", ["soon", "", 17, None])
def test_a_date_that_is_none_is_an_incident_at_the_step_it_was_for(cast, promised):
    assert due_of(cast, promised) is None
    [(kind, element, message)] = standing(cast)
    assert (kind, element) == ("setting_failed", "u") and "promised_on" in message


@pytest.mark.parametrize(("value", "due"), [
    ('date and time("2030-03-02T18:00:00")', "2030-03-02T10:00:00+00:00"),
    ('date and time("2030-03-02T18:00:00+08:00")', "2030-03-02T10:00:00+00:00"),
    ('date("2030-03-02")', "2030-03-02T16:00:00+00:00"), ('"2030-03-02"', "2030-03-02T16:00:00+00:00"),
    ('duration("PT4H")', 4), ('"PT4H"', 4)])
def test_a_moment_may_be_told_in_many_ways(cast, turned, value, due):
    step = {"a": FIRST, "u": extension('<kesu:assignment assignee="bo"/>', f"<kesu:deadline due='={value}'/>")}
    task = opened(cast, begun(cast, diagram("start:s user:a user:u end:e", inner=step)))["u"]
    assert task.due_at == (turned.now() + timedelta(hours=due) if isinstance(due, int) else datetime.fromisoformat(due))


@pytest.mark.parametrize(("settings", "names"), [
    ('<kesu:assignment assignee="=17"/>', ["assignee", "17"]),
    ('<kesu:assignment assignee="={a: 1}"/>', ["assignee"]),
    ('<kesu:assignment candidateGroups="=[1, 2]"/>', ["candidateGroups", "[1, 2]"]),
    ('<kesu:assignment headOf="=true"/>', ["headOf"]),
    ('<kesu:assignment levelsUp="=word"/>', ["levelsUp", "x"]),
    ('<kesu:ballot voters="=3"/>', ["voters", "3"]),
    ('<kesu:ballot voters="ada,bo" weights="=numbers"/>', ["weights"]),
    ('<kesu:assignment assignee="bo"/><kesu:deadline due="=numbers[1]"/>', ["due", "5"]),
    ('<kesu:assignment assignee="bo"/><kesu:deadline due="=long"/>', ["due"]),
])
def test_a_setting_of_the_wrong_kind_is_told_with_what_was_expected(cast, settings, names):
    instance = begun(cast, diagram("start:s user:a user:u end:e", inner={"a": FIRST, "u": extension(settings)}),
                     word="x", numbers=[5], long="P9999999999D")
    assert set(opened(cast, instance)) == {"u"}
    [(kind, element, message)] = standing(cast)
    assert (kind, element) == ("setting_failed", "u") and all(name in message for name in names)


def test_repaired_the_step_is_opened_anew(cast):
    step = {"a": FIRST, "u": extension('<kesu:assignment assignee="=who"/>')}
    instance = begun(cast, diagram("start:s user:a user:u end:e", inner=step), who=17)
    with cast.read() as connection:
        [incident] = incidents.listed(connection)
    runtime.retry(cast, incident.id, actor="mara", variables={"who": "bo"})
    assert opened(cast, instance)["u"].assignee == "bo" and standing(cast) == []


def test_a_step_for_nobody_is_an_incident_and_somebody_can_be_given_it(cast):
    definitions.deploy(cast, shared("faults/inputs/step-for-nobody.bpmn").read_bytes(), actor="olga")
    instance = runtime.start(cast, "step_for_nobody", actor="ines").instance_id
    assert [(kind, element) for kind, element, _ in standing(cast)] == [("nobody_to_act", "u")]
    runtime.move(cast, opened(cast, instance)["u"].id, actor="mara", move="transfer", people=["bo"], reason="theirs")
    assert standing(cast) == []
    runtime.complete(cast, opened(cast, instance)["u"].id, actor="bo")


@pytest.mark.parametrize("lane", ["质量部", "Quality Department", "quality"])
def test_a_lane_with_the_name_of_a_department_is_that_department(cast, lane):
    with cast.write() as connection:
        connection.execute(identity.groups.update().where(identity.groups.c.key == "quality").values(name="质量部", name_en="Quality department"))
    lanes = f'<b:laneSet id="ls"><b:lane id="l" name="{lane}"><b:flowNodeRef>a</b:flowNodeRef></b:lane></b:laneSet>'
    definitions.deploy(cast, diagram("start:s user:a end:e", extra=lanes), actor="olga")
    instance = runtime.start(cast, "p", actor="ines").instance_id
    assert standing(cast) == []
    claims.claim(cast, opened(cast, instance)["a"].id, actor="ivan")


@pytest.mark.parametrize("text", ["", "two days", "-PT1H", "2026-01-01", 'x"y'])
def test_a_duration_is_one_or_is_refused(text):
    with pytest.raises(Invalid):
        moments.duration(text, "warn")


MANY = ('<b:multiInstanceLoopCharacteristics><b:loopDataInputRef>who</b:loopDataInputRef><b:inputDataItem id="one" name="one"/>'
        "</b:multiInstanceLoopCharacteristics>")
TIMER = '<b:timerEventDefinition><b:timeDuration xsi:type="b:tFormalExpression">=who</b:timeDuration></b:timerEventDefinition>'


@pytest.mark.parametrize(("drawn", "inner", "mended"), [
    ("start:s user:a user:u end:e", {"u": extension('<kesu:assignment assignee="=one"/>') + MANY}, ["bo", "ines"]),
    ("start:s user:a intermediateCatchEvent:u end:e", {"u": TIMER}, "PT1H")], ids=["collection", "timer"])
@pytest.mark.parametrize("wrong", [None, 17, "yesterday", {"a": 1.5}])
def test_what_stops_a_step_is_an_incident_there_and_can_be_mended(cast, drawn, inner, mended, wrong):
    if isinstance(mended, list) and isinstance(wrong, dict):
        wrong = "x"  # a context is taken for the list of its values
    instance = begun(cast, diagram(drawn, inner={"a": FIRST, **inner}), who=wrong)
    [(kind, element, message)] = standing(cast)
    assert (kind, element) == ("setting_failed", "u") and "who" in message
    runtime.sweep(cast)
    with cast.read() as connection:
        [incident] = incidents.listed(connection)
    runtime.retry(cast, incident.id, actor="mara", variables={"who": mended})
    assert standing(cast) == []
    assert sorted(task.assignee for task in user_tasks_of(cast, instance)) == (["bo", "ines"] if isinstance(mended, list) else [])


def test_a_step_whose_list_is_none_can_be_passed_over(cast):
    step = {"a": FIRST, "u": extension('<kesu:assignment assignee="=one"/>') + MANY, "v": FIRST}
    instance = begun(cast, diagram("start:s user:a user:u user:v end:e", inner=step))
    with cast.read() as connection:
        [incident] = incidents.listed(connection)
    runtime.skip(cast, incident.id, actor="mara", reason="nobody to ask")
    assert set(opened(cast, instance)) == {"v"}


def test_a_time_limit_on_the_border_that_is_none_leaves_the_work_be(cast):
    border = f'<b:boundaryEvent id="limit" attachedToRef="u">{TIMER}</b:boundaryEvent>'
    step = {"a": FIRST, "u": extension('<kesu:assignment assignee="bo"/>')}
    instance = begun(cast, diagram("start:s user:a user:u end:e", inner=step, extra=border), who="soon")
    assert [(kind, element) for kind, element, _ in standing(cast)] == [("setting_failed", "limit")]
    runtime.complete(cast, opened(cast, instance)["u"].id, actor="bo")


def test_the_start_of_an_event_sub_process_that_is_no_time_leaves_the_case_be(cast):
    event = (
        '<b:subProcess id="h" triggeredByEvent="true"><b:startEvent id="hs" isInterrupting="false">'
        f'<b:outgoing>hf</b:outgoing>{TIMER}</b:startEvent><b:endEvent id="he"><b:incoming>hf</b:incoming></b:endEvent>'
        '<b:sequenceFlow id="hf" sourceRef="hs" targetRef="he"/></b:subProcess>'
    )
    definitions.deploy(cast, diagram("start:s user:u end:e", inner={"u": FIRST}, extra=event), actor="olga")
    instance = runtime.start(cast, "p", actor="ines", variables={"who": "soon"}).instance_id
    [(kind, element, message)] = standing(cast)
    assert (kind, element) == ("setting_failed", "hs") and "soon" in message and "expected a time" in message
    runtime.complete(cast, opened(cast, instance)["u"].id, actor="ada")


def user_tasks_of(db, instance):
    with db.read() as connection:
        return user_tasks.of_instance(connection, instance, only_open=True)
