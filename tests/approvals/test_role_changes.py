"""Who may act is asked when they act; nobody's place in a vote is lost silently; a vote that cannot pass is no refusal."""

import pytest

from kesu.engine import claims, definitions, deputies, history, identity, incidents, runtime, user_tasks
from kesu.engine.errors import Conflict, Forbidden
from tests.conftest import shared
from tests.engine.diagrams import diagram, extension


def take_away(db, login, key):
    with db.write() as connection:
        match = (identity.memberships.c.login == login) & (identity.memberships.c.group_key == key)
        connection.execute(identity.memberships.delete().where(match))


def give(db, login, key):
    with db.write() as connection:
        connection.execute(identity.memberships.insert().values(login=login, group_key=key))


def leave(db, login):
    with db.write() as connection:
        connection.execute(identity.people.update().where(identity.people.c.login == login).values(active=False))


def found(db, kind="nobody_to_act"):
    with db.read() as connection:
        return [each for each in incidents.listed(connection) if each.kind == kind]


def told(office, kind="vote_reassigned"):
    with office.db.read() as connection:
        return [event["details"] for event in history.of_instance(connection, office.instance_id) if event["kind"] == kind]


def vote(ballot, assigned=""):
    settings = extension(f"<kesu:assignment {assigned}/>" if assigned else "", f"<kesu:ballot {ballot}/>")
    return diagram('start:s user:a user:v xor:g end:good; g end:bad [outcome = "rejected"]', attributes={"g": 'default="f0_3"'},
                   inner={"a": extension('<kesu:assignment assignee="ada"/>'), "v": settings})


@pytest.fixture
def role(office):
    """The diagram of the fault at its open steps b (four eyes) and c."""
    definitions.deploy(office.db, shared("faults/inputs/role-taken-away.bpmn").read_bytes(), actor="olga")
    office.instance_id = runtime.start(office.db, "frozen_role", actor="ines").instance_id
    office.do("a", "ada")
    return office


def test_who_lost_the_role_may_not_approve_and_who_got_it_can(role):
    take_away(role.db, "bo", "approver")
    give(role.db, "otto", "approver")
    for step in "bc":
        with pytest.raises(Forbidden, match="not among your tasks"):
            runtime.complete(role.db, role.task(step), actor="bo", outcome="approved" if step == "b" else None)
    runtime.complete(role.db, role.task("b"), actor="otto", outcome="approved")
    assert role.open() == ["c"]


def test_four_eyes_binds_members_and_administrators_when_they_act(role):
    for who in ("ada", "root"):
        if who == "root":
            with role.db.write() as connection:
                tasks = user_tasks.user_tasks
                connection.execute(tasks.update().where(tasks.c.element_id == "a").values(ended_by="root"))
        with pytest.raises(Forbidden, match="four eyes"):
            runtime.complete(role.db, role.task("b"), actor=who, outcome="approved")


def test_a_claimed_task_is_free_again_when_the_role_is_gone(role):
    task = role.task("c")
    claims.claim(role.db, task, actor="bo")
    take_away(role.db, "bo", "approver")
    with pytest.raises(Forbidden, match="do not belong any more"):
        runtime.complete(role.db, task, actor="bo")
    give(role.db, "otto", "approver")
    claims.claim(role.db, task, actor="otto")
    runtime.complete(role.db, task, actor="otto")


def test_every_minute_what_they_had_claimed_goes_back(role):
    task = role.task("c")
    claims.claim(role.db, task, actor="bo")
    take_away(role.db, "bo", "approver")
    assert runtime.look_after_lapsed(role.db) == 1 and runtime.look_after_lapsed(role.db) == 0
    with role.db.read() as connection:
        assert user_tasks.find(connection, task).assignee is None


def test_a_task_passed_on_needs_no_role(role):
    runtime.move(role.db, role.task("c"), actor="mara", move="transfer", people=["otto"], reason="theirs")
    runtime.complete(role.db, role.task("c"), actor="otto")
    assert role.open() == ["b"]


def test_where_four_eyes_leaves_a_department_without_a_voter_its_heads_superior_is_asked(office):
    office.begin(vote('mode="all" groups="quality,legal"', 'fourEyes="a"'))
    office.do("a", "ada")
    assert set(office.ballots("v")) == {"mara", "bo"}
    assert told(office) == [{"from": "ada", "to": "mara", "why": "four_eyes"}]


def test_the_heads_deputy_is_asked_before_the_superior(office, turned):
    deputies.appoint(office.db, "ada", "ivan", begins_at=turned.now(), ends_at=turned.now().replace(year=2030), actor="ada")
    office.begin(vote('mode="all" groups="quality,legal"', 'fourEyes="a"'))
    with office.db.write() as connection:
        tasks = user_tasks.user_tasks
        connection.execute(tasks.update().where(tasks.c.element_id == "a").values(assignee="ada"))
    office.do("a", "ada")
    assert set(office.ballots("v")) == {"ivan", "bo"} and told(office)[0]["to"] == "ivan"


def test_where_nobody_remains_the_node_blocks_and_alerts(office):
    with office.db.write() as connection:
        connection.execute(identity.people.update().where(identity.people.c.login == "ada").values(superior=None))
    office.begin(vote('mode="any" groups="quality,legal"', 'fourEyes="a"'))
    office.do("a", "ada")
    assert office.ballots("v") == {} and office.open() == ["v"]
    [standing] = found(office.db)
    assert "ada" in standing.message and "four eyes" in standing.message
    runtime.move(office.db, office.task("v"), actor="root", move="transfer", people=["mara"], reason="theirs")
    assert set(office.ballots("v")) == {"mara"} and found(office.db) == []


