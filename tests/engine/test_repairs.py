"""Where a case stands still a person retries, edits or skips, one incident or many; what was done is in the history."""

from datetime import timedelta

import pytest

from kesu.engine import candidates, clock, definitions, history, identity, incidents, instances, runtime, service_tasks, timers, user_tasks, worker
from kesu.engine.errors import Conflict, Failed, Rejected, sentence
from kesu.engine.service_tasks import Registry, Topic, done
from tests.engine.diagrams import diagram, extension

SOMEBODY = extension('<kesu:assignment assignee="ada"/>')
STOPPING = diagram("start:s service:call user:after end:e", key="stopping", inner={
    "call": extension('<spiffworkflow:serviceTaskOperator id="refusing" resultVariable=""/>')})


@pytest.fixture
def stopped(cast, handlers):
    """An instance whose service task has said "no_stock", which the diagram does not catch."""
    definitions.deploy(cast, STOPPING, actor="olga")
    moved = runtime.start(cast, "stopping", actor="ines")
    with cast.read() as connection:
        [incident] = incidents.listed(connection)
        assert instances.find(connection, moved.instance_id).state == "active"
    assert (incident.kind, incident.element_id) == ("uncaught_error", "call")
    return moved.instance_id, incident.id


def open_elements(db, instance_id):
    with db.read() as connection:
        return [task.element_id for task in user_tasks.of_instance(connection, instance_id, only_open=True)]


def test_it_can_be_passed_over(cast, stopped):
    instance_id, incident_id = stopped
    runtime.skip(cast, incident_id, actor="mara", reason="sent by hand")
    assert open_elements(cast, instance_id) == ["after"]


def test_taken_up_again_it_stops_again_while_the_cause_is_there(cast, stopped):
    instance_id, incident_id = stopped
    runtime.retry(cast, incident_id, actor="mara")
    with cast.read() as connection:
        [again] = incidents.listed(connection)
    assert again.id != incident_id
    assert open_elements(cast, instance_id) == []


# Only one of the two ways into the join is ever taken: what a parallel join after an exclusive gateway comes to.
STANDING = diagram("""start:s xor:g user:a and:j user:after end:e
g user:b [choice = "b"]
b j""", key="standing", attributes={"g": 'default="f0_1"'}, inner=dict.fromkeys(["a", "b", "after"], SOMEBODY))


@pytest.fixture
def standing(cast):
    """An instance that stands still at its join, and the incident that says so."""
    definitions.deploy(cast, STANDING, actor="olga")
    moved = runtime.start(cast, "standing", actor="ines")
    complete_first(cast, moved.instance_id)
    with cast.read() as connection:
        [incident] = incidents.listed(connection)
    assert (incident.kind, incident.element_id, incident.instance_id) == ("stuck", "j", moved.instance_id)
    return moved.instance_id, incident.id


def complete_first(db, instance_id):
    with db.read() as connection:
        task = user_tasks.of_instance(connection, instance_id, only_open=True)[0]
    return runtime.complete(db, task.id, actor="root")


def test_a_case_that_waits_for_nothing_is_an_incident_and_can_be_let_pass(cast, standing):
    instance_id, incident_id = standing
    with pytest.raises(Conflict, match="j still waits"):
        runtime.retry(cast, incident_id, actor="mara")
    runtime.skip(cast, incident_id, actor="mara", reason="the other way is not needed")
    assert open_elements(cast, instance_id) == ["after"]
    assert complete_first(cast, instance_id).state == "completed"
    with cast.read() as connection:
        assert incidents.listed(connection) == []
        assert incidents.find(connection, incident_id).resolution == "skipped"
        assert history.verify(connection, instance_id).intact


def test_the_incident_goes_away_with_the_case_that_stood_still(cast, standing):
    instance_id, incident_id = standing
    runtime.terminate(cast, instance_id, actor="mara", reason="filed twice")
    with cast.read() as connection:
        assert incidents.find(connection, incident_id).resolution == "gone"


