"""The daily digest (每日摘要): one mail a working day to each colleague who wants it, at their own hour, of what waits for them.

Each section belongs to one kind of mail and appears where the person wants that kind once a day. Nothing to say: no mail. A row a
person and day is claimed first, so that however many workers run, one writes the mail.
"""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, Date, ForeignKey, Integer, String, Table, func, select
from sqlalchemy.dialects import postgresql, sqlite

from kesu.complaints import calendars, digest_lines, mail_wishes, mails, profiles, tracking, working_hours
from kesu.complaints.digest_lines import Digest
from kesu.complaints.profiles import Profile
from kesu.engine import clock, identity
from kesu.engine.database import Database, Instant, metadata
from kesu.engine.identity import Person

FIRST_LOOKS_BACK = timedelta(days=1)

digests = Table(
    "digests",
    metadata,
    Column("login", String, ForeignKey("people.login"), primary_key=True),
    Column("day", Date, primary_key=True),  # of the person's own calendar
    Column("at", Instant, nullable=False),
    Column("mail_id", Integer, ForeignKey("mails.id")),  # empty where there was nothing to say
)


def send_due(db: Database) -> int:
    """Write every digest whose hour has come and that has not been written today; return how many mails that made."""
    now = clock.now()
    with db.read() as connection:
        wanted = [profiles.of_person(connection, login) for login in mail_wishes.digested(connection)]
        ready = [profile for profile in wanted if _is_ready(connection, profile, now)]
    return sum(_send(db, profile, now) for profile in ready)


def _is_ready(connection: Connection, profile: Profile, now: datetime) -> bool:
    there = profile.local(now)
    if there.hour < profile.digest_hour or _written(connection, profile.login, there.date()):
        return False
    calendar = working_hours.of_department(connection, identity.department_of(connection, profile.login))
    return bool(calendars.spans_on(calendar, there.date()))


def _written(connection: Connection, login: str, day: date) -> bool:
    return connection.execute(select(digests.c.login).where(digests.c.login == login, digests.c.day == day)).first() is not None


def _send(db: Database, profile: Profile, now: datetime) -> bool:
    with db.write() as connection:
        person, day = identity.find_person(connection, profile.login), profile.local(now).date()
        if person is None or not person.active or not person.email or not _claim(connection, profile.login, day, now):
            return False
        wanted = {kind for kind, way in mail_wishes.of_person(connection, profile.login).items() if way == mail_wishes.DAILY}
        digest = digest_lines.gather(connection, person, profile, wanted, since=_since(connection, profile.login, day, now), now=now)
        if not digest.sections:
            return False
        mail_id = mails.post(connection, key=f"digest/{profile.login}/{day}", template="digest", to=person.email, locale=person.locale,
                             values=_values(person, digest, day), reference=None, at=now)
        connection.execute(digests.update().where(digests.c.login == profile.login, digests.c.day == day).values(mail_id=mail_id))
        return mail_id is not None


def _claim(connection: Connection, login: str, day: date, at: datetime) -> bool:
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    row = insert(digests).values(login=login, day=day, at=at).on_conflict_do_nothing().returning(digests.c.login)
    return connection.execute(row).first() is not None


def _since(connection: Connection, login: str, day: date, now: datetime) -> datetime:
    """Return when the last digest before this one was written: what is newer is new."""
    query = select(func.max(digests.c.at)).where(digests.c.login == login, digests.c.day < day)
    return connection.execute(query).scalar() or now - FIRST_LOOKS_BACK


def _values(person: Person, digest: Digest, day: date) -> dict[str, Any]:
    return {"name": person.called(person.locale), "day": day.isoformat(), "headline": digest.headline, "text": digest.text,
            "link": f"{tracking.base_url()}/inbox"}