def test_a_voter_who_lost_what_they_were_asked_as_is_told_and_the_new_head_is_asked(office):
    office.begin(vote('mode="all" groups="quality,legal"'))
    office.do("a", "ada")
    with office.db.write() as connection:
        connection.execute(identity.groups.update().where(identity.groups.c.key == "quality").values(head="ivan"))
    with pytest.raises(Forbidden, match="do not belong any more"):
        office.vote("v", "ada", "yes")
    assert office.ballots("v") == {"ivan": ("main", "open"), "bo": ("main", "open")}
    assert told(office) == [{"task": office.task("v"), "round": 1, "from": "ada", "to": "ivan", "why": "role_lost"}]
    office.vote("v", "ivan", "yes")
    office.vote("v", "bo", "yes")
    assert office.open() == []


def test_a_voter_who_has_left_is_replaced_by_their_superior_or_the_node_alerts(office):
    office.begin(vote('mode="all" voters="ivan,bo"'))
    office.do("a", "ada")
    leave(office.db, "ivan")
    assert runtime.look_after_lapsed(office.db) == 1
    assert set(office.ballots("v")) == {"ada", "bo"} and told(office)[0]["why"] == "left"
    leave(office.db, "bo")
    runtime.look_after_lapsed(office.db)
    runtime.look_after_lapsed(office.db)
    assert [each.element_id for each in found(office.db)] == ["v"] and set(office.ballots("v")) == {"ada", "bo"}


def test_a_vote_that_cannot_pass_blocks_and_alerts(office):
    office.begin(vote('mode="count" threshold="3" voters="=who"'), who=["ada", "bo"])
    office.do("a", "ada")
    assert office.open() == ["v"] and office.ballots("v") == {}
    assert "could never pass" in found(office.db)[0].message
    with pytest.raises(Conflict, match="more votes than one"):
        office.move("v", "root", "transfer", people=["mara"], reason="theirs")


@pytest.mark.parametrize(("policy", "asked"), [("administrator", {"bo", "ivan", "root"}), ("superior", {"bo", "ivan", "ada"})])
def test_too_few_voters_are_made_up_for_by_the_policy(office, policy, asked):
    office.begin(vote('mode="count" threshold="3" voters="=who"', f'ifNobody="{policy}"'), who=["bo", "ivan"])
    office.do("a", "ada")
    assert set(office.ballots("v")) == asked and told(office)[0]["why"] == "too_few"
    for who in sorted(asked):
        office.vote("v", who, "yes")
    assert office.open() == []


def test_skipping_a_vote_that_cannot_pass_is_told(office):
    office.begin(vote('mode="count" threshold="3" voters="=who"', 'ifNobody="skip"'), who=["bo", "ivan"])
    office.do("a", "ada")
    assert office.open() == [] and told(office, "task_skipped")


def test_levels_below_nobody_are_no_way_to_the_initiator(office):
    office.begin(diagram("start:s user:a end:e", inner={"a": extension('<kesu:assignment levelsUp="=0 - 2"/>')}))
    with office.db.read() as connection:
        assert user_tasks.find(connection, office.task("a")).assignee is None
    assert "whole number" in found(office.db, "setting_failed")[0].message


@pytest.mark.parametrize("asked_beside", [False, True])
def test_who_took_what_is_offered_to_a_group_keeps_it_no_longer_than_they_belong_to_it(
    role, asked_beside
):
    """Also where they had others asked beside them: their place is another member's then."""
    task = role.task("c")
    give(role.db, "otto", "approver")
    claims.claim(role.db, task, actor="bo")
    if asked_beside:
        runtime.move(role.db, task, actor="bo", move="add_sign", people=["ada"], how="parallel")
    take_away(role.db, "bo", "approver")
    act = runtime.vote if asked_beside else runtime.complete
    with pytest.raises(Forbidden, match="do not belong any more"):
        act(role.db, task, actor="bo", **({"answer": "yes"} if asked_beside else {}))
    runtime.look_after_lapsed(role.db)
    runtime.look_after_lapsed(role.db)
    if not asked_beside:
        with role.db.read() as connection:
            assert user_tasks.find(connection, task).assignee is None
        return
    assert (
        "bo" not in role.ballots("c")
        and role.ballots("c")["ada"] == ("main", "open")
        and len(role.ballots("c")) == 2
    )
    for who in sorted(role.ballots("c")):
        runtime.vote(role.db, task, actor=who, answer="yes")
    assert role.open() == ["b"]


def test_what_is_given_back_to_who_took_it_needs_no_role(role):
    task = role.task("c")
    claims.claim(role.db, task, actor="bo")
    runtime.move(role.db, task, actor="bo", move="transfer", people=["ada"], reason="hers")
    runtime.move(role.db, task, actor="ada", move="transfer", people=["bo"], reason="his after all")
    take_away(role.db, "bo", "approver")
    assert runtime.look_after_lapsed(role.db) == 0
    runtime.complete(role.db, task, actor="bo")
    assert role.open() == ["b"]


def test_of_two_who_lose_their_departments_at_once_both_are_replaced_as_what_they_were_asked(
    office,
):
    office.begin(vote('mode="all" groups="quality,legal"'))
    office.do("a", "ada")
    with office.db.write() as connection:
        for key, login in (("quality", "ivan"), ("legal", "otto")):
            connection.execute(
                identity.groups.update().where(identity.groups.c.key == key).values(head=login)
            )
    runtime.look_after_lapsed(office.db)
    assert set(office.ballots("v")) == {"ivan", "otto"}
    with office.db.write() as connection:
        connection.execute(
            identity.groups.update().where(identity.groups.c.key == "quality").values(head="mara")
        )
    with pytest.raises(Forbidden, match="do not belong any more"):
        office.vote("v", "ivan", "yes")
    assert set(office.ballots("v")) == {"mara", "otto"}
