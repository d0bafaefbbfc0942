"""Add-sign, remove-sign, transfer, delegate, deputies, handover, copies, urges: who is asked, who decides, and every sentence for bad input."""

from datetime import timedelta

import pytest

from kesu.engine import clock, deputies, identity, incidents, notifications, runtime, user_tasks
from kesu.engine.errors import Conflict, Forbidden, Invalid
from tests.engine.diagrams import diagram, extension

PLAIN = diagram("start:s user:a user:b end:e", inner={"a": extension('<kesu:assignment assignee="ivan"/>')})


def vote(mode="all", voters="ada,bo", more=""):
    return diagram("start:s user:v xor:g end:good [outcome = \"approved\"]\n g end:bad", attributes={"g": 'default="f1_0"'}, inner={
        "v": extension(f'<kesu:ballot mode="{mode}" voters="{voters}" {more}/>')})


def ended(office):
    return [row["element_id"] for row in office.told("activity_completed") if row["element_id"] in ("good", "bad")]


def test_signers_added_before_speak_first_and_the_owner_still_decides(office):
    office.begin(PLAIN)
    office.move("a", "ivan", "add_sign", people=["ada", "bo"], how="before")
    assert office.ballots("a") == {"ivan": ("main", "waiting"), "ada": ("before", "open"), "bo": ("before", "open")}
    with pytest.raises(Conflict, match="was asked first"):
        office.do("a", "ivan")
    office.vote("a", "ada", "no")
    office.vote("a", "bo")
    assert office.ballots("a")["ivan"] == ("main", "open")
    office.do("a", "ivan", submission={"cause": "glue"})
    assert office.open() == ["b"]


def test_signers_added_after_keep_the_node_open_though_the_owner_has_said_yes(office):
    office.begin(PLAIN)
    office.move("a", "ivan", "add_sign", people=["ada"], how="after", submission={"cause": "glue"})
    assert office.ballots("a") == {"ivan": ("main", "yes"), "ada": ("after", "open")}
    office.vote("a", "ada")
    assert office.open() == ["b"]


def test_an_any_vote_with_a_signer_added_after_waits_for_them(office):
    office.begin(vote("any"))
    office.move("v", "ada", "add_sign", people=["mara"], how="after")
    assert office.open() == ["v"]
    office.vote("v", "mara", "yes")
    assert ended(office) == ["good"]


def test_signers_added_in_parallel_make_n_grow(office):
    office.begin(vote("percent", "ada,bo", 'threshold="60"'))
    office.move("v", "ada", "add_sign", people=["mara", "ivan", "yun"], how="parallel")
    office.vote("v", "ada")
    office.vote("v", "mara")
    assert office.open() == ["v"], "two of five is not 60 %"
    office.vote("v", "yun")
    assert ended(office) == ["good"]


def test_in_turn_the_added_come_right_after_who_asked(office):
    office.begin(vote("in_turn", "ada,bo"))
    office.move("v", "ada", "add_sign", people=["mara"], how="after")
    assert {who: state for who, (_, state) in office.ballots("v").items()} == {"ada": "yes", "mara": "open", "bo": "waiting"}
    office.vote("v", "mara")
    office.vote("v", "bo")
    assert ended(office) == ["good"]


def test_removing_a_signer_counts_again_at_once(office):
    office.begin(vote("all", "ada,bo"))
    office.move("v", "ada", "add_sign", people=["mara"], how="parallel")
    office.vote("v", "ada")
    office.vote("v", "bo")
    with pytest.raises(Forbidden, match="Only who asked"):
        office.move("v", "bo", "remove_sign", people=["mara"])
    office.move("v", "ada", "remove_sign", people=["mara"])
    assert ended(office) == ["good"]


def test_removing_the_last_signer_before_gives_the_task_back_to_its_owner(office):
    office.begin(PLAIN)
    office.move("a", "ivan", "add_sign", people=["ada"], how="before")
    office.move("a", "ivan", "remove_sign", people=["ada"])
    assert office.ballots("a") == {"ivan": ("main", "open")}
    office.move("a", "ivan", "add_sign", people=["ada"], how="before")
    assert office.ballots("a")["ada"] == ("before", "open"), "who was taken out can be asked again"


