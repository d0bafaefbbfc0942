"""From files to a model: which processes are needed, everything in them, and all that is wrong with them at once."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from lxml import etree

from kesu.engine.errors import sentence
from kesu.engine.spiff import checks, files
from kesu.engine.spiff.building import Building
from kesu.engine.spiff.closest import closest
from kesu.engine.spiff.containers import CallActivity, Container, Process
from kesu.engine.spiff.files import File
from kesu.engine.spiff.gateways import Patient
from kesu.engine.spiff.models import Model
from kesu.engine.spiff.names import bpmn
from kesu.engine.spiff.nodes import Node
from kesu.engine.spiff.problems import Problem, Problems, invalid

UNKNOWN_PROCESS: Final = sentence("{element}: there is no process {process} to call.")
UNKNOWN_PROCESS_MEANT: Final = sentence("{element}: there is no process {process} to call. Is {meant} meant?")


def compile_diagrams(sources: Mapping[str, bytes], process_id: str) -> Model:
    """Compile a process and all it can call out of the files of a package.

    Raises `Invalid` with every problem of all of them.
    """
    problems = Problems()
    building = build(files.open_all(sources), process_id, problems)
    for problem in unknown_calls(building, ()):
        problems.add(problem)
    problems.refuse()
    return _model(building, process_id)


def build(opened: list[File], process_id: str, problems: Problems, *, building: Building | None = None) -> Building:
    """Read a process and all that it calls within these files; what is wrong is noted among the problems.

    Raises `Invalid` where the files hold no such process.
    """
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
    building = Building(process_id, problems) if building is None else building
    wanted = [process_id]
    while wanted:
        number = wanted.pop(0)
        if number not in building.processes:
            checks.ids(places[number][0], problems)
            building.process(places[number][0], number, places[number][1])
            wanted += _called_from(building.calls, places)
    for call in building.calls:
        call.processes = building.processes
    _prepare(building)
    checks.diagram(building, problems)
    return building


def _called_from(calls: Iterable[CallActivity], places: Mapping[str, tuple[File, etree._Element]]) -> list[str]:
    computed = any(call.called.startswith("=") for call in calls)
    return sorted(places) if computed else [call.called for call in calls if call.called in places]


def unknown_calls(building: Building, elsewhere: Collection[str]) -> Iterator[Problem]:
    """Yield a problem for every call of a process that is neither in the files read nor among those `elsewhere`."""
    known = {*building.processes, *elsewhere}
    for call in building.calls:
        if call.called and not call.called.startswith("=") and call.called not in known:
            meant = closest(call.called, known)
            told = {"element": call.element.name or call.element.id, "process": call.called, "meant": meant}
            yield Problem(call.element.id, "unknown_process", UNKNOWN_PROCESS if meant is None else UNKNOWN_PROCESS_MEANT, told)


def _prepare(building: Building) -> None:
    nodes = [n for n in building.spec.task_specs.values() if isinstance(n, Node)]
    before = {process: _before([n for n in nodes if n.element.process_id == process]) for process in building.processes}
    for node in nodes:
        inner = node.work
        if isinstance(inner, Container) and inner.content.undo is not None:
            inner.compensation = inner.compensation or inner.content.undo
        if isinstance(node, Patient) and len(node.incoming) > 1:
            node.reach = _Reach(node, before[node.element.process_id])


class _Reach(dict[str, frozenset[str]]):
    """From where each flow into a join can be reached, looked up when it is first asked: a file may hold thousands of joins."""

    def __init__(self, join: Patient, before: dict[str, set[str]]) -> None:
        super().__init__()
        self._join, self._before = join.element.id, before
        self._sources = {flow.id: flow.source for flow in join.incoming}

    def __missing__(self, flow_id: str) -> frozenset[str]:
        found = frozenset(_leading_to(self._sources[flow_id], self._join, self._before))
        self[flow_id] = found
        return found


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


def element_ids(root: etree._Element) -> list[str]:
    """Return the id of every flow node in a parsed file, for comparing it with a model."""
    return [e.get("id") or "" for e in root.iter() if files.is_flow_node(e)] + [e.get("id") or "" for e in root.iter(bpmn("sequenceFlow"))]

