"""New work by mail: who is asked on a task that has just been opened gets the letter `assignment`, unless they want it otherwise.

Looked for by the worker beside the commands, so that opening a task stays as quick as it is; the mail's key makes it one mail a task and
person, whatever is looked at twice.
"""

from sqlalchemy import Column, Connection, Integer, Table, func, select

from kesu.complaints import announcements, mail_wishes, mails
from kesu.engine import ballots, candidates, clock, identity, user_tasks
from kesu.engine.database import Database, metadata
from kesu.engine.user_tasks import UserTask

OVERLAP = 200  # of two commands the later may be committed first, so a few tasks are looked at again
MOST = 1000

arrivals = Table(
    "arrivals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("up_to", Integer, nullable=False),  # the last task looked at
)


def tell_new(db: Database) -> int:
    """Write to everybody whose work has arrived since the last look; return how many mails that made. The first look only begins."""
    with db.write() as connection:
        seen = connection.execute(select(arrivals.c.up_to).where(arrivals.c.id == 1)).scalar()
        newest = connection.execute(select(func.max(user_tasks.user_tasks.c.id))).scalar() or 0
        if seen is None:
            connection.execute(arrivals.insert().values(id=1, up_to=newest))
            return 0
        table = user_tasks.user_tasks
        query = select(table).where(table.c.id > seen - OVERLAP, table.c.state.in_(user_tasks.OPEN)).order_by(table.c.id).limit(MOST)
        fresh = [UserTask(**row._mapping) for row in connection.execute(query)]
        up_to = fresh[-1].id if len(fresh) == MOST else newest
        connection.execute(arrivals.update().where(arrivals.c.id == 1).values(up_to=max(seen, up_to)))
        return sum(_tell(connection, task, login) for task in fresh for login in _asked(connection, task))


def _asked(connection: Connection, task: UserTask) -> list[str]:
    """Return whose work it is by name; a shared list tells nobody, and who has claimed it knows."""
    if task.ballot:
        return [each.voter for each in ballots.of_task(connection, task.id) if each.state == ballots.OPEN and each.added_by is None]
    return [task.assignee] if task.assignee and not candidates.names(connection, task.id) else []


def _tell(connection: Connection, task: UserTask, login: str) -> bool:
    person = identity.find_person(connection, login)
    if person is None or not person.active or not person.email or not mail_wishes.at_once(connection, login, mail_wishes.WORK):
        return False
    now = clock.now()
    values = announcements.letter_values(connection, task, person, at=now, answerable=True)
    return mails.post(connection, key=f"arrived/{task.id}/{login}", template="assignment", to=person.email, locale=person.locale, values=values,
                      reference=task.business_key, at=now) is not None
