"""Reject, withdraw, take back, jump: where they may go, what they cut, what comes afterwards, and what a preview says before."""

import pytest

from kesu.engine import instances, runtime
from kesu.engine.errors import Conflict, Forbidden, Invalid, Rejected
from tests.engine.diagrams import diagram, extension

LINE = diagram("start:s user:a user:b user:c end:e")
FORK = diagram("start:s user:a and:f user:b user:b2 and:j user:z end:e; f user:c j")
GATE = diagram("start:s user:a xor:g; g user:b [x > 1]; b user:c end:e; g user:other c", attributes={"g": 'default="f3_0"'})


def line(office):
    office.begin(LINE)
    office.do("a")
    office.do("b")
    return office


def test_a_rejection_without_a_target_goes_to_the_previous_step(office):
    line(office).move("c", "root", "reject")
    assert office.open() == ["b"]


def test_a_rejection_to_the_initiator_goes_to_the_first_step(office):
    line(office).move("c", "root", "reject", target="initiator")
    assert office.open() == ["a"]


def test_after_a_join_the_previous_steps_are_a_set_and_the_person_chooses(office):
    office.begin(FORK)
    for element in ("a", "b", "b2", "c"):
        office.do(element)
    with pytest.raises(Conflict, match="choose"):
        office.move("z", "root", "reject")
    office.move("z", "root", "reject", target="c")
    assert office.open() == ["c"], "the other branch keeps its result at the join"
    office.do("c")
    assert office.open() == ["z"]


def test_a_rejection_may_end_the_case(office):
    assert line(office).move("c", "root", "reject", target="end").state == "terminated"
    with pytest.raises(Rejected, match="already"):
        office.move("c", "root", "reject") if office.open() else runtime.cancel(office.db, office.instance_id, actor="ines")


def test_rework_resumed_goes_straight_to_who_rejected_and_what_was_done_stands(office):
    office.begin(FORK)
    for element in ("a", "b", "b2", "c"):
        office.do(element)
    office.move("z", "root", "reject", target="a", afterwards="resume")
    assert office.open() == ["a"]
    office.do("a", submission={"note": "mended"})
    assert office.open() == ["z"]
    assert office.told("resumed")[0]["details"]["skipped"] == ["b", "b2", "c"]
    office.move("z", "root", "reject", target="b2")  # what was skipped can be gone back to as before
    assert office.open() == ["b2"]


def test_a_resumed_case_is_rerun_with_its_reason_when_a_gateway_read_what_was_changed(office):
    office.begin(GATE, x=5)
    office.do("a")
    office.do("b")
    office.move("c", "root", "reject", target="a", afterwards="resume")
    office.do("a", submission={"x": 0})
    assert office.open() == ["other"]
    refused = office.told("resume_refused")[0]["details"]
    assert (refused["field"], refused["read_by"]) == ("x", "g")


def test_a_resumed_case_sends_nothing_a_second_time(office, handlers):
    office.begin(diagram("start:s user:a service:call user:b end:e", inner={
        "call": extension('<spiffworkflow:serviceTaskOperator id="inside" resultVariable=""/>')}))
    office.do("a")
    office.move("b", "root", "reject", target="a", afterwards="resume")
    office.do("a")
    assert office.open() == ["b"] and len(handlers.calls) == 1


def test_the_diagram_may_narrow_where_a_rejection_goes(office):
    office.begin(diagram("start:s user:a user:b user:c end:e", inner={"c": extension('<kesu:moves reject="initiator" afterwards="resume"/>')}))
    office.do("a")
    office.do("b")
    with pytest.raises(Conflict):
        office.move("c", "root", "reject", target="b")
    office.move("c", "root", "reject", target="initiator")
    office.do("a")
    assert office.open() == ["c"]


def test_a_preview_says_what_is_voided_and_changes_nothing(office, handlers):
    office.begin(diagram("start:s user:a service:call and:f user:b and:j end:e; f user:v j", inner={
        "call": extension('<spiffworkflow:serviceTaskOperator id="inside" resultVariable=""/>'),
        "v": extension('<kesu:ballot mode="all" voters="ada,bo"/>')}))
    office.do("a")
    office.vote("v", "ada")
    told = runtime.preview(office.db, office.task("b"), actor="root", move="reject", target="a")
    assert sorted(each.element_id for each in told.voided) == ["b", "v"]
    assert [each.element_id for each in told.cannot_undo] == ["call"]
    assert [(each.voter, each.state) for each in told.ballots] == [("ada", "yes"), ("bo", "open")]
    assert office.open() == ["b", "v"]


def test_answers_of_an_undone_round_are_marked_and_never_changed(office):
    office.begin(diagram("start:s user:a user:v user:z end:e", inner={"v": extension('<kesu:ballot mode="all" voters="ada,bo"/>')}))
    office.do("a")
    vote = office.task("v")
    office.vote("v", "ada", comment="fine")
    office.vote("v", "bo")
    office.move("z", "root", "reject", target="a")
    from kesu.engine import ballots

    with office.db.read() as connection:
        kept = ballots.of_task(connection, vote)
    assert [(each.voter, each.state, each.comment, each.superseded_by is not None) for each in kept] == [
        ("ada", "yes", "fine", True), ("bo", "yes", None, True)]


