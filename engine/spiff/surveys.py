"""What a file holds, read once for everybody who asks: its processes, what they need from elsewhere, all that is wrong.

Whatever goes wrong while reading is a finding at the element that was being read, never an exception.
"""

import logging
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from lxml import etree

from kesu.engine.errors import Invalid, Rejected, sentence
from kesu.engine.spiff import extension_checks, schema, unread
from kesu.engine.spiff.building import Building
from kesu.engine.spiff.compiling import build, unknown_calls
from kesu.engine.spiff.files import File, is_flow_node
from kesu.engine.spiff.models import Element
from kesu.engine.spiff.names import local
from kesu.engine.spiff.nodes import Node
from kesu.engine.spiff.problems import Problem, Problems, Question, invalid

MAX_NODES: Final = 6_000
TOO_MANY: Final = sentence(
    "The file has {count} steps, events and gateways; at most {limit} are checked and run. "
    "Draw parts of it as processes of their own and call them."
)
BROKEN: Final = sentence(
    "{element}: this could not be read ({reason}). Draw the element anew, or take it out and check again."
)
NO_PROCESS: Final = sentence("The file holds no process in which anything is drawn.")
NOT_EXECUTABLE: Final = sentence(
    "The process {process} does not say that it can be executed: it may be meant as a drawing only. Shall it be run?"
)
_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True)
class ServiceCall:
    """A service task that names its topic: what it gives, as FEEL by parameter."""

    element_id: str
    name: str
    topic: str
    parameters: dict[str, str]


@dataclass(frozen=True)
class Need:
    """A form, decision or topic that an element asks for by name."""

    kind: str  # form | decision | service
    name: str
    element: Element


