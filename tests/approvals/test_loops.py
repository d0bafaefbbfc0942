"""Going back in loops: the latest round of every step that led here, also of one that stands on the way back of the loop."""

import pytest

from kesu.engine import instances, runtime
from kesu.engine.errors import Conflict
from tests.engine.diagrams import diagram

REWORK = diagram('start:s user:a xor:m user:review xor:g end:e [ok = "y"]\n g user:fix m', attributes={"g": 'default="f1_0"'})
FIRST = diagram('start:s xor:m user:a user:b user:c xor:g end:e [ok = "y"]\n g m', attributes={"g": 'default="f1_0"'})


def done(office, *elements):
    for element in elements:
        office.do(element, submission={"ok": "n"})
    return office


def targets(office, element):
    found = runtime.legal_moves(office.db, office.task(element), actor="root")["reject"]
    return [each.element_id for each in found if each.element_id != "end"]


@pytest.fixture
def reworked(office):
    """The second time at the review, after the fix."""
    return done(office.begin(REWORK), "a", "review", "fix")


def test_previous_is_the_step_on_the_way_back_of_the_loop(reworked):
    assert targets(reworked, "review") == ["fix", "a"]
    reworked.move("review", "root", "reject")
    assert reworked.open() == ["fix"]
    reworked.do("fix")
    assert reworked.open() == ["review"]


def test_what_was_passed_by_in_the_round_before_stays_while_it_is_the_latest(reworked):
    done(reworked, "review", "fix", "review", "fix")
    assert targets(reworked, "review") == ["fix", "a"]
    reworked.move("review", "root", "reject", target="a")
    assert reworked.open() == ["a"]


def test_a_case_that_goes_round_is_as_small_after_many_rounds_as_after_a_few(reworked):
    def size():
        with reworked.db.read() as connection:
            return len(instances.find(connection, reworked.instance_id).body)

    done(reworked, *["review", "fix"] * 3)
    few = size()
    done(reworked, *["review", "fix"] * 30)
    assert size() < few * 1.1


def test_where_a_case_began_is_the_latest_round_of_its_first_step(office):
    done(office.begin(FIRST), "a", "b", "c", "a")
    assert targets(office, "b") == ["a", "c"]
    office.move("b", "root", "reject", target="initiator")
    assert office.open() == ["a"]
    done(office, "a")
    runtime.withdraw(office.db, office.instance_id, actor="ines", reason="wrong")
    assert office.open() == ["a"]


def test_a_step_of_the_round_before_is_gone_once_it_has_been_come_to_again(office):
    done(office.begin(FIRST), "a", "b", "c")
    assert targets(office, "a") == ["c", "b"]
    done(office, "a", "b")
    with pytest.raises(Conflict, match="but got c"):
        office.move("c", "root", "reject", target="c")
    assert targets(office, "c") == ["b", "a"]