def test_nobody_is_removed_who_has_answered_or_is_the_last(office):
    office.begin(vote("all", "ada,bo"))
    office.vote("v", "ada")
    with pytest.raises(Conflict, match="has answered"):
        office.move("v", "root", "remove_sign", people=["ada"])
    office.begin(vote("all", "ada"))
    with pytest.raises(Conflict, match="last one"):
        office.move("v", "root", "remove_sign", people=["ada"])


def test_in_turn_whoever_comes_next_is_told(office):
    heard = []
    before = notifications.plug(lambda _connection, told: heard.append((told.kind, told.to)) or ())
    office.begin(vote("in_turn", "ada,bo,mara"))
    office.vote("v", "ada")
    office.vote("v", "bo")
    notifications.plug(before)
    assert heard == [("turn", ("bo",)), ("turn", ("mara",))]


def test_a_transferred_ballot_keeps_its_place_its_due_date_and_n(office):
    office.begin(vote("in_turn", "ada,bo"))
    office.move("v", "ada", "transfer", people=["mara"], reason="theirs")
    assert {who: state for who, (_, state) in office.ballots("v").items()} == {"mara": "open", "bo": "waiting"}
    with pytest.raises(Forbidden):
        office.vote("v", "ada")
    office.vote("v", "mara")
    office.vote("v", "bo")
    assert ended(office) == ["good"]


@pytest.mark.parametrize(("to", "error", "words"), [
    ("ada", Conflict, "has it already"), ("bo", Conflict, "in this round"), ("nobody", Invalid, "active"), ("yun", Conflict, "is away")])
def test_work_cannot_be_given_to_everybody(office, to, error, words):
    deputies.appoint(office.db, "yun", "mara", begins_at=clock.now(), ends_at=clock.now() + timedelta(days=3), actor="yun")
    office.begin(vote())
    with pytest.raises(error, match=words):
        office.move("v", "ada", "transfer", people=[to], reason="theirs")
    assert set(office.ballots("v")) == {"ada", "bo"}


def test_a_plain_task_is_transferred_with_its_due_date(office):
    office.begin(diagram("start:s user:a end:e", inner={"a": extension('<kesu:assignment assignee="ivan"/><kesu:deadline duration="PT8H"/>')}))
    due = office.tasks()["a"].due_at
    with pytest.raises(Forbidden, match="is with ivan"):
        office.move("a", "bo", "transfer", people=["yun"], reason="theirs")
    office.move("a", "ivan", "transfer", people=["bo"], reason="theirs")
    assert (office.tasks()["a"].assignee, office.tasks()["a"].due_at) == ("bo", due)
    assert office.do("a", "bo").state == "completed"


def test_a_delegate_gives_an_opinion_and_the_owner_alone_decides(office):
    office.begin(vote("all", "ada,bo"))
    office.move("v", "ada", "delegate", people=["mara"])
    assert office.ballots("v") == {"ada": ("main", "waiting"), "mara": ("opinion", "open"), "bo": ("main", "open")}
    with pytest.raises(Conflict):
        office.move("v", "mara", "reject")
    office.move("v", "mara", "resolve", answer="no", comment="too much")
    assert office.ballots("v")["ada"] == ("main", "open"), "an opinion decides nothing"
    office.vote("v", "ada")
    office.vote("v", "bo")
    assert ended(office) == ["good"]


def test_delegating_in_a_circle_is_refused(office):
    office.begin(PLAIN)
    office.move("a", "ivan", "delegate", people=["ada"])
    office.move("a", "ada", "delegate", people=["bo"])
    with pytest.raises(Conflict, match="circle"):
        office.move("a", "bo", "delegate", people=["ivan"])
    office.move("a", "bo", "resolve")
    office.move("a", "ada", "resolve")
    assert office.ballots("a")["ivan"] == ("main", "open")


def test_a_standing_deputy_is_asked_and_history_says_for_whom(office):
    now = clock.now()
    deputies.appoint(office.db, "ivan", "bo", begins_at=now, ends_at=now + timedelta(days=2), actor="ivan", definition_key="p")
    with pytest.raises(Conflict, match="circle"):
        deputies.appoint(office.db, "bo", "ivan", begins_at=now, ends_at=now + timedelta(days=1), actor="mara")
    with pytest.raises(Forbidden):
        deputies.appoint(office.db, "ada", "bo", begins_at=now, ends_at=now + timedelta(days=1), actor="otto")
    office.begin(PLAIN)
    assert (office.tasks()["a"].assignee, office.tasks()["a"].on_behalf_of) == ("bo", "ivan")
    office.do("a", "bo")
    assert office.told("task_completed")[0]["on_behalf_of"] == "ivan"