@dataclass(frozen=True)
class Called:
    """What a file needs from elsewhere, for pinning a package and for checking."""

    processes: frozenset[str] = frozenset()
    decisions: frozenset[str] = frozenset()
    forms: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    computed: bool = False
    services: tuple[ServiceCall, ...] = ()
    needs: tuple[Need, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Survey:
    """One file, read: the buildings of its executable processes, and what was found wrong on the way."""

    file: File
    problems: tuple[Problem, ...]
    buildings: dict[str, Building]

    @property
    def nodes(self) -> Iterator[Node]:
        """Every flow node of the executable processes."""
        return (node for building in self.buildings.values() for node, _, _ in building.sources)


def survey(xml: bytes) -> Survey:
    """Read a file. Raises `Invalid` where it is no BPMN that could be looked into."""
    found = _survey(bytes(xml))
    if isinstance(found, tuple):
        raise invalid(found)
    return found


def validate(xml: bytes, known_processes: Collection[str] = frozenset()) -> list[Problem]:
    """Return everything that is wrong with the executable processes of a file, errors and warnings.

    `known_processes` are process ids that may be called though they are in other files.
    """
    try:
        found = survey(xml)
    except Invalid as wrong:
        return list(wrong.problems)
    calls = Problems()
    for building in found.buildings.values():
        for problem in unknown_calls(building, known_processes):
            calls.add(problem)
    return [*found.problems, *calls]


def questions(xml: bytes) -> list[Question]:
    """Return what the owner has to say before a file is published: whether what is not marked so shall be run.

    Raises `Invalid` where the file cannot be read.
    """
    asked = []
    for key, element in survey(xml).file.processes():
        if local(element) == "process" and key in _executable(survey(xml).file) and not _is_marked(element):
            told = {"process": element.get("name") or key}
            asked.append(Question(key, "executable", NOT_EXECUTABLE, told, element.get("isExecutable") is not None))
    return asked


def process_ids(xml: bytes) -> list[str]:
    """Return the ids of the processes of a file that can be run.

    Raises `Invalid` where the file cannot be read.
    """
    return _executable(File("diagram", xml))


def declared(xml: bytes) -> frozenset[str]:
    """Return the ids of all processes and global tasks of a file, executable or not.

    Raises `Invalid` where the file cannot be read.
    """
    return frozenset(key for key, _ in File("diagram", xml).processes())


def called(xml: bytes) -> Called:
    """Return which processes, decisions, forms and topics the executable processes of a file name.

    Raises `Invalid` where the file cannot be read.
    """
    found = survey(xml)
    calls = [call for building in found.buildings.values() for call in building.calls]
    own = {key for key, _ in found.file.processes()} - {*_executable(found.file)}  # in the file, but not published by itself
    needs = tuple(need for node in found.nodes for need in _needs(node.element))

    def named(kind: str) -> frozenset[str]:
        return frozenset(need.name for need in needs if need.kind == kind)

    return Called(
        frozenset(call.called for call in calls if call.called and not call.called.startswith("=")) - own,
        named("decision"),
        named("form"),
        named("service"),
        any(call.called.startswith("=") for call in calls),
        tuple(_service(node.element) for node in found.nodes if node.element.settings.get("service", {}).get("topic")),
        needs,
    )


def user_tasks(xml: bytes) -> list[Element]:
    """Return the user tasks of the executable processes of a file, each with its settings.

    Raises `Invalid` where the file cannot be read.
    """
    return [node.element for node in survey(xml).nodes if node.element.kind == "userTask"]


def elements(xml: bytes) -> list[Element]:
    """Return every flow node of the executable processes of a file, each with its settings.

    Raises `Invalid` where the file cannot be read.
    """
    return [node.element for node in survey(xml).nodes]


@lru_cache(maxsize=2)
def _survey(xml: bytes) -> Survey | tuple[Problem, ...]:
    try:
        file = File("diagram", xml)
    except Invalid as wrong:
        return tuple(wrong.problems)
    count = sum(is_flow_node(element) for element in file.root.iter(etree.Element))
    if count > MAX_NODES:
        return (Problem(None, "too_many_nodes", TOO_MANY, {"count": count, "limit": MAX_NODES}),)
    problems, buildings = Problems(), {}
    executable = _executable(file)
    if not executable:
        problems.error(None, "no_process", NO_PROCESS)
    for process_id in executable:
        building = Building(process_id, problems)
        if _build(file, process_id, problems, building):
            buildings[process_id] = building
    for problem in (*extension_checks.problems(file), *unread.problems(file), *schema.problems(file)):
        problems.add(problem)
    return Survey(file, tuple(problems), buildings)


def _build(file: File, process_id: str, problems: Problems, building: Building) -> bool:
    try:
        build([file], process_id, problems, building=building)
    except Rejected as wrong:
        for problem in getattr(wrong, "problems", None) or [_broken(building, str(wrong))]:
            problems.add(problem)
        return False
    except Exception as wrong:  # whatever a file provokes belongs to the file, and its owner is told where
        _log.info("reading %s broke at %s", process_id, building.reading, exc_info=True)
        problems.add(_broken(building, f"{type(wrong).__name__}: {wrong}"[:200]))
        return False
    return True


def _broken(building: Building, reason: str) -> Problem:
    return Problem(building.reading, "unreadable", BROKEN, {"element": building.reading or "-", "reason": reason})


def _executable(file: File) -> list[str]:
    """The processes marked as executable; where there are none, those that do not say, else all in which something is drawn."""
    every = [(number, element) for number, element in file.processes() if local(element) == "process"]
    marked = [number for number, element in every if _is_marked(element)]
    silent = [number for number, element in every if element.get("isExecutable") is None and len(element)]
    return marked or silent or [number for number, element in every if len(element)]


def _is_marked(process: etree._Element) -> bool:
    return (process.get("isExecutable") or "").strip() in ("true", "1")


def _needs(element: Element) -> Iterator[Need]:
    for kind, setting, key in (
        ("decision", "decision", "id"), ("decision", "deadline", "decision"), ("form", "form", "key"), ("service", "service", "topic"),
    ):  # fmt: skip
        name = element.settings.get(setting, {}).get(key)
        if name and not str(name).startswith("="):
            yield Need(kind, str(name), element)


def _service(element: Element) -> ServiceCall:
    service = element.settings["service"]
    return ServiceCall(element.id, element.name, str(service["topic"]), dict(service["parameters"]))
