"""Who is asked and what happens by itself: superiors, least loaded, nobody there, the same approver, time limits; deadlines survive every move."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from kesu.engine import definitions, identity, incidents, instances, notifications, runtime, timers, user_tasks, worker
from kesu.engine.errors import Conflict
from tests.engine.diagrams import diagram, extension

OUTCOME = '<kesu:outcome variable="decision"/>'


def task(*inner, then=""):
    return diagram(f"start:s user:a {then} end:e", inner={"a": extension(*inner)})


@pytest.mark.parametrize(("attributes", "who"), [
    ('headOf="quality"', "ada"), ('headOf="quality" levelsUp="1"', "mara"), ('levelsUp="1"', "ada"), ('levelsUp="=n"', "mara"),
    ('initiatorsDepartment="true"', "ada"), ('initiatorsDepartment="true" levelsUp="1"', "mara"),
    ('assignee="=initiator"', "ivan"), ('assignee="=chosen"', "bo")])
def test_who_approves_is_found_at_entry(office, attributes, who):
    key = definitions.deploy(office.db, task(f"<kesu:assignment {attributes}/>"), actor="olga")[0].key
    office.instance_id = runtime.start(office.db, key, actor="ivan", variables={"chosen": "bo", "n": 2}).instance_id
    assert office.tasks()["a"].assignee == who


def test_the_least_loaded_with_a_skill_is_asked(office):
    office.begin(task('<kesu:assignment assignee="ada"/>'))
    office.begin(task('<kesu:assignment leastLoaded="quality"/>'))
    assert office.tasks()["a"].assignee == "ivan"
    office.begin(task('<kesu:assignment leastLoaded="quality"/>'))
    office.begin(task('<kesu:assignment leastLoaded="quality"/>'))
    assert office.tasks()["a"].assignee in ("ada", "ivan")


@pytest.mark.parametrize(("policy", "found"), [("block", None), ("administrator", "root"), ("superior", "ada")])
def test_where_nobody_is_there_the_policy_says_who(office, policy, found):
    with office.db.write() as connection:
        connection.execute(identity.people.update().where(identity.people.c.login == "ivan").values(active=False))
    office.begin(task(f'<kesu:assignment assignee="ivan" ifNobody="{policy}"/>'))
    assert office.tasks()["a"].assignee == found
    with office.db.read() as connection:
        assert [each.kind for each in incidents.listed(connection)] == ([] if found else ["nobody_to_act"])


def test_skipping_where_nobody_is_there_is_chosen_and_shown(office):
    office.begin(task('<kesu:assignment assignee="gone" ifNobody="skip"/>', then="user:b"))
    assert office.open() == ["b"]
    assert [(row["element_id"], row["reason"]) for row in office.told("task_skipped")] == [("a", "nobody to approve")]


def chain(setting, first="ada"):
    asked = '<kesu:assignment assignee="{}"/>' + OUTCOME
    return diagram("start:s user:a user:b user:c end:e", inner={
        "a": extension(asked.format(first)), "b": extension(asked.format("bo")), "c": extension(asked.format("ada"), f"<kesu:moves {setting}/>")})


@pytest.mark.parametrize(("setting", "passes"), [
    ('sameApprover="once"', True), ('sameApprover="adjacent"', False), ('sameApprover="off"', False), ("", False),
    ('sameApprover="once" alwaysAsk="true"', False)])
def test_whoever_approved_before_is_not_asked_again_where_the_diagram_says_so(office, setting, passes):
    office.begin(chain(setting))
    office.do("a", "ada", outcome="approved")
    ended = office.do("b", "bo", outcome="approved")
    assert (ended.state == "completed") == passes
    assert [row["details"]["because"] for row in office.told("auto_approved")] == ([{"ada": 1}] if passes else [])


def test_the_yes_of_this_very_moment_counts_as_adjacent(office):
    asked = '<kesu:assignment assignee="ada"/>' + OUTCOME
    second = extension(asked, '<kesu:moves sameApprover="adjacent"/>')
    office.begin(diagram("start:s user:a user:b end:e", inner={"a": extension(asked), "b": second}))
    assert office.do("a", "ada", outcome="approved").state == "completed"


def test_after_rework_everybody_is_asked_again(office):
    office.begin(chain('sameApprover="once"'))
    office.do("a", "ada", outcome="approved")
    office.move("b", "bo", "reject")
    office.do("a", "ada", outcome="approved")
    office.do("b", "bo", outcome="approved")
    assert office.open() == ["c"]


@pytest.mark.parametrize(("policy", "state", "outcome"), [
    ("approve", "completed", "approved"), ("reject", "completed", "rejected"), ("remind", "active", None), ("escalate", "active", None)])
def test_a_time_limit_acts_as_the_system_by_the_nodes_own_policy(office, turned, policy, state, outcome):
    heard = []
    before = notifications.plug(lambda _connection, told: heard.append((told.kind, told.to)) or ())
    office.begin(task('<kesu:assignment assignee="ivan"/>', OUTCOME, f'<kesu:deadline duration="PT8H" warn="PT2H" onTimeout="{policy}"/>'))
    turned.advance(timedelta(hours=6))
    worker.drain(office.db)
    assert heard == [("reminded", ("ivan",))], "warned two hours before"
    turned.advance(timedelta(hours=2))
    worker.drain(office.db)
    notifications.plug(before)
    assert [row["details"]["act"] for row in office.told("timeout_policy")] == ["warn", policy]
    assert heard[1:] == {"remind": [("reminded", ("ivan",))], "escalate": [("escalated", ("ada",))]}.get(policy, [])
    done = office.told("task_completed")
    assert [(row["actor"], row["details"]["outcome"]) for row in done] == ([("system", outcome)] if outcome else [])


def test_a_reminder_and_an_escalation_fire_once_however_often_the_work_comes_back(office, turned):
    office.begin(diagram("start:s user:a user:b end:e", inner={
        "a": extension('<kesu:assignment assignee="ivan"/><kesu:deadline duration="PT8H" warn="PT2H" onTimeout="escalate"/>')}))
    due = office.tasks()["a"].due_at
    for _ in range(4):
        turned.advance(timedelta(hours=5))
        worker.drain(office.db)
        office.do("a", "ivan")
        office.move("b", "root", "reject")
        assert office.tasks()["a"].due_at == due
    assert [row["details"]["act"] for row in office.told("timeout_policy")] == ["warn", "escalate"]


def test_a_boundary_reminder_of_a_deadline_fires_once_too(office, turned):
    office.begin(diagram("start:s user:a user:b end:e; scriptTask:remind end:told", inner={
        "remind": "<b:script>{reminded: true}</b:script>"}, extra=(
        '<b:boundaryEvent id="late" attachedToRef="a" cancelActivity="false">'
        '<b:extensionElements><kesu:deadline duration="PT8H"/></b:extensionElements>'
        '<b:timerEventDefinition><b:timeDuration>PT8H</b:timeDuration></b:timerEventDefinition></b:boundaryEvent>'
        '<b:sequenceFlow id="fl" sourceRef="late" targetRef="remind"/>')))
    for _ in range(3):
        turned.advance(timedelta(hours=9))
        worker.drain(office.db)
        office.do("a")
        office.move("b", "root", "reject")
    assert len(office.told("timer_fired")) == 1
    with office.db.read() as connection:
        assert connection.execute(select(timers.timers.c.state)).scalars().all().count("armed") == 0


def test_a_transferred_task_keeps_its_timers_and_its_place(office, turned):
    office.begin(task('<kesu:assignment assignee="ivan"/>', '<kesu:deadline duration="PT8H" onTimeout="remind"/>'))
    office.move("a", "ivan", "transfer", people=["bo"], reason="theirs")
    office.move("a", "bo", "add_sign", people=["ada"], how="before")
    turned.advance(timedelta(hours=8))
    worker.drain(office.db)
    assert len(office.told("timeout_policy")) == 1


def test_a_withdrawn_or_cancelled_case_leaves_no_timer_armed(office):
    office.begin(task('<kesu:assignment assignee="ivan"/>', '<kesu:deadline duration="PT8H" warn="PT1H" onTimeout="reject"/>'))
    runtime.cancel(office.db, office.instance_id, actor="ines")
    with office.db.read() as connection:
        assert set(connection.execute(select(timers.timers.c.state)).scalars()) == {"cancelled"}


def test_an_act_cannot_be_taken_back_once_a_service_has_run(office, handlers):
    office.begin(diagram("start:s user:a service:call user:b end:e", inner={
        "call": extension('<spiffworkflow:serviceTaskOperator id="inside" resultVariable=""/>')}))
    first = office.task("a")
    office.do("a")
    with pytest.raises(Conflict):
        runtime.move(office.db, first, actor="root", move="take_back")
    with office.db.read() as connection:
        assert user_tasks.find(connection, first).state == "completed"


def test_an_approved_case_is_revoked_by_those_who_approved_it_and_keeps_its_state_until_then(office):
    office.begin(chain("", "bo"))
    office.do("a", "bo", outcome="approved")
    with pytest.raises(Conflict, match="Only a completed case"):
        runtime.revoke(office.db, office.instance_id, actor="ines", reason="paid twice")
    office.do("b", "bo", outcome="approved")
    office.do("c", "ada", outcome="approved")
    original = office.instance_id
    office.instance_id = runtime.revoke(office.db, original, actor="ines", reason="paid twice").instance_id
    with pytest.raises(Conflict, match="already"):
        runtime.revoke(office.db, original, actor="mara", reason="again")
    assert office.ballots("agree") == {"bo": ("main", "open"), "ada": ("main", "waiting")}
    office.vote("agree", "bo")
    assert state_of(office.db, original) == "completed"
    office.vote("agree", "ada")
    assert state_of(office.db, original) == "revoked"


def test_a_refused_revocation_leaves_the_case_as_it_was(office):
    office.begin(chain("", "ada"))
    for element, who in (("a", "ada"), ("b", "bo"), ("c", "ada")):
        office.do(element, who, outcome="approved")
    original = office.instance_id
    office.instance_id = runtime.revoke(office.db, original, actor="mara", reason="paid twice").instance_id
    assert office.vote("agree", "ada", "no").state == "completed"
    assert state_of(office.db, original) == "completed"


def state_of(db, instance_id):
    with db.read() as connection:
        return instances.find(connection, instance_id).state
