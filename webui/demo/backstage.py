"""Behind the scenes of the demo month: the real service tasks, but no mail leaves the house and one instruction cannot be given."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy import event

from kesu.complaints import mails
from kesu.complaints.deadlines import CaseDeadlines
from kesu.engine import clock, deadlines, service_tasks
from kesu.engine.database import Database
from kesu.engine.errors import Failed, sentence
from kesu.engine.service_tasks import Outcome, Registry, ServiceTask, Topic, done
from kesu.handlers import registry

failing: set[str] = set()  # the references of the cases whose instruction cannot be given


@contextmanager
def lent(manual: clock.ManualClock) -> Iterator[None]:
    """Put this clock, our service tasks and the case's deadlines in use, and the former ones back afterwards."""
    before = clock.use(manual), service_tasks.plug(_topics()), deadlines.plug(CaseDeadlines())
    try:
        yield
    finally:
        clock.use(before[0])
        service_tasks.plug(before[1])
        deadlines.plug(before[2])


@contextmanager
def hurried(db: Database) -> Iterator[None]:
    """Let SQLite not wait for the disk meanwhile: a load that is broken off is started again from an empty database anyway."""
    if not db.is_sqlite:
        yield
        return
    event.listen(db.engine, "connect", _do_not_wait)
    db.dispose()
    try:
        yield
    finally:
        event.remove(db.engine, "connect", _do_not_wait)
        db.dispose()


def _do_not_wait(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")


def _topics() -> Registry:
    """Return the real service tasks, but no mail leaves the house and one instruction cannot be given."""
    failing.clear()
    changed = {"send_mail": _keep_mail, "carry_out_remedy": _carry_out}
    real = registry.build()
    return Registry([_changed(topic, changed[topic.name]) if topic.name in changed else topic for topic in real], real.subject)


def _changed(topic: Topic, function: Any) -> Topic:
    return replace(topic, function=partial(function, topic) if function is _carry_out else function)


def _keep_mail(task: ServiceTask, mail_id: int) -> Outcome:
    return done(writes=[lambda connection: mails.settle(connection, mail_id, mails.KEPT, at=task.now)])


def _carry_out(topic: Topic, task: ServiceTask) -> Outcome:
    if task.business_key in failing:
        raise Failed(sentence("The warehouse system did not take the instruction (so that the demo has an incident; try again)."))
    return topic.function(task)
