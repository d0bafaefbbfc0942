"""When a timer is due: computed once, as it is set, from the host's clock; nobody polls."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from kesu import rules
from kesu.engine import durations
from kesu.engine.durations import Duration
from kesu.engine.errors import Rejected, sentence
from kesu.engine.spiff import expressions
from kesu.engine.spiff.triggers import TimerKind

_CYCLE: Final = re.compile(r"^R(\d*)/(.+)$")
ENDLESS: Final = -1
SHORTEST: Final = timedelta(minutes=1)  # of a cycle: a faster one would keep the workers from all else
FEW: Final = 10  # rounds that may follow each other faster, since they soon have an end


def setting(
    kind: TimerKind, text: str, variables: Mapping[str, Any], now: datetime, where: str
) -> dict[str, Any]:
    """Return what a timer must remember.

    {"due": ISO instant, "left": rounds after this one, "every": ISO duration}. What has no zone is
    meant in that of `now`. A cycle that began before `now` is at its first round: see `from_now`.
    Raises `Rejected` where the text is not a time, or the expression does not give one.
    """
    literal = not text.startswith("=")
    value = text.strip() if literal else expressions.evaluate(text[1:], variables, where, now)
    if kind == "cycle":
        return _cycle(value, now, where)
    return {"due": _iso(_instant(kind, value, now, where), now)}


def from_now(state: dict[str, Any], now: datetime, where: str) -> dict[str, Any] | None:
    """Return the setting without the rounds of before `now`, which are nobody's business; None where all have been."""
    return state if datetime.fromisoformat(state["due"]) >= now else later(state, now, where)


def next_setting(state: Mapping[str, Any], now: datetime, where: str) -> dict[str, Any] | None:
    """Return the setting for the round after this one, None when it was the last.

    Rounds that passed while nobody looked are one: the next is the first after `now`, in the rhythm. The last few of a bounded
    cycle each count.
    """
    left, due = state.get("left", 0), datetime.fromisoformat(state["due"])
    if not left:
        return None
    if 0 < left <= FEW:
        every = _pace(state["every"], where, left)
        return {**state, "due": _iso(_moved(due, every, state["every"], where), due), "left": left - 1}
    following = later({**state, "left": ENDLESS}, now, where)
    if following is None:
        return None
    return {**following, "left": left if left == ENDLESS else left - 1}


def later(state: Mapping[str, Any], now: datetime, where: str) -> dict[str, Any] | None:
    """Return the setting for the first round after `now`, None when there is none; the rounds that passed until then are used up."""
    left, due = state.get("left", 0), datetime.fromisoformat(state["due"]).astimezone(now.tzinfo)
    every = _pace(state["every"], where, left) if left else None
    while every is not None and left:
        rounds = 1 if every.months else max(1, (now - due.astimezone(UTC)) // every.rest + 1)
        if left != ENDLESS and rounds > left:
            return None
        due = _moved(due, Duration(every.months, every.rest * rounds), state["every"], where)
        left = left if left == ENDLESS else left - rounds
        if due > now:
            return {"due": _iso(due, due), "left": left, "every": state["every"]}
    return None


def fault(kind: TimerKind, text: str) -> bool:
    """Whether a literal timer text cannot be a time of its kind."""
    try:
        setting(kind, text, {}, datetime.fromisoformat("2026-01-01T00:00:00+00:00"), "")
    except Rejected:
        return True
    return False


def too_fast(text: str) -> bool:
    """Whether a literal cycle goes round faster than any is run."""
    every, rounds = durations.read(text.rsplit("/", 1)[-1]), _CYCLE.match(text)
    often = rounds is None or not rounds.group(1) or int(rounds.group(1)) > FEW
    return often and every is not None and not every.months and every.rest < SHORTEST


def _cycle(value: Any, now: datetime, where: str) -> dict[str, Any]:
    found = _CYCLE.match(value.strip().replace("--", "/")) if isinstance(value, str) else None
    if found is None:
        if isinstance(value, str) and not value.startswith("P"):
            raise _unclear(value, where)
        first = _moved(now, _pace(value, where), value, where)
        return {"due": _iso(first, now), "left": ENDLESS, "every": _text(value)}
    rounds = int(found.group(1)) if found.group(1) else ENDLESS
    if rounds == 0:
        raise _unclear(value, where)
    first, every = _span(found.group(2), now, where, rounds)
    return {"due": _iso(first, now), "left": rounds if rounds == ENDLESS else rounds - 1, "every": every}


def _span(text: str, now: datetime, where: str, rounds: int) -> tuple[datetime, str]:
    parts = text.split("/")
    if len(parts) == 1:
        return _moved(now, _pace(parts[0], where, rounds), parts[0], where), parts[0]
    if len(parts) == 2 and parts[1].startswith("P") and _pace(parts[1], where):
        return _instant("date", parts[0], now, where), parts[1]
    raise _unclear(text, where)


def _pace(value: Any, where: str, rounds: int = ENDLESS) -> Duration:
    """Return how long a round takes: never none, which would never let go; less than the shortest only where few are left."""
    every = durations.of(value)
    if every is None or (not every.months and every.rest <= timedelta(0)) or every.months < 0:
        raise _unclear(value, where)
    return every if every.months or 0 <= rounds <= FEW else Duration(0, max(every.rest, SHORTEST))


def _instant(kind: TimerKind, value: Any, now: datetime, where: str) -> datetime:
    if kind == "duration":
        return _after(now, value, where)
    if isinstance(value, str):
        value = _read("date and time(v)" if "T" in value else "date(v)", value)
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=now.tzinfo)
    if isinstance(value, date):
        return datetime.combine(value, time(), now.tzinfo)
    raise _unclear(value, where)


def _after(start: datetime, value: Any, where: str) -> datetime:
    duration = durations.of(value)
    if duration is None:
        raise _unclear(value, where)
    return _moved(start, duration, value, where)


def _moved(start: datetime, by: Duration, value: Any, where: str) -> datetime:
    try:
        return by.after(start)
    except (OverflowError, rules.RuleError):
        raise _unclear(value, where) from None


def _read(expression: str, value: str) -> Any:
    try:
        return rules.evaluate(expression, {"v": value})
    except rules.RuleError:
        return None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else str(rules.evaluate("string(v)", {"v": value}))


def _iso(due: datetime, now: datetime) -> str:
    return due.astimezone(now.tzinfo).isoformat()


def _unclear(value: Any, where: str) -> Rejected:
    return Rejected(
        sentence("{element}: expected a time (a duration like PT24H, a date and time, a cycle like R3/PT1H), found {value}."),
        element=where,
        value=str(value)[:100],
    )
