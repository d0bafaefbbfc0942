"""What one would not think of: yes that was never said, work that nobody has, weights that are none, and two who ask at the same moment."""

import threading

import pytest
from sqlalchemy import select

from kesu.engine import ballots, claims, deputies, identity, incidents, notifications, runtime, user_tasks
from kesu.engine.errors import Conflict, Invalid, Rejected
from kesu.engine.runtime import revocations
from tests.approvals.test_people import PLAIN, vote
from tests.engine.diagrams import diagram, extension

ASKED = '<kesu:assignment assignee="{}"/><kesu:outcome variable="outcome"/>'
ONCE = '<kesu:moves sameApprover="once"/>'
ADJACENT = '<kesu:moves sameApprover="adjacent"/>'


def chain(*people, more=ONCE):
    names = "abcxyz"[: len(people)]
    flow = " ".join(f"user:{name}" for name in names)
    return diagram(f"start:s {flow} end:e", inner={name: extension(ASKED.format(who), more) for name, who in zip(names, people, strict=True)})


@pytest.mark.parametrize("move", ["reject", "take_back", "withdraw", "jump"])
def test_work_that_is_gone_back_to_is_never_approved_by_the_yes_that_this_undoes(office, move):
    office.begin(chain("ines", "bo", "mara"))
    first = office.task("a")
    office.do("a", "ines", outcome="approved")
    if move == "take_back":
        runtime.move(office.db, first, actor="ines", move=move)
    elif move == "withdraw":
        runtime.withdraw(office.db, office.instance_id, actor="ines")
    else:
        office.do("b", "bo", outcome="approved")
        office.move("c", "mara" if move == "reject" else "root", move, target="a")
    assert office.open() == ["a"]


def test_a_step_that_was_passed_by_an_earlier_yes_can_be_gone_back_to(office):
    office.begin(chain("ada", "bo", "ada", "mara"))
    office.do("a", "ada", outcome="approved")
    office.do("b", "bo", outcome="approved")
    assert office.open() == ["x"]
    office.move("x", "mara", "reject")
    assert office.open() == ["c"]


def two(more, mode="any"):
    asked = extension(f'<kesu:ballot mode="{mode}" voters="ada,bo"/>')
    return diagram("start:s user:v user:w user:z end:e", inner={"v": asked, "w": extension(more)})


def test_a_no_is_nobodys_yes(office):
    office.begin(two('<kesu:assignment assignee="mara"/>' + ADJACENT))
    office.move("v", "ada", "add_sign", people=["mara"], how="after")
    office.vote("v", "mara", "no")
    assert office.open() == ["w"]


def test_taking_somebody_out_is_no_yes(office):
    office.begin(two('<kesu:assignment assignee="root"/>' + ADJACENT, "all"))
    office.vote("v", "ada")
    office.move("v", "root", "remove_sign", people=["bo"])
    assert office.open() == ["w"]


def test_the_yes_that_decides_a_vote_counts_as_adjacent(office):
    office.begin(two('<kesu:assignment assignee="ada"/>' + ADJACENT))
    office.vote("v", "ada")
    assert office.open() == ["z"]


def test_nobody_takes_a_task_from_whom_it_is_not_with(office):
    office.begin(PLAIN)
    for actor in ("otto", "mara"):
        with pytest.raises(Rejected):
            runtime.transfer(office.db, office.task("a"), actor=actor, to="yun", of="otto", reason="theirs")
    assert office.tasks()["a"].assignee == "ivan"


def test_a_step_that_was_skipped_because_nobody_is_there_is_not_gone_back_to(office):
    office.begin(diagram("start:s user:a user:n user:b end:e", inner={"n": extension('<kesu:assignment assignee="gone" ifNobody="skip"/>')}))
    office.do("a")
    office.move("b", "root", "reject")
    assert office.open() == ["a"]


