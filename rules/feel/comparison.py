"""Equality and order: three-valued, only between values of one kind; everything else is null."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from kesu.rules.errors import LimitExceeded
from kesu.rules.feel.far_dates import FarDate, split
from kesu.rules.feel.scope import zone_of_evaluation
from kesu.rules.feel.values import Function, Range, YearMonthDuration
from kesu.rules.limits import VALUE_DEPTH, charge

_COMPARED_A_STEP = 12  # 4,096 characters compared in the time of one step, as a power of two
_TEMPORAL_STEPS = 4  # what comparing two dates or times takes
_EPOCH = datetime(2000, 1, 1)
_SIMPLE = frozenset({Decimal, str, bool, YearMonthDuration, timedelta})
_ORDERED = frozenset({Decimal, str, YearMonthDuration, timedelta})


def equal(left: Any, right: Any, depth: int = 0) -> bool | None:
    """Say whether two values are the same; None when they are of different kinds."""
    kind = type(left)
    if kind is type(right):
        if kind in _SIMPLE:
            if kind is str:
                charge(min(len(left), len(right)) >> _COMPARED_A_STEP)
            return bool(left == right)
        return _equal_alike(left, right, depth)
    if left is None or right is None:
        return left is right
    if is_temporal(left) and is_temporal(right):
        return _equal_temporal(left, right)
    return None


def order(left: Any, right: Any) -> int | None:
    """Return -1, 0 or 1 as the first value is less, equal or greater; None when they have no order."""
    kind = type(left)
    if kind is type(right) and kind in _ORDERED:
        if kind is str:
            charge(min(len(left), len(right)) >> _COMPARED_A_STEP)
        return _sign(left, right)
    if is_temporal(left) and is_temporal(right):
        return _order_temporal(left, right)
    return None


def is_temporal(value: Any) -> bool:
    """Say whether a value is a date, a time or a date and time."""
    return isinstance(value, (date, time, FarDate))


def is_datetime(value: Any) -> bool:
    """Say whether a value is a date and time, near or far."""
    return isinstance(value, datetime) or (isinstance(value, FarDate) and value.is_datetime)


def is_date(value: Any) -> bool:
    """Say whether a value is a date without time, near or far."""
    return (isinstance(value, date) and not isinstance(value, datetime)) or (isinstance(value, FarDate) and not value.is_datetime)


def instant(value: date | datetime | FarDate, zoned: bool) -> tuple[int, timedelta]:
    """Place a date and time on a line: cycles of 400 years and the time since; a date is its midnight.

    If `zoned`, what has no zone is meant in that of the evaluation.
    """
    near, cycles = split(value)
    if not isinstance(near, datetime):
        near = datetime.combine(near, time())
    since = near.replace(tzinfo=None) - _EPOCH
    return cycles, since - _offset(value, near) if zoned else since


def elapsed(left: date | datetime | FarDate, right: date | datetime | FarDate) -> timedelta | None:
    """Return left minus right on the time line; None when it is too long, or cannot be said.

    That is so when one is zoned (as a date is) and the other not, and the evaluation has no zone.
    """
    zoned = _zoned(left, right)
    mixed = not zoned and is_date(left) != is_date(right)
    if zoned is None or (mixed and zone_of_evaluation() is None):
        return None
    (left_cycles, left_since), (right_cycles, right_since) = instant(left, zoned), instant(right, zoned)
    try:
        return left_since - right_since + timedelta(days=(left_cycles - right_cycles) * 146_097)
    except OverflowError:
        return None


def _equal_alike(left: Any, right: Any, depth: int) -> bool | None:
    if left is right:
        return None if isinstance(left, Function) else True
    if depth > VALUE_DEPTH:
        raise LimitExceeded(f"values nested more than {VALUE_DEPTH} deep cannot be compared")
    if isinstance(left, (list, dict)):
        charge(len(left))
    if isinstance(left, list):
        return len(left) == len(right) and _all_equal(zip(left, right, strict=True), depth)
    if isinstance(left, dict):
        return left.keys() == right.keys() and _all_equal(((left[key], right[key]) for key in left), depth)
    if isinstance(left, Range):
        return _equal_ranges(left, right, depth)
    return _equal_temporal(left, right) if is_temporal(left) else None


def _all_equal(pairs: Any, depth: int) -> bool | None:
    unknown = False
    for left, right in pairs:
        same = equal(left, right, depth + 1)
        if same is False:
            return False
        unknown = unknown or same is None
    return None if unknown else True


def _equal_ranges(left: Range, right: Range, depth: int) -> bool:
    shape = (left.start_included, left.end_included, left.operator) == (right.start_included, right.end_included, right.operator)
    return shape and bool(equal(left.start, right.start, depth + 1)) and bool(equal(left.end, right.end, depth + 1))


def _equal_temporal(left: Any, right: Any) -> bool | None:
    charge(_TEMPORAL_STEPS)
    # The standard compares times by their whole seconds, so .0001 and .0002 are equal (and still have an order).
    if isinstance(left, time) != isinstance(right, time):
        return None
    if isinstance(left, time):
        return _whole_seconds(left) == _whole_seconds(right) if same_zoning(left, right) else False
    if is_date(left) and is_date(right):
        return bool(left == right)
    if _zoned(left, right) is None:
        return False
    zoned = bool(_zoned(left, right))
    return _floor(instant(left, zoned)) == _floor(instant(right, zoned))


def _order_temporal(left: Any, right: Any) -> int | None:
    charge(_TEMPORAL_STEPS)
    if isinstance(left, time) != isinstance(right, time):
        return None
    if isinstance(left, time):
        return _order_times(left, right)
    # Where one has no zone and the evaluation none either, it takes the other's, so the clocks
    # are compared as they stand.
    zoned = _zoned(left, right) is True
    return _sign(instant(left, zoned), instant(right, zoned))


def _order_times(left: time, right: time) -> int:
    if same_zoning(left, right):
        return _sign(seconds_of_day(left), seconds_of_day(right))
    return _sign(left.replace(tzinfo=None), right.replace(tzinfo=None))


def seconds_of_day(value: time) -> timedelta:
    """Return the time since midnight, in UTC when the time has an offset."""
    since = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)
    return since - (value.utcoffset() or timedelta())


def same_zoning(left: time, right: time) -> bool:
    """Say whether two times can be placed on one line: both without zone, in the same, or with known offsets."""
    # Without a date a zone such as Europe/Paris has no offset to compare by; one such as Etc/UTC has.
    return left.tzinfo is right.tzinfo or (left.utcoffset() is not None and right.utcoffset() is not None)


def _whole_seconds(value: time) -> int:
    return int(seconds_of_day(value) // timedelta(seconds=1))


def _floor(place: tuple[int, timedelta]) -> tuple[int, int]:
    return place[0], place[1] // timedelta(seconds=1)


def _zoned(left: Any, right: Any) -> bool | None:
    kinds = {_is_zoned(value) for value in (left, right) if is_datetime(value)}
    if len(kinds) == 2:
        return None if zone_of_evaluation() is None else True
    return kinds.pop() if kinds else False


def _offset(value: date | datetime | FarDate, near: datetime) -> timedelta:
    # the offset of the year itself, not of the year 400 later that stands for it
    moment = value if isinstance(value, datetime) else near
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone_of_evaluation() or UTC)
    return moment.utcoffset() or timedelta()


def _is_zoned(value: datetime | FarDate) -> bool:
    near = value.near if isinstance(value, FarDate) else value
    return isinstance(near, datetime) and near.tzinfo is not None


def _sign(left: Any, right: Any) -> int:
    return int(left > right) - int(left < right)