def test_the_initiator_withdraws_to_the_first_step_whoever_has_the_case(office):
    line(office)
    with pytest.raises(Conflict):
        runtime.withdraw(office.db, office.instance_id, actor="otto")
    runtime.withdraw(office.db, office.instance_id, actor="ines", reason="wrong customer")
    assert office.open() == ["a"]


def test_an_administrator_jumps_ahead_and_what_is_skipped_is_recorded(office):
    office.begin(FORK)
    office.do("a")
    with pytest.raises(Conflict):
        office.move("b", "ines", "jump", target="z")
    office.move("b", "root", "jump", target="z")
    assert office.open() == ["z"]
    assert sorted(row["element_id"] for row in office.told("task_skipped")) == ["b", "b2", "c"]
    assert office.do("z").state == "completed"


def test_a_jump_into_a_parallel_block_that_has_not_begun_is_refused(office):
    office.begin(FORK)
    with pytest.raises(Conflict):
        office.move("a", "root", "jump", target="b")


def test_a_rejection_owes_a_reason_and_a_finished_case_cannot_be_rejected(office):
    line(office)
    task = office.task("c")
    with pytest.raises(Invalid, match="reason"):
        runtime.move(office.db, task, actor="root", move="reject", reason=" ")
    with pytest.raises(Invalid, match="rerun or resume"):
        runtime.move(office.db, task, actor="root", move="reject", reason="x", afterwards="whatever")
    office.do("c")
    with pytest.raises(Conflict, match="already handled"):
        runtime.move(office.db, task, actor="root", move="reject", reason="late")


def test_a_stale_page_is_told_so_and_nothing_changes(office):
    line(office)
    task = office.tasks()["c"]
    runtime.transfer(office.db, task.id, actor="root", to="ada", of=None, reason="theirs")
    with pytest.raises(Conflict, match="has changed"):
        runtime.move(office.db, task.id, actor="root", move="reject", reason="x", seen=task.version)
    assert office.open() == ["c"]


def test_nothing_moves_while_a_case_is_suspended(office):
    line(office)
    runtime.suspend(office.db, office.instance_id, actor="mara")
    for move, given in (("reject", {"reason": "x"}), ("transfer", {"people": ["ada"]}), ("add_sign", {"people": ["ada"]}), ("urge", {})):
        with pytest.raises(Rejected, match="suspended"):
            runtime.move(office.db, office.task("c"), actor="root", move=move, **given)
    with pytest.raises(Rejected, match="suspended"):
        runtime.withdraw(office.db, office.instance_id, actor="ines")
    with office.db.read() as connection:
        assert instances.find(connection, office.instance_id).state == "suspended"


def test_only_those_whose_turn_it_is_may_reject(office):
    office.begin(diagram("start:s user:a user:v end:e", inner={"v": extension('<kesu:ballot mode="in_turn" voters="ada,bo"/>')}))
    office.do("a")
    with pytest.raises(Conflict):
        office.move("v", "bo", "reject")
    office.move("v", "ada", "reject")
    assert office.open() == ["a"]
    with pytest.raises(Forbidden):
        runtime.suspend(office.db, office.instance_id, actor="ada")


def test_nothing_is_lost_by_going_back_over_a_jump_that_gave_up_another_branch(office):
    office.begin(diagram("start:s user:t and:f user:a0 user:a and:j user:z end:e; f user:c j"))
    office.do("t")
    office.do("a0")
    office.move("a", "root", "jump", target="z")
    legal = runtime.legal_moves(office.db, office.task("z"), actor="root")["reject"]
    assert [each.element_id for each in legal] == ["t", "end"], "to a0 the branch of c would be missing"
    office.move("z", "root", "reject", target="t")
    office.do("t")
    assert office.open() == ["a0", "c"]


def test_a_jump_records_every_approval_that_it_skips(office):
    inside = '<b:startEvent id="is"/><b:userTask id="i1"/><b:endEvent id="ie"/>' \
             '<b:sequenceFlow id="if1" sourceRef="is" targetRef="i1"/><b:sequenceFlow id="if2" sourceRef="i1" targetRef="ie"/>'
    office.begin(diagram("start:s user:t and:f user:x and:j user:y subProcess:sub user:z end:e; f user:v user:w j", inner={"sub": inside}))
    office.move("t", "root", "jump", target="z")
    skipped = [row["element_id"] for row in office.told("task_skipped")]
    assert sorted(skipped) == ["i1", "t", "v", "w", "x", "y"] and skipped[0] == "t"


def test_a_jump_out_of_a_branch_records_what_the_other_branches_will_not_do(office):
    office.begin(diagram("start:s user:t and:f user:x and:j user:z end:e; f user:v user:w j"))
    office.do("t")
    office.move("x", "root", "jump", target="z")
    assert sorted(row["element_id"] for row in office.told("task_skipped")) == ["v", "w", "x"]
