"""From files to a model: which processes are needed, everything in them, and all that is wrong with them at once."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from lxml import etree

from kesu.engine.errors import Invalid, sentence
from kesu.engine.spiff import checks, files
from kesu.engine.spiff.building import Building
from kesu.engine.spiff.containers import CallActivity, Container, Process
from kesu.engine.spiff.files import File
from kesu.engine.spiff.gateways import Patient
from kesu.engine.spiff.models import Element, Model
from kesu.engine.spiff.names import bpmn, local
from kesu.engine.spiff.nodes import Node
from kesu.engine.spiff.problems import Problem, Problems, invalid


@dataclass(frozen=True)
class ServiceCall:
    """A service task that names its topic: what it gives, as FEEL by parameter."""

    element_id: str
    name: str
    topic: str
    parameters: dict[str, str]


@dataclass(frozen=True)
class Called:
    """What a file needs from elsewhere, for pinning a package and for checking."""

    processes: frozenset[str] = frozenset()
    decisions: frozenset[str] = frozenset()
    forms: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    computed: bool = False
    services: tuple[ServiceCall, ...] = ()
    where: dict[str, str] = field(default_factory=dict)


def compile_diagrams(sources: Mapping[str, bytes], process_id: str) -> Model:
    """Compile a process and all it can call out of the files of a package.

    Raises `Invalid` with every problem of all of them.
    """
    problems = Problems()
    building = _build(files.open_all(sources), process_id, problems, frozenset())
    problems.refuse()
    return _model(building, process_id)


def validate(xml: bytes, known_processes: Collection[str] = frozenset()) -> list[Problem]:
    """Return everything that is wrong with the executable processes of a file, errors and warnings.

    `known_processes` are process ids that may be called though they are in other files.
    """
    try:
        file = File("diagram", xml)
    except Invalid as wrong:
        return list(wrong.problems)
    problems = Problems()
    executable = _executable(file)
    if not executable:
        problems.error(None, "no_process", sentence("The file holds no process that is marked as executable."))
    for process_id in executable or [number for number, e in file.processes() if len(e)]:
        _build([file], process_id, problems, frozenset(known_processes))
    return list(problems)


def process_ids(xml: bytes) -> list[str]:
    """Return the ids of the executable processes of a file.

    Raises `Invalid` where the file cannot be read.
    """
    return _executable(File("diagram", xml))


def called(xml: bytes) -> Called:
    """Return which processes, decisions, forms and topics the executable processes of a file name.

    Raises `Invalid` where the file cannot be read.
    """
    problems, file = Problems(), File("diagram", xml)
    found: list[Node] = []
    calls: list[CallActivity] = []
    for process_id in _executable(file):
        building = _build([file], process_id, problems, None)
        found += [node for node, _, _ in building.sources]
        calls += building.calls
    return _called(found, calls)


def user_tasks(xml: bytes) -> list[Element]:
    """Return the user tasks of the executable processes of a file, each with its settings.

    Raises `Invalid` where the file cannot be read.
    """
    problems, file = Problems(), File("diagram", xml)
    sources = (source for process_id in _executable(file) for source in _build([file], process_id, problems, None).sources)
    return [node.element for node, _, _ in sources if node.element.kind == "userTask"]


def _executable(file: File) -> list[str]:
    every = [(number, e) for number, e in file.processes() if local(e) == "process"]
    marked = [number for number, e in every if e.get("isExecutable") == "true"]
    return marked or [number for number, e in every if e.get("isExecutable") is None and len(e)]


def _build(opened: list[File], process_id: str, problems: Problems, elsewhere: frozenset[str] | None) -> Building:
    places = {number: (file, element) for file in reversed(opened) for number, element in file.processes()}
    if process_id not in places:
        raise invalid(
            [
                Problem(
                    None,
                    "no_such_process",
                    sentence("The files hold no process {process}, only {known}."),
                    {"process": process_id, "known": ", ".join(places) or "none"},
                )
            ]
        )
    building = Building(process_id, problems)
    wanted = [process_id]
    while wanted:
        number = wanted.pop(0)
        if number not in building.processes:
            checks.ids(places[number][0], problems)
            building.process(places[number][0], number, places[number][1])
            wanted += _called_from(building.calls, places)
    _connect_calls(building, places, problems, elsewhere)
    _prepare(building)
    checks.diagram(building, problems)
    return building


def _called_from(calls: Iterable[CallActivity], places: Mapping[str, tuple[File, etree._Element]]) -> list[str]:
    computed = any(call.called.startswith("=") for call in calls)
    return sorted(places) if computed else [call.called for call in calls if call.called in places]


def _connect_calls(building: Building, places: Mapping[str, object], problems: Problems, elsewhere: frozenset[str] | None) -> None:
    for call in building.calls:
        call.processes = building.processes
        if call.called and not call.called.startswith("=") and call.called not in places and elsewhere is not None and call.called not in elsewhere:
            problems.error(
                call.element.id,
                "unknown_process",
                sentence("{element}: there is no process {process} to call."),
                element=call.element.name or call.element.id,
                process=call.called,
            )


def _prepare(building: Building) -> None:
    nodes = [n for n in building.spec.task_specs.values() if isinstance(n, Node)]
    before = {process: _before([n for n in nodes if n.element.process_id == process]) for process in building.processes}
    for node in nodes:
        inner = node.work
        if isinstance(inner, Container) and inner.content.undo is not None:
            inner.compensation = inner.compensation or inner.content.undo
        if isinstance(node, Patient) and len(node.incoming) > 1:
            node.reach = {flow.id: frozenset(_leading_to(flow.source, node.element.id, before[node.element.process_id])) for flow in node.incoming}


def _before(nodes: list[Node]) -> dict[str, set[str]]:
    """From which elements a token can come directly to each, boundary events included."""
    before: dict[str, set[str]] = {}
    for node in nodes:
        for flow in node.flows:
            before.setdefault(flow.target, set()).add(flow.source)
        for boundary in node.boundaries:
            before.setdefault(boundary.element.id, set()).add(node.element.id)
    return before


def _leading_to(source: str, join: str, before: dict[str, set[str]]) -> set[str]:
    """The elements from which a token can come to `source` without passing the join."""
    found, pending = set(), [source]
    while pending:
        current = pending.pop()
        if current not in found and current != join:
            found.add(current)
            pending.extend(before.get(current, ()))
    return found


def _model(building: Building, process_id: str) -> Model:
    process: Process = building.processes[process_id]
    starts = tuple(n.element for n in process.content.starts + process.content.by_trigger)
    return Model(
        process_id,
        process.element.name,
        building.elements,
        building.flows,
        building.spec,
        starts,
        tuple(sorted(set(building.processes) - {process_id})),
        process.element.settings,
        process.element.documentation,
    )


def _called(nodes: list[Node], calls: list[CallActivity]) -> Called:
    where: dict[str, str] = {}

    def gather(kind: str, key: str) -> frozenset[str]:
        found = {str(v): n.element for n in nodes if (v := n.element.settings.get(kind, {}).get(key))}
        where.update({f"{kind}:{value}": element.id for value, element in found.items()})
        return frozenset(value for value in found if not value.startswith("="))

    processes = frozenset(c.called for c in calls if c.called and not c.called.startswith("="))
    return Called(
        processes,
        gather("decision", "id") | gather("deadline", "decision"),
        gather("form", "key"),
        gather("service", "topic"),
        any(c.called.startswith("=") for c in calls),
        tuple(_service(n.element) for n in nodes if n.element.settings.get("service", {}).get("topic")),
        where,
    )


def _service(element: Element) -> ServiceCall:
    service = element.settings["service"]
    return ServiceCall(element.id, element.name, str(service["topic"]), dict(service["parameters"]))


def element_ids(root: etree._Element) -> list[str]:
    """Return the id of every flow node in a parsed file, for comparing it with a model."""
    return [e.get("id") or "" for e in root.iter() if files.is_flow_node(e)] + [e.get("id") or "" for e in root.iter(bpmn("sequenceFlow"))]


__all__ = ["Called", "Element", "ServiceCall", "called", "compile_diagrams", "process_ids", "validate"]
