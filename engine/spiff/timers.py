"""When a timer is due: computed once, as it is set, from the host's clock; nobody polls."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from kesu import rules
from kesu.engine.errors import Rejected, sentence
from kesu.engine.spiff import expressions
from kesu.engine.spiff.triggers import TimerKind

_CYCLE: Final = re.compile(r"^R(\d*)/(.+)$")
ENDLESS: Final = -1
YEAR_LIMIT: Final = 9999


def setting(kind: TimerKind, text: str, variables: Mapping[str, Any], now: datetime, where: str) -> dict[str, Any]:
    """Return what a timer must remember: {"due": ISO instant, "left": rounds after this one, "every": ISO duration}.

    Raises `Rejected` where the text is not a time, or the expression does not give one.
    """
    value = expressions.evaluate(text[1:], variables, where, now) if text.startswith("=") else text.strip()
    if kind == "cycle":
        return _cycle(value, now, where)
    return {"due": _iso(_instant(kind, value, now, where), now)}


def next_setting(state: Mapping[str, Any], where: str) -> dict[str, Any] | None:
    """Return the setting for the round after this one, None when it was the last."""
    left = state.get("left", 0)
    if not left:
        return None
    due = datetime.fromisoformat(state["due"])
    return {
        "due": _iso(_after(due, state["every"], where), due),
        "left": left if left == ENDLESS else left - 1,
        "every": state["every"],
    }


def later(state: Mapping[str, Any], now: datetime, where: str) -> dict[str, Any] | None:
    """Return the setting for the first round after `now`, None when there is none; the rounds that passed until then are used up."""
    every = _read("duration(v)", state["every"]) if state.get("left") else None
    if isinstance(every, timedelta):
        due = datetime.fromisoformat(state["due"])
        rounds = max(1, (now - due) // every + 1)
        if state["left"] != ENDLESS and rounds > state["left"]:
            return None
        left = state["left"] if state["left"] == ENDLESS else state["left"] - rounds
        return {"due": _iso(due + rounds * every, due), "left": left, "every": state["every"]}
    following = next_setting(state, where)
    while following is not None and datetime.fromisoformat(following["due"]) <= now:  # years and months: no more rounds than months
        following = next_setting(following, where)
    return following


def fault(kind: TimerKind, text: str) -> bool:
    """Whether a literal timer text cannot be a time of its kind."""
    try:
        setting(kind, text, {}, datetime.fromisoformat("2026-01-01T00:00:00+00:00"), "")
    except Rejected:
        return True
    return False


def _cycle(value: Any, now: datetime, where: str) -> dict[str, Any]:
    found = _CYCLE.match(value.replace("--", "/")) if isinstance(value, str) else None
    if found is None:
        if isinstance(value, str) and not value.startswith("P"):
            raise _unclear(value, where)
        return {"due": _iso(_every(now, value, where), now), "left": ENDLESS, "every": _text(value)}
    rounds = int(found.group(1)) if found.group(1) else ENDLESS
    first, every = _span(found.group(2), now, where)
    if rounds == 0:
        raise _unclear(value, where)
    return {"due": _iso(first, now), "left": rounds if rounds == ENDLESS else rounds - 1, "every": every}


def _span(text: str, now: datetime, where: str) -> tuple[datetime, str]:
    parts = text.split("/")
    if len(parts) == 1:
        return _every(now, parts[0], where), parts[0]
    if len(parts) == 2 and parts[1].startswith("P") and _every(now, parts[1], where):
        return _instant("date", parts[0], now, where), parts[1]
    raise _unclear(text, where)


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


def _every(now: datetime, value: Any, where: str) -> datetime:
    """Return the instant one round from now; a round that takes no time would never let go."""
    due = _after(now, value, where)
    if due <= now:
        raise _unclear(value, where)
    return due


def _after(start: datetime, value: Any, where: str) -> datetime:
    duration = _read("duration(v)", value) if isinstance(value, str) else value
    if not isinstance(duration, (timedelta, rules.YearMonthDuration)):
        raise _unclear(value, where)
    due = rules.evaluate("start + duration", {"start": start, "duration": duration})
    if not isinstance(due, datetime):
        raise _unclear(value, where)
    return due


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