@pytest.mark.parametrize("act", ["delegate", "transfer", "add_sign"])
def test_an_act_is_not_taken_back_once_somebody_has_begun_with_what_came_of_it(office, act):
    office.begin(diagram("start:s user:a user:b end:e", inner={"b": extension('<kesu:assignment assignee="ivan"/>')}))
    first = office.task("a")
    office.do("a")
    office.move("b", "ivan", act, people=["bo"])
    with pytest.raises(Conflict, match="somebody has acted"):
        runtime.move(office.db, first, actor="root", move="take_back")


def test_the_latest_act_is_taken_back_first(office):
    office.begin(diagram("start:s user:a user:b user:c end:e"))
    first, _ = office.task("a"), office.do("a")
    second, _ = office.task("b"), office.do("b")
    with pytest.raises(Conflict):
        runtime.move(office.db, first, actor="root", move="take_back")
    runtime.move(office.db, second, actor="root", move="take_back")
    runtime.move(office.db, first, actor="root", move="take_back")
    assert office.open() == ["a"]


def test_others_acts_count_though_their_work_was_gone_back_over(office):
    office.begin(diagram("start:s user:a user:b user:c end:e"))
    first, _ = office.task("a"), office.do("a", "root")
    office.do("b", "root")
    office.move("c", "root", "reject", target="b")
    with office.db.write() as connection:
        connection.execute(identity.memberships.insert().values(login="ada", group_key="admin"))
    office.do("b", "ada")
    office.move("c", "root", "reject", target="b")
    with pytest.raises(Conflict, match="somebody has acted"):
        runtime.move(office.db, first, actor="root", move="take_back")


def test_a_preview_names_what_went_out_in_earlier_rounds_of_a_loop(office, handlers):
    call = extension('<spiffworkflow:serviceTaskOperator id="inside" resultVariable=""/>')
    office.begin(diagram("start:s user:a xor:m service:call user:b xor:g user:z end:e\n g m [again = true]", inner={"call": call},
                         attributes={"g": 'default="f0_5"'}))
    office.do("a")
    for again in (True, True, False):
        office.do("b", submission={"again": again})
    told = runtime.preview(office.db, office.task("z"), actor="root", move="reject", target="a")
    assert [each.element_id for each in told.cannot_undo] == ["call"] * 3
    assert sorted(each.element_id for each in told.undone) == ["a", "b", "b", "b"]
    office.move("z", "root", "reject", target="a")
    with office.db.read() as connection:
        done = [task for task in user_tasks.of_instance(connection, office.instance_id) if task.state == user_tasks.COMPLETED]
    assert len(done) == 4 and all(task.superseded_by for task in done), "no yes of an earlier round stands any more"


def test_nothing_is_claimed_or_put_back_while_a_case_stands_still(office):
    office.begin(diagram("start:s user:a user:b end:e", inner={"a": extension('<kesu:assignment candidateGroups="quality"/>')}))
    runtime.suspend(office.db, office.instance_id, actor="mara")
    with pytest.raises(Conflict):
        claims.claim(office.db, office.task("a"), actor="ivan")
    runtime.activate(office.db, office.instance_id, actor="mara")
    claims.claim(office.db, office.task("a"), actor="ivan")
    office.move("a", "ivan", "delegate", people=["bo"])
    office.move("a", "bo", "resolve")
    with pytest.raises(Conflict, match="Transfer it instead"):
        claims.release(office.db, office.task("a"), actor="ivan")


@pytest.mark.parametrize(("policy", "open_"), [("block", ["a"]), ("skip", ["b"])])
def test_a_group_without_members_is_nobody(office, policy, open_):
    with office.db.write() as connection:
        connection.execute(identity.people.update().where(identity.people.c.login == "yun").values(active=False))
    asked = f'<kesu:assignment candidateGroups="auditor" ifNobody="{policy}"/>'
    office.begin(diagram("start:s user:a user:b end:e", inner={
        "a": extension(asked), "b": extension('<kesu:assignment assignee="ada"/>')}))
    assert office.open() == open_
    with office.db.read() as connection:
        assert [each.kind for each in incidents.listed(connection)] == (["nobody_to_act"] if policy == "block" else [])


