"""The socket for Python: a diagram names a topic, a registry says which function it is and what it takes.

Handlers plug in from above; the engine never imports them. A function takes a `ServiceTask` and its typed parameters and
returns an outcome: `done`, `error` (a BPMN error, routed by the diagram) or `again` (at a time). Anything it raises is a failure:
retried with a growing pause, then an incident.
"""

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, get_args

from sqlalchemy import Connection

from kesu.engine.errors import NotFound, Rejected, sentence
from kesu.engine.subjects import Subject

Write = Callable[[Connection], None]


@dataclass(frozen=True)
class Done:
    """The work is done; `variables` are merged into the process, `writes` join the command's transaction."""

    variables: Mapping[str, Any] = field(default_factory=dict)
    writes: tuple[Write, ...] = ()


@dataclass(frozen=True)
class BpmnError:
    """A business "no": the diagram's error events decide what follows."""

    code: str
    variables: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Again:
    """Not yet: ask again at this instant; does not count as an attempt."""

    at: datetime


Outcome = Done | BpmnError | Again


def done(variables: Mapping[str, Any] | None = None, writes: Iterable[Write] = ()) -> Done:
    """Say that the work is done."""
    return Done(dict(variables or {}), tuple(writes))


def error(code: str, variables: Mapping[str, Any] | None = None) -> BpmnError:
    """Say "no" in the diagram's own words."""
    return BpmnError(code, dict(variables or {}))


def again(at: datetime) -> Again:
    """Ask to be called again at this instant."""
    return Again(at)


@dataclass(frozen=True)
class ServiceTask:
    """What a handler is given. `connection` may be read inside a command; outside jobs get `db` instead."""

    instance_id: int | None
    business_key: str | None
    element_id: str
    variables: Mapping[str, Any]
    now: datetime
    idempotency_key: str
    actor: str
    connection: Connection | None = None
    db: Any = None


@dataclass(frozen=True)
class Topic:
    """A function under the name by which diagrams call it.

    `inside` functions only touch the database, run within the command and hand their writes back; the others are
    jobs, done after the command has been committed, at least once.
    """

    name: str
    function: Callable[..., Outcome]
    inside: bool = False
    label: Mapping[str, str] = field(default_factory=dict)
    attempts: int = 5
    lane: str = ""  # jobs of a lane have a worker of their own: what they wait for holds nobody else
    sets: tuple[str, ...] | None = None  # the process variables that it may set; None where nobody knows

    def parameters(self) -> dict[str, dict[str, Any]]:
        """Describe the typed parameters for the designer: name -> type, required, default."""
        return {p.name: {"type": _type_name(p.annotation), "required": p.default is p.empty,
                         "default": None if p.default is p.empty else p.default} for p in self.signature()[0].values()}

    def signature(self) -> tuple[dict[str, inspect.Parameter], bool]:
        """Return the named parameters behind the task itself, and whether any other is taken as well."""
        found = list(inspect.signature(self.function, eval_str=True).parameters.values())[1:]
        named = {p.name: p for p in found if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)}
        return named, any(p.kind is p.VAR_KEYWORD for p in found)

    def call(self, task: ServiceTask, arguments: Mapping[str, Any]) -> Outcome:
        """Run the function; raises `Rejected` where the arguments do not fit its signature."""
        try:
            bound = inspect.signature(self.function).bind(task, **arguments)
        except TypeError as wrong:
            raise Rejected(sentence("Service task {element} calls {topic} with arguments that do not fit: {reason}."),
                           element=task.element_id, topic=self.name, reason=str(wrong)) from wrong
        return self.function(*bound.args, **bound.kwargs)


class Registry:
    """All topics of a program, by name, and what its decisions are about."""

    def __init__(self, topics: Iterable[Topic] = (), subject: Subject | None = None) -> None:
        self._topics: dict[str, Topic] = {}
        self.subject = subject
        for topic in topics:
            self.add(topic)

    def add(self, topic: Topic) -> None:
        """Plug a topic in; a name can be taken once."""
        if topic.name in self._topics:
            raise ValueError(f"the topic {topic.name} is taken")
        self._topics[topic.name] = topic

    def find(self, name: str) -> Topic:
        """Return the topic of this name.

        Raises `NotFound`.
        """
        if name not in self._topics:
            raise NotFound(sentence("Expected a registered service task topic, but there is none called {topic}."), topic=name)
        return self._topics[name]

    def lanes(self) -> dict[str, tuple[str, ...]]:
        """Return the topics of every lane that a worker of its own is for."""
        named = sorted({topic.lane for topic in self if topic.lane})
        return {lane: tuple(topic.name for topic in self if topic.lane == lane) for lane in named}

    def __contains__(self, name: object) -> bool:
        return name in self._topics

    def __iter__(self) -> Any:
        return iter(self._topics.values())


_registry = Registry()
BUILT_IN: set[str] = set()  # topics that the engine itself does, right after the command, whatever is plugged in


def plug(registry: Registry) -> Registry:
    """Put a registry in use for the whole program and return the one used before."""
    global _registry
    before, _registry = _registry, registry
    return before


def registry() -> Registry:
    """Return the registry in use."""
    return _registry


def is_at_once(topic: str) -> bool:
    """Say whether this topic only touches the database, so that it is done right after the command that wants it."""
    return topic in BUILT_IN or (topic in _registry and _registry.find(topic).inside)


def _type_name(annotation: Any) -> str:
    return "any" if annotation is inspect.Parameter.empty else re.sub(r"\w+\.", "", str(annotation)) if get_args(annotation) else annotation.__name__