def test_a_variable_can_be_what_was_missing_at_a_complex_join(cast):
    waiting = diagram("""start:s xor:g user:a complexGateway:j user:after end:e
g user:b [choice = "b"]
b j""", key="standing", attributes={"g": 'default="f0_1"'},
        inner={"j": "<b:activationCondition>enough = true</b:activationCondition>",
               **dict.fromkeys(["a", "b", "after"], SOMEBODY)})
    definitions.deploy(cast, waiting, actor="olga")
    instance_id = runtime.start(cast, "standing", actor="ines").instance_id
    complete_first(cast, instance_id)
    with cast.read() as connection:
        [incident] = incidents.listed(connection)

    runtime.retry(cast, incident.id, actor="mara", variables={"enough": True})

    assert open_elements(cast, instance_id) == ["after"]
    with cast.read() as connection:
        assert incidents.find(connection, incident.id).resolution == "retried"


CALLING = diagram("start:s service:call user:after end:e", key="calling", inner={
    "call": extension('<spiffworkflow:serviceTaskOperator id="outside" resultVariable=""/>'), "after": SOMEBODY})


@pytest.fixture
def failed(cast, turned, handlers):
    """Three instances whose outside service has failed for good; returns the ids of their incidents."""
    definitions.deploy(cast, CALLING, actor="olga")
    handlers.fails = 99
    for number in range(3):
        runtime.start(cast, "calling", actor="ines", variables={"amount": number})
    for _ in range(8):
        worker.drain(cast)
        turned.advance(timedelta(hours=1))
    with cast.read() as connection:
        return [incident.id for incident in incidents.listed(connection)]


def found(db, incident_id):
    with db.read() as connection:
        return incidents.find(connection, incident_id)


def test_many_are_retried_and_what_somebody_else_has_settled_is_said_with_their_name(cast, handlers, failed):
    handlers.fails = 0
    runtime.skip(cast, failed[1], actor="ada", reason="paid by hand")
    told = runtime.many(cast, failed, actor="mara")
    assert [refusal is None for refusal in told.values()] == [True, False, True]
    assert (told[failed[1]].values["who"], str(told[failed[1]])) == ("ada", f"Incident {failed[1]} was already settled by ada.")
    worker.drain(cast)
    with cast.read() as connection:
        assert incidents.count_open(connection) == 0


def test_the_same_job_is_tried_again_so_that_whoever_is_asked_knows_it_by_its_key(cast, handlers, failed):
    handlers.fails = 0
    before = {key for _, key in handlers.calls}
    runtime.many(cast, failed, actor="mara")
    worker.drain(cast)
    assert {key for _, key in handlers.calls} == before


def test_edited_variables_reach_the_job_that_is_retried(cast, turned):
    heard = []

    def pay(task, amount: int):
        heard.append(amount)
        if amount > 100:
            raise Failed(sentence("too much"), permanent=True)
        return done()

    before = service_tasks.plug(Registry([Topic("pay", pay)]))
    paying = CALLING.replace(b'<spiffworkflow:serviceTaskOperator id="outside" resultVariable=""/>',
                             b'<spiffworkflow:serviceTaskOperator id="pay" resultVariable=""><spiffworkflow:parameters>'
                             b'<spiffworkflow:parameter id="amount" type="int" value="amount"/></spiffworkflow:parameters>'
                             b'</spiffworkflow:serviceTaskOperator>')
    definitions.deploy(cast, paying, actor="olga")
    instance_id = runtime.start(cast, "calling", actor="ines", variables={"amount": 5000}).instance_id
    worker.drain(cast)
    with cast.read() as connection:
        [incident] = incidents.listed(connection)
    runtime.retry(cast, incident.id, actor="mara", variables={"amount": 50})
    worker.drain(cast)
    service_tasks.plug(before)
    assert heard == [5000, 50] and open_elements(cast, instance_id) == ["after"]
    with cast.read() as connection:
        edited = [event for event in history.of_instance(connection, instance_id) if event["kind"] == "variables_edited"]
    assert [(event["actor"], event["element_id"], event["details"]["changed"]) for event in edited] == [
        ("mara", "call", {"amount": {"before": 5000, "after": 50}})]