def test_a_manager_may_take_work_over(office):
    office.begin(PLAIN)
    assert [each.problem for each in runtime.hand_over(office.db, "ivan", to="mara", actor="mara")] == [""]
    office.begin(vote("all", "ivan,bo"))
    office.move("v", "mara", "transfer", people=["mara"], of="ivan", reason="theirs")
    assert office.ballots("v") == {"mara": ("main", "open"), "bo": ("main", "open")}


@pytest.mark.parametrize("weight", ["x", -1, float("nan"), float("inf"), True, [1], 10**7])
def test_a_weight_is_a_number(office, weight):
    office.begin(vote("weighted", "ada,bo", 'threshold="60"'))
    with pytest.raises(Invalid, match="weight"):
        office.move("v", "ada", "add_sign", people=["mara"], how="parallel", weight=weight)
    assert set(office.ballots("v")) == {"ada", "bo"}


@pytest.mark.parametrize("weights", ["{ada: 0, bo: 0}", "{ada: &quot;many&quot;}"])
def test_a_vote_in_which_nobody_weighs_anything_is_an_incident_at_the_step(office, weights):
    office.begin(vote("weighted", "ada,bo", f'threshold="60" weights="={weights}"'))
    with office.db.read() as connection:
        [told] = incidents.listed(connection)
    assert (told.kind, told.element_id) == ("setting_failed", "v") and "weight" in told.message


def test_who_acts_for_two_weighs_what_both_weigh(office, turned):
    for principal in ("ada", "bo"):
        deputies.appoint(office.db, principal, "ivan", begins_at=turned.now(), ends_at=turned.now().replace(year=2030), actor=principal)
    office.begin(vote("weighted", "ada,bo,mara", 'threshold="60" weights="={ada: 3, bo: 1, mara: 2}"'))
    with office.db.read() as connection:
        assert {each.voter: each.weight for each in ballots.of_task(connection, office.task("v"))} == {"ivan": "4", "mara": "2"}


def test_an_offer_by_name_reaches_the_deputy(office, turned):
    deputies.appoint(office.db, "ivan", "bo", begins_at=turned.now(), ends_at=turned.now().replace(year=2030), actor="ivan")
    office.begin(diagram("start:s user:a end:e", inner={"a": extension('<kesu:assignment candidateUsers="ivan,ada"/>')}))
    claims.claim(office.db, office.task("a"), actor="bo")
    assert office.tasks()["a"].assignee == "bo"


def test_two_may_act_for_each_other_in_different_processes(office, turned):
    period = {"begins_at": turned.now(), "ends_at": turned.now().replace(year=2030)}
    deputies.appoint(office.db, "ivan", "bo", **period, actor="ivan", definition_key="p")
    deputies.appoint(office.db, "bo", "ivan", **period, actor="bo", definition_key="q")
    with pytest.raises(Conflict, match="circle"):
        deputies.appoint(office.db, "bo", "ivan", **period, actor="bo")


def test_an_administrator_who_did_the_work_is_not_asked_to_check_it(office):
    office.begin(diagram("start:s user:a user:b end:e", inner={
        "b": extension('<kesu:assignment assignee="root" fourEyes="a" ifNobody="administrator"/>')}))
    office.do("a", "root")
    assert office.tasks()["b"].assignee is None


def test_a_revocation_asked_for_twice_under_one_key_is_one(office):
    office.begin(chain("ada"))
    office.do("a", "ada", outcome="approved")
    asked = [runtime.revoke(office.db, office.instance_id, actor="ines", reason="x", idempotency_key="k").instance_id for _ in range(2)]
    assert asked[0] == asked[1]


