"""From a file to a specification: every process becomes a container, everything drawn in it a task spec."""

from lxml import etree
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec

from kesu.engine.errors import sentence
from kesu.engine.spiff import containers, settings
from kesu.engine.spiff.drawings import Drawing
from kesu.engine.spiff.files import GLOBAL_TASKS, File, documentation, is_flow_node
from kesu.engine.spiff.models import Element, Flow
from kesu.engine.spiff.names import local
from kesu.engine.spiff.nodes import Node
from kesu.engine.spiff.problems import Problems


class Building:
    """The specification while it grows: one for all processes of a model."""

    def __init__(self, process_id: str, problems: Problems) -> None:
        self.spec = WorkflowSpec(process_id, addstart=False)
        self.problems = problems
        self.elements: dict[str, Element] = {}
        self.flows: dict[str, Flow] = {}
        self.processes: dict[str, containers.Process] = {}
        self.calls: list[containers.CallActivity] = []
        self.keys: dict[tuple[str, str], str] = {}  # (process, id) -> the first element's key in `elements`
        self.nodes: dict[str, Node] = {}  # by id, the first of each
        self.reading: str | None = None  # the element at which reading would break
        self.sources: list[tuple[Node, etree._Element, File]] = []

    def process(self, file: File, process_id: str, element: etree._Element) -> containers.Process:
        """Add a process and everything in it."""
        self.reading = process_id
        own = Element(
            process_id,
            local(element),
            element.get("name") or "",
            process_id,
            documentation=documentation(element),
            settings=settings.read(element),
        )
        process = containers.Process(self.spec, f"{process_id}/process", own, process_id)
        self.processes[process_id] = process
        if local(element) in GLOBAL_TASKS:
            _single(self, file, process, element)
        else:
            Drawing(self, file, process_id, element).content(process.content, element, None)
            self._miss_nothing(process_id, element)
        return process

    def _miss_nothing(self, process_id: str, process: etree._Element) -> None:
        """Refuse a flow node that stands where none can: it would otherwise be lost."""
        read = {e.id for e in self.elements.values() if e.process_id == process_id}
        for element in process.iter():
            if is_flow_node(element) and element.get("id") not in read:
                self.problems.error(element.get("id"), "misplaced", sentence("{element}: a {kind} cannot stand inside of what is around it."),
                                    element=element.get("id"), kind=local(element))

    def key(self, process_id: str, element_id: str) -> str:
        """Return the name by which an element is known in the model."""
        key = f"{process_id}:{element_id}" if element_id in self.elements else element_id
        while key in self.elements or key in self.spec.task_specs:
            key += "'"  # an id used twice, which is refused later with all else
        return key


def _single(building: Building, file: File, process: containers.Process, element: etree._Element) -> None:
    """A global task is a process of one task."""
    drawing = Drawing(building, file, process.element.id, element)
    task = etree.fromstring(etree.tostring(element))
    task.tag = element.tag.replace(local(element), GLOBAL_TASKS[local(element)])
    task.set("id", f"{process.element.id}_task")
    if language := element.get("scriptLanguage"):
        task.set("scriptFormat", language)  # a global script task calls it so
    file.by_id[f"{process.element.id}_task"] = task
    process.content.starts = [drawing.node(task, None, None)]
