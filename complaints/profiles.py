"""How a colleague wishes to be treated: the time zone they live in, and at which hour there the daily digest comes."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import Column, Connection, ForeignKey, Integer, String, Table, select

from kesu.complaints.numbers import ZONE
from kesu.engine.database import metadata
from kesu.engine.errors import Invalid, sentence

USUAL_HOUR = 8

profiles = Table(
    "profiles",
    metadata,
    Column("login", String, ForeignKey("people.login"), primary_key=True),
    Column("time_zone", String, nullable=False, server_default=""),  # an IANA name; the company's where it is empty
    Column("digest_hour", Integer, nullable=False, server_default=str(USUAL_HOUR)),
)


@dataclass(frozen=True)
class Profile:
    """One person's wishes; `time_zone` is empty where they follow the company."""

    login: str
    time_zone: str = ""
    digest_hour: int = USUAL_HOUR

    @property
    def zone(self) -> ZoneInfo:
        """Return the zone in which this person's day begins and ends."""
        return ZoneInfo(self.time_zone) if self.time_zone else ZONE

    def local(self, at: datetime) -> datetime:
        """Return an instant as this person's own clock shows it."""
        return at.astimezone(self.zone)


def of_person(connection: Connection, login: str) -> Profile:
    """Return a person's wishes, the usual ones where they have said nothing."""
    row = connection.execute(select(profiles).where(profiles.c.login == login)).one_or_none()
    return Profile(login) if row is None else Profile(**row._mapping)


def choose(connection: Connection, login: str, *, time_zone: str, digest_hour: int) -> None:
    """Keep a person's wishes. Raises `Invalid` for a zone that nobody knows, or an hour that no day has."""
    if time_zone and time_zone not in available_timezones():
        raise Invalid(sentence("Expected one of the time zones on the page, such as Asia/Shanghai, but got {zone}."), zone=time_zone[:60])
    if digest_hour not in range(24):
        raise Invalid(sentence("Expected a full hour of the day from 0 to 23, but got {hour}."), hour=digest_hour)
    connection.execute(profiles.delete().where(profiles.c.login == login))
    connection.execute(profiles.insert().values(login=login, time_zone=time_zone, digest_hour=digest_hour))