def test_of_two_who_ask_for_a_revocation_at_the_same_moment_one_is_first(office, monkeypatch):
    office.begin(chain("ada"))
    office.do("a", "ada", outcome="approved")
    revocations._publish(office.db)
    barrier, check, answers = threading.Barrier(2), revocations._check, []
    monkeypatch.setattr(revocations, "_check", lambda *given: (check(*given), barrier.wait(10)))

    def ask():
        try:
            answers.append(runtime.revoke(office.db, office.instance_id, actor="ines", reason="x").instance_id)
        except Conflict as error:
            answers.append(str(error))

    threads = [threading.Thread(target=ask) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(type(each).__name__ for each in answers) == ["int", "str"], answers


def test_an_answer_that_is_changed_takes_what_was_filled_in_with_it(office):
    office.begin(vote("all"))
    office.vote("v", "ada", submission={"old": 1})
    office.vote("v", "ada", "no")
    [done] = office.told("task_completed")
    assert "old" not in done["details"]["changed"]


def test_no_ballot_stays_open_in_a_case_that_has_ended(office):
    office.begin(vote("all"))
    runtime.terminate(office.db, office.instance_id, actor="mara")
    with office.db.read() as connection:
        assert set(connection.execute(select(ballots.ballots.c.state)).scalars()) == {"void"}


def test_whoever_is_taken_out_takes_those_they_asked_along_and_the_next_is_told(office):
    office.begin(vote("in_turn", "ada,bo"))
    office.move("v", "ada", "delegate", people=["mara"])
    office.move("v", "mara", "delegate", people=["otto"])
    heard = []
    before = notifications.plug(lambda _connection, told: heard.append((told.kind, told.to)) or ())
    office.move("v", "root", "remove_sign", people=["ada"])
    notifications.plug(before)
    assert office.ballots("v") == {"bo": ("main", "open")}
    assert heard == [("turn", ("bo",))]


def test_a_task_is_not_in_the_inbox_of_whom_it_was_taken_from(office):
    office.begin(PLAIN)
    office.move("a", "ivan", "add_sign", people=["ada"], how="parallel")
    office.move("a", "root", "remove_sign", people=["ivan"])
    assert office.tasks()["a"].assignee is None


def test_who_is_heard_first_does_not_reject_the_path(office):
    office.begin(diagram("start:s user:a user:b end:e", inner={"b": extension('<kesu:assignment assignee="ivan"/>')}))
    office.do("a")
    office.move("b", "ivan", "add_sign", people=["ada"], how="before")
    with pytest.raises(Conflict):
        office.move("b", "ada", "reject")
    office.move("b", "ada", "transfer", people=["bo"], reason="theirs")
    office.vote("b", "bo", "no")
    assert office.ballots("b")["ivan"] == ("main", "open")


@pytest.mark.parametrize("move", ["add_sign", "transfer", "delegate"])
def test_who_comes_too_late_reads_who_was_first(office, move):
    office.begin(vote("any"))
    task = office.task("v")
    office.vote("v", "ada")
    with pytest.raises(Conflict, match="already handled by ada"):
        runtime.move(office.db, task, actor="bo", move=move, people=["mara"])


def test_a_preview_raises_what_the_move_would(office):
    office.begin(diagram("start:s user:a user:b end:e"))
    office.do("a")
    with pytest.raises(Invalid, match="rerun or resume"):
        runtime.preview(office.db, office.task("b"), actor="root", move="reject", afterwards="whatever")
    runtime.suspend(office.db, office.instance_id, actor="mara")
    with pytest.raises(Conflict):
        runtime.preview(office.db, office.task("b"), actor="root", move="reject")


@pytest.mark.parametrize(("field", "open_"), [("x", "b"), ("y", "c")])
def test_a_correction_made_meanwhile_counts_as_a_change_of_what_a_gateway_read(office, field, open_):
    office.begin(diagram("start:s user:a xor:g user:c end:e\n g user:b [x > 1]\n b c", attributes={"g": 'default="f0_2"'}), x=1, y=1)
    office.do("a")
    office.move("c", "root", "reject", target="a", afterwards="resume")
    runtime.correct(office.db, office.instance_id, {field: (1, 3)}, variables={field: 3}, actor="root", reason="mistyped", writes=())
    office.do("a")
    assert office.open() == [open_]
    assert len(office.told("resume_refused")) == (field == "x")
