"""Sign-ins: one row for each browser in which a person has signed in, so that signing out really ends it.

The browser holds a random token, the row its digest. Failed attempts are counted in the database too: several web processes
share one count.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from flask import current_app, request, session
from sqlalchemy import Column, Connection, ForeignKey, Integer, String, Table, func, select

from kesu.engine import clock, identity
from kesu.engine.database import Instant, metadata
from kesu.engine.errors import Rejected, sentence
from kesu.engine.identity import Person
from kesu.engine.turns import one_at_a_time
from kesu.webui import devices, proxies
from kesu.webui.context import database, is_api

LIFETIME = timedelta(hours=12)
IDLE = timedelta(hours=4)
SEEN_EVERY = timedelta(minutes=5)  # a request does not write: only now and then is noted that somebody is still there
WINDOW = timedelta(minutes=15)
TRIES_PER_LOGIN = 5  # from one address
TRIES_PER_ADDRESS = 50
TRIES_FROM_EVERYWHERE = 100
TOO_MANY = sentence("Too many failed attempts. Please wait {minutes} minutes, then try again.")

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("login", String, ForeignKey("people.login"), nullable=False, index=True),
    Column("browser", String(200), nullable=False, server_default=""),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("ended_at", Instant),
)

failed_sign_ins = Table(
    "failed_sign_ins",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("login", String(200), nullable=False, index=True),
    Column("address", String(64), nullable=False),
    Column("at", Instant, nullable=False, index=True),
)


class TooManyTries(Rejected):
    """Somebody is guessing, or has forgotten."""

    status = 429


def begin(connection: Connection, login: str) -> None:
    """Sign a person in with a fresh session; whatever the browser's session held before is thrown away."""
    if "sign_in" in session:
        _end(connection, _digest(session["sign_in"]))
    session.clear()  # also a new CSRF token: nothing planted before signing in survives it
    session.permanent = True
    session["sign_in"] = secrets.token_urlsafe(32)
    now = clock.now()
    browser = (request.user_agent.string or "")[:200]
    values = {"digest": _digest(session["sign_in"]), "login": login, "browser": browser, "created_at": now, "seen_at": now}
    connection.execute(sign_ins.insert().values(**values))


def end() -> None:
    """Sign this browser out."""
    token = session.get("sign_in")
    session.clear()
    if token:
        with database().write() as connection:
            _end(connection, _digest(token))


def end_others(connection: Connection, login: str) -> None:
    """Sign a person out of every browser but this one."""
    here = _digest(session.get("sign_in", ""))
    others = sign_ins.update().where(sign_ins.c.login == login, sign_ins.c.digest != here, sign_ins.c.ended_at.is_(None))
    connection.execute(others.values(ended_at=clock.now()))


def end_all(connection: Connection, login: str) -> None:
    """Sign a person out everywhere: somebody else has given them a new password."""
    connection.execute(sign_ins.update().where(sign_ins.c.login == login, sign_ins.c.ended_at.is_(None)).values(ended_at=clock.now()))


def recognise() -> Person | None:
    """Return the person of the browser's session, or None where it has ended."""
    token = session.get("sign_in")
    if token is None or is_api():
        return None
    now = clock.now()
    with database().read() as connection:
        row = connection.execute(select(sign_ins).where(sign_ins.c.digest == _digest(token), _open_at(now))).one_or_none()
        person = identity.find_person(connection, row.login) if row else None
    if row is None or person is None or not person.active:
        return None
    if now - row.seen_at > SEEN_EVERY:
        _note_seen(row.digest, now)
    return person


def count_try(connection: Connection, login: str) -> None:
    """Count a guess before it is tried, so that many at once are counted too.

    Guesses count for this login from this address: strangers cannot keep its owner out. Where a
    login is guessed at from everywhere, only browsers in which it has signed in before may go on.
    Raises `TooManyTries`.
    """
    now, login = clock.now(), login[:200]
    one_at_a_time(connection, "sign-ins")
    tries = failed_sign_ins.c
    connection.execute(failed_sign_ins.delete().where(tries.at <= now - WINDOW))
    here = tries.address == _address()
    limits = [(here & (tries.login == login), TRIES_PER_LOGIN), (here, TRIES_PER_ADDRESS)]
    if not devices.knows(login):
        limits.append((tries.login == login, TRIES_FROM_EVERYWHERE))
    for counted, most in limits:
        found = select(func.count()).select_from(failed_sign_ins).where(counted)
        if connection.execute(found).scalar_one() >= most:
            raise TooManyTries(TOO_MANY, minutes=int(WINDOW.total_seconds() // 60))
    connection.execute(failed_sign_ins.insert().values(login=login, address=_address(), at=now))


def forgive(connection: Connection, login: str) -> None:
    """Forget the attempts of somebody who has now shown the password, here; others' elsewhere still count."""
    mine = (failed_sign_ins.c.login == login[:200]) & (failed_sign_ins.c.address == _address())
    connection.execute(failed_sign_ins.delete().where(mine))


def current_digest() -> str:
    """Return the digest of this browser's sign-in, to tell it from the others in a list."""
    return _digest(session.get("sign_in", ""))


def in_words(browser: str) -> str:
    """Say which browser on which system this is, as far as its own description goes."""
    names = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
    systems = ("Windows", "Android", "iPhone", "iPad", "Macintosh", "Linux")
    name = next((name for mark, name in names if mark in browser), browser[:40])
    system = next((system for system in systems if system in browser), "")
    return f"{name} · {system}" if system else name


def of_person(connection: Connection, login: str) -> list[dict[str, object]]:
    """List the browsers in which a person is signed in, the latest first."""
    query = select(sign_ins).where(sign_ins.c.login == login, _open_at(clock.now())).order_by(sign_ins.c.seen_at.desc())
    return [dict(row._mapping) for row in connection.execute(query)]


def _open_at(now: datetime):  # type: ignore[no-untyped-def]
    return sign_ins.c.ended_at.is_(None) & (sign_ins.c.created_at > now - LIFETIME) & (sign_ins.c.seen_at > now - IDLE)


def _end(connection: Connection, digest: str) -> None:
    connection.execute(sign_ins.update().where(sign_ins.c.digest == digest).values(ended_at=clock.now()))


def _note_seen(digest: str, now: datetime) -> None:
    with database().write() as connection:
        connection.execute(sign_ins.update().where(sign_ins.c.digest == digest).values(seen_at=now))


def _digest(token: str) -> str:
    return hashlib.sha256(f"{token}{current_app.config['SECRET_KEY']}".encode()).hexdigest()


def _address() -> str:
    return proxies.sender()[:64]
