"""A complaint on its way in: what somebody filled in, whichever channel it came by, and what is kept of it as it came."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from kesu.complaints.attachments import Upload
from kesu.complaints.categories import FIELD_NAMES


@dataclass(frozen=True)
class NewComplaint:
    """What somebody filled in, as text; empty means not given. `details` holds the fields only some categories ask for."""

    description: str
    name: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    title: str = ""
    product: str = ""
    model: str = ""
    batch: str = ""
    serial: str = ""
    order_number: str = ""
    purchased_on: str = ""
    amount: str = ""
    currency: str = "CNY"
    category: str = ""
    subcategory: str = ""
    locale: str = "zh"
    vip: bool = False
    details: Mapping[str, str] = field(default_factory=dict)
    attachments: Sequence[Upload] = ()
    payload: Mapping[str, Any] | None = None  # what came in, if that was more or other than these fields


def from_fields(values: Mapping[str, Any], attachments: Sequence[Upload] = ()) -> NewComplaint:
    """Read a complaint from named values as forms, programmes and files hand them in; unknown names become details."""
    own = {each.name for each in fields(NewComplaint)} - {"details", "attachments", "payload", "vip"}
    known = {name: _text(value) for name, value in values.items() if name in own and value is not None}
    extra = {**dict(values.get("details") or {}), **{name: value for name, value in values.items() if name in FIELD_NAMES}}
    details = {name: _text(value) for name, value in extra.items() if name not in own and _text(value)}
    vip = values.get("vip") in (True, "true", "on", "1", 1)
    return NewComplaint(**{"description": "", **known}, vip=vip, details=details, attachments=tuple(attachments), payload=dict(values))


def raw(complaint: NewComplaint, digests: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what is kept of a complaint as it came: the payload, or else the fields, and name and hash of every file."""
    given = complaint.payload
    if given is None:
        skipped = {"attachments", "payload"}
        given = {each.name: getattr(complaint, each.name) for each in fields(NewComplaint) if each.name not in skipped}
    return {"fields": _jsonable(given), "files": list(digests)}


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _jsonable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _jsonable(entry) for name, entry in value.items() if not isinstance(entry, bytes)}
    if isinstance(value, list | tuple):
        return [_jsonable(entry) for entry in value]
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