def test_a_deputy_acts_in_their_period_only(office, turned):
    now = clock.now()
    deputies.appoint(office.db, "ivan", "bo", begins_at=now, ends_at=now + timedelta(days=2), actor="ivan")
    turned.advance(timedelta(days=3))
    office.begin(PLAIN)
    assert office.tasks()["a"].assignee == "ivan"


def test_who_leaves_hands_everything_over_with_a_report(office):
    office.begin(PLAIN)
    task = office.task("a")
    office.begin(vote("all", "ivan,bo"))
    with pytest.raises(Forbidden):
        runtime.hand_over(office.db, "ivan", to="ada", actor="ivan")
    report = runtime.hand_over(office.db, "ivan", to="ada", actor="mara", reason="left")
    assert [(each.what, each.problem) for each in report] == [("task", ""), ("ballot", "")]
    assert set(office.ballots("v")) == {"ada", "bo"}
    with office.db.read() as connection:
        assert user_tasks.find(connection, task).assignee == "ada"
    blocked = runtime.hand_over(office.db, "ada", to="bo", actor="mara")
    assert [bool(each.problem) for each in blocked] == [False, True], "Bo has a ballot in that round already"


def test_a_copy_blocks_nothing_and_is_sent_once(office):
    office.begin(PLAIN)
    office.move("a", "ivan", "copy", people=["yun", "mara"])
    office.move("a", "ivan", "copy", people=["yun"])
    assert [row["details"]["to"] for row in office.told("copied")] == [["yun", "mara"], []]
    with pytest.raises(Forbidden):
        office.move("a", "otto", "copy", people=["otto"])
    office.do("a", "ivan")


def test_an_urge_is_told_to_the_holders_limited_and_touches_no_clock(office, turned):
    heard = []
    before = notifications.plug(lambda _connection, told: heard.append((told.kind, told.to)) or ())
    office.begin(PLAIN)
    office.move("a", "ines", "urge")
    with pytest.raises(Conflict, match="urge again from"):
        office.move("a", "ines", "urge")
    turned.advance(timedelta(hours=1))
    office.move("a", "ines", "urge")
    notifications.plug(before)
    assert heard == [("urged", ("ivan",))] * 2


def test_a_batch_gives_a_result_an_item_and_one_refusal_stops_nothing(office):
    ids = [office.begin(PLAIN).task("a") for _ in range(3)]
    runtime.transfer(office.db, ids[1], actor="ivan", to="bo", reason="theirs")
    done = runtime.batch(office.db, "complete", [*ids, 999_999], actor="ivan", idempotency_key="b1")
    assert [bool(each.problem) for each in done] == [False, True, False, True]
    again = runtime.batch(office.db, "complete", ids, actor="ivan", idempotency_key="b1")
    assert [bool(each.problem) for each in again] == [False, True, False]


def test_the_same_key_moves_once(office):
    office.begin(vote())
    for _ in range(2):
        office.move("v", "ada", "add_sign", people=["mara"], how="parallel", idempotency_key="k")
    assert len(office.told("sign_added")) == 1


def test_what_everybody_may_do_is_listed(office):
    office.begin(PLAIN)
    assert set(runtime.all_moves(office.db, office.task("a"), actor="ivan")) == {"reject", "add_sign", "transfer", "delegate", "copy", "urge"}
    assert "jump" in runtime.all_moves(office.db, office.task("a"), actor="root")
    with office.db.read() as connection:
        assert identity.members(connection, "admin") == ["root"]


def test_a_count_that_can_no_longer_be_reached_is_no_refusal(office):
    office.begin(vote("count", "ada,bo,mara", 'threshold="2"'))
    office.move("v", "root", "remove_sign", people=["mara"])
    office.vote("v", "ada", "yes")
    office.move("v", "root", "remove_sign", people=["bo"])
    assert office.open() == ["v"], "one yes is all there can be, and two were wanted: nobody has said no"
    with office.db.read() as connection:
        [told] = incidents.listed(connection)
    assert told.kind == "nobody_to_act" and "more votes are needed" in told.message
