"""What a diagram says to us: every `kesu:*` element as a frozen dataclass whose words are closed sets.

Here stands, once, which attributes there are and what each of them can hold. Reading, checking (`extension_checks`),
the designer's vocabulary (`moddle-kesu.json`) and what its fields offer are tested against it. Attributes are called in
the diagram as here, in camelCase. A value that begins with `=` is FEEL where `feel` says so.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final, Literal, Self, get_args

Move = Literal[
    "approve", "reject", "withdraw", "take_back", "transfer", "delegate", "add_sign", "remove_sign", "copy", "urge",
    "claim", "release",
]  # fmt: skip
Target = Literal["initiator", "previous", "chosen", "end"]
Afterwards = Literal["rerun", "resume"]
SameApprover = Literal["off", "adjacent", "once"]
IfNobody = Literal["block", "administrator", "superior", "skip"]
Mode = Literal["all", "any", "percent", "count", "weighted", "in_turn"]
OnNo = Literal["first", "collect", "last"]
OnTimeout = Literal["remind", "escalate", "reject", "approve"]
Flag = Literal["true", "false"]
VariableType = Literal["text", "number", "boolean", "date", "list", "any"]

ValueKind = Literal[
    "word", "words", "people", "groups", "departments", "tasks", "targets", "count", "number", "duration", "time",
    "expression", "variable", "decision", "form", "clock", "key",
    "typed_variables",
]  # fmt: skip


@dataclass(frozen=True)
class Holds:
    """What an attribute can hold: a kind of value, its closed set of words, and whether FEEL may stand there."""

    kind: ValueKind
    words: tuple[str, ...] = ()
    feel: bool = False


class _Extension:
    """An extension element; `of` reads it from the settings of a node, as they are kept with its tasks."""

    TAG: str = ""

    @classmethod
    def of(cls, settings: Mapping[str, Mapping[str, Any]]) -> Self:
        """Return what the settings of a node say under this element; what is not said is empty.

        Never refuses: running versions may hold what would not be published today.
        """
        said = settings.get(cls.TAG) or {}
        return cls(**{name: _READ[holds.kind](str(said[key])) for name, key, holds in _described(cls)
                      if said.get(key) is not None and (said[key] != "" or holds.kind == "words")})


def attributes(extension: type[_Extension]) -> dict[str, Holds]:
    """Return what each attribute of an element can hold, by its name in the diagram."""
    return {key: holds for _, key, holds in _described(extension)}


def _described(extension: type[_Extension]) -> list[tuple[str, str, Holds]]:
    return [(each.name, _camel(each.name), each.metadata["holds"])
            for each in fields(extension)]  # type: ignore[arg-type]  # every subclass is a dataclass


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _said(kind: ValueKind, words: Any = None, *, feel: bool = False, empty: Any = None) -> Any:
    return field(default=empty, metadata={"holds": Holds(kind, get_args(words), feel)})


def _listed(value: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in value.split(",") if name.strip())


def _typed(value: str) -> tuple[tuple[str, str], ...]:
    """Read `satisfied: boolean, score: number`; a name without a type takes anything."""
    pairs = (each.partition(":") for each in _listed(value))
    return tuple((name.strip(), kind.strip() or "any") for name, _, kind in pairs)


def _flag(value: str) -> bool | str:
    return value.lower() == "true" if value.lower() in get_args(Flag) else value


_READ: Final[dict[ValueKind, Callable[[str], Any]]] = {
    **dict.fromkeys(get_args(ValueKind), str.strip),
    "word": _flag,
    "words": lambda value: frozenset(_listed(value)),
    "typed_variables": _typed,
    "targets": _listed,
    "tasks": _listed,
}


@dataclass(frozen=True)
class Assignment(_Extension):
    """Who does a user task; on a lane, who does the tasks in it."""

    TAG = "assignment"
    assignee: str | None = _said("people", feel=True)
    candidate_groups: str | None = _said("groups", feel=True)
    candidate_users: str | None = _said("people", feel=True)
    head_of: str | None = _said("departments", feel=True)
    four_eyes: tuple[str, ...] = _said("tasks", empty=())
    levels_up: str | None = _said("count", feel=True)
    initiators_department: bool = _said("word", Flag, empty=False)
    least_loaded: str | None = _said("groups", feel=True)
    if_nobody: IfNobody | None = _said("word", IfNobody)


@dataclass(frozen=True)
class Ballot(_Extension):
    """How several people decide together."""

    TAG = "ballot"
    mode: Mode | None = _said("word", Mode)
    threshold: str | None = _said("number")
    voters: str | None = _said("people", feel=True)
    groups: str | None = _said("groups", feel=True)
    weights: str | None = _said("expression", feel=True)
    on_no: OnNo | None = _said("word", OnNo)


@dataclass(frozen=True)
class Moves(_Extension):
    """What the people at a task may do with it; on a process, what holds for all its tasks."""

    TAG = "moves"
    allow: frozenset[str] | None = _said("words", Move)
    reject: tuple[str, ...] = _said("targets", Target, empty=())
    afterwards: Afterwards | None = _said("word", Afterwards)
    same_approver: SameApprover | None = _said("word", SameApprover)
    always_ask: bool = _said("word", Flag, empty=False)

    def allows(self, move: str) -> bool:
        """Say whether a move may be made here: all may where none is named."""
        return self.allow is None or move in self.allow


@dataclass(frozen=True)
class Deadline(_Extension):
    """By when a task is due, and what happens around that."""

    TAG = "deadline"
    kind: str | None = _said("clock")
    duration: str | None = _said("duration", feel=True)
    due: str | None = _said("time", feel=True)
    decision: str | None = _said("decision")
    before: str | None = _said("duration", feel=True)
    warn: str | None = _said("duration", feel=True)
    on_timeout: OnTimeout | None = _said("word", OnTimeout)


@dataclass(frozen=True)
class FormRef(_Extension):
    """Which form a task shows."""

    TAG = "form"
    key: str | None = _said("form")


@dataclass(frozen=True)
class Outcome(_Extension):
    """Where the answer of an approval is kept."""

    TAG = "outcome"
    variable: str | None = _said("variable")


@dataclass(frozen=True)
class Correlation(_Extension):
    """One key by which a message finds its instance."""

    TAG = "correlation"
    key: str | None = _said("key")
    value: str | None = _said("expression", feel=True)


@dataclass(frozen=True)
class Received(_Extension):
    """What a message or signal may bring along: `sets` names variables with their types; nothing where it names none.

    Where it comes `from_customer`, only the customer's own pages may send it.
    """

    TAG = "received"
    sets: tuple[tuple[str, str], ...] = _said("typed_variables", empty=())
    from_customer: bool = _said("word", Flag, empty=False)


EXTENSIONS: Final[tuple[type[_Extension], ...]] = (Assignment, Ballot, Moves, Deadline, FormRef, Outcome, Correlation, Received)
BY_TAG: Final = {each.TAG: each for each in EXTENSIONS}
_TASKS: Final = ("userTask", "manualTask", "task", "globalUserTask", "globalManualTask", "globalTask")
_TIMERS: Final = ("boundaryEvent", "intermediateCatchEvent")
_MESSAGES: Final = (
    "message", "startEvent", "intermediateCatchEvent", "boundaryEvent", "receiveTask", "sendTask",
    "intermediateThrowEvent", "endEvent",
)  # fmt: skip
_RECEIVING: Final = ("startEvent", "intermediateCatchEvent", "boundaryEvent", "receiveTask")
_OF_TIMERS: Final = ("kind", "duration", "due", "decision", "before")

# Where an element is read: all of its attributes, or those named.
PLACES: Final[dict[str, dict[str, tuple[str, ...] | None]]] = {
    "assignment": {**dict.fromkeys(_TASKS), "lane": ("candidateGroups",)},
    "ballot": dict.fromkeys(_TASKS),
    "moves": {**dict.fromkeys(_TASKS), "process": ("sameApprover",)},
    "deadline": {
        **dict.fromkeys(_TASKS, ("kind", "duration", "due", "decision", "warn", "onTimeout")),
        **dict.fromkeys(_TIMERS, _OF_TIMERS),
    },
    "form": dict.fromkeys(_TASKS),
    "outcome": dict.fromkeys(_TASKS),
    "correlation": dict.fromkeys(_MESSAGES),
    "received": dict.fromkeys(_RECEIVING),
}