def test_what_would_follow_a_skip_is_said_before_it_happens_and_changes_nothing(cast, failed):
    assert [following.element_id for following in runtime.what_next_without(cast, failed[0], actor="mara")] == ["after"]
    assert found(cast, failed[0]).resolved_at is None


def test_a_skip_without_a_reason_is_refused(cast, failed):
    with pytest.raises(Rejected, match="a reason"):
        runtime.skip(cast, failed[0], actor="mara", reason="  ")
    assert found(cast, failed[0]).resolved_at is None


def test_nothing_is_retried_in_a_suspended_case(cast, failed):
    runtime.suspend(cast, found(cast, failed[0]).instance_id, actor="mara")
    with pytest.raises(Rejected, match="suspended"):
        runtime.retry(cast, failed[0], actor="mara")


NOBODY = diagram("start:s user:ask end:e", key="lonely", inner={"ask": extension('<kesu:assignment candidateUsers="zoe"/>')})


@pytest.fixture
def lonely(cast):
    """A case whose only task names somebody who is not there; returns instance and incident."""
    definitions.deploy(cast, NOBODY, actor="olga")
    moved = runtime.start(cast, "lonely", actor="ines")
    with cast.read() as connection:
        [incident] = incidents.listed(connection)
    assert incident.kind == "nobody_to_act"
    return moved.instance_id, incident.id


def test_a_task_that_nobody_could_do_is_offered_again_when_somebody_has_come(cast, lonely):
    instance_id, incident_id = lonely
    with cast.write() as connection:
        identity.add_person(connection, "zoe", at=clock.now(), name="Zoe")
    runtime.retry(cast, incident_id, actor="mara")
    with cast.read() as connection:
        [task] = user_tasks.of_instance(connection, instance_id, only_open=True)
        assert candidates.names(connection, task.id) == [("person", "zoe")]
        assert incidents.listed(connection) == [] and incidents.find(connection, incident_id).resolution == "retried"
        assert history.verify(connection, instance_id).intact


def test_an_incident_goes_away_when_somebody_has_done_the_task_after_all(cast, lonely):
    instance_id, incident_id = lonely
    assert runtime.sweep(cast) == 0
    complete_first(cast, instance_id)
    assert runtime.sweep(cast) == 1
    assert found(cast, incident_id).resolution == "gone"


def test_a_timer_that_could_not_go_off_is_armed_again(cast, turned, handlers):
    ticking = diagram("start:s intermediateCatchEvent:wait user:after end:e", key="ticking", inner={
        "wait": "<b:timerEventDefinition><b:timeDuration>PT1H</b:timeDuration></b:timerEventDefinition>"})
    definitions.deploy(cast, ticking, actor="olga")
    instance_id = runtime.start(cast, "ticking", actor="ines").instance_id
    with cast.write() as connection:
        [timer] = timers.due(connection, clock.now() + timedelta(hours=2))
        for _ in range(5):
            timers.failed(connection, timers.find(connection, timer.id), again_at=clock.now() + timedelta(hours=1))
        incidents.open_incident(connection, kind="timer_failed", instance_id=instance_id, element_id="wait", activity_id=timer.activity_id,
                                message="no reason", opened_at=clock.now())
    turned.advance(timedelta(hours=2))
    worker.drain(cast)
    assert open_elements(cast, instance_id) == []
    with cast.read() as connection:
        [incident] = incidents.listed(connection)
    runtime.retry(cast, incident.id, actor="mara")
    worker.drain(cast)
    assert open_elements(cast, instance_id) == ["after"]
