"""A case stands still: whatever is done to it before and after, its due dates gain exactly the time for which it was suspended."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kesu.engine import definitions, due_dates, history, runtime, timers, user_tasks, worker
from tests.engine.diagrams import diagram, extension

HOUR = timedelta(hours=1)
LIMIT = 48 * HOUR
DRAWN = diagram("start:s user:a user:b end:e", inner={
    "a": extension('<kesu:assignment assignee="ivan"/>', '<kesu:deadline duration="PT48H" warn="PT6H" onTimeout="remind"/>'),
    "b": extension('<kesu:assignment assignee="ada"/>', '<kesu:deadline duration="PT48H"/>', '<kesu:outcome variable="decision"/>')})
ACTS = ("wait", "stand still", "rework", "transfer")
STORIES = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(1, 30)), min_size=1, max_size=8)


class Story:
    """One case, and beside it what its due dates ought to be: `due` by element, moved by nothing but standing still."""

    def __init__(self, db, turned) -> None:
        self.db, self.turned = db, turned
        self.id = runtime.start(db, "p", actor="ines").instance_id
        self.due = {"a": turned.now() + LIMIT}

    def task(self) -> user_tasks.UserTask:
        """Return the one open task."""
        with self.db.read() as connection:
            [task] = user_tasks.of_instance(connection, self.id, only_open=True)
        return task

    def wait(self, hours) -> None:
        """Let time pass, and what is due then be done."""
        self.turned.advance(hours * HOUR)
        worker.drain(self.db)

    def stand_still(self, hours) -> None:
        """Suspend the case for some hours."""
        since = self.turned.now()
        runtime.suspend(self.db, self.id, actor="mara")
        self.wait(hours)
        runtime.activate(self.db, self.id, actor="mara")
        self.due = {element: due + hours * HOUR if due > since else due for element, due in self.due.items()}

    def rework(self, _hours) -> None:
        """Hand the work in and get it back."""
        if self.task().element_id == "b":
            runtime.move(self.db, self.task().id, actor=self.task().assignee, move="reject", target="previous", reason="again")
        else:
            runtime.complete(self.db, self.task().id, actor=self.task().assignee)
            self.due.setdefault("b", self.turned.now() + LIMIT)

    def transfer(self, _hours) -> None:
        """Give it to somebody else."""
        runtime.transfer(self.db, self.task().id, actor="mara", to="yun" if self.task().assignee != "yun" else "bo", reason="theirs")

    def check(self) -> None:
        """Compare what is kept with what ought to be: the dates, what is armed, and that nothing was said twice or too early."""
        worker.drain(self.db)
        task, now = self.task(), self.turned.now()
        assert task.due_at == self.due[task.element_id]
        marks = {"warn": self.due["a"] - 6 * HOUR, "remind": self.due["a"]}
        with self.db.read() as connection:
            assert all(due_dates.known(connection, self.id, f"{name}/{name}#") == due for name, due in self.due.items())
            told = [event["details"]["act"] for event in history.of_instance(connection, self.id) if event["kind"] == "timeout_policy"]
            mine = (timers.timers.c.instance_id == self.id) & (timers.timers.c.state == timers.ARMED)
            armed = {row.act: row.due_at for row in connection.execute(timers.timers.select().where(mine))}
        assert sorted(told) == sorted(set(told)) and all(marks[act] <= now for act in told)
        assert armed == ({act: at for act, at in marks.items() if at > now} if task.element_id == "a" else {})


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=STORIES)
def test_no_story_gives_a_due_date_more_or_less_than_the_time_for_which_the_case_stood_still(cast, turned, story):
    definitions.deploy(cast, DRAWN, actor="olga")
    case = Story(cast, turned)
    for act, hours in story:
        getattr(case, act.replace(" ", "_"))(hours)
        case.check()


def test_a_date_that_has_passed_before_the_case_stood_still_stays_where_it_was(cast, turned):
    definitions.deploy(cast, DRAWN, actor="olga")
    case = Story(cast, turned)
    case.wait(49)
    case.stand_still(10)
    assert case.task().due_at == case.due["a"] == turned.now() - 11 * HOUR
