"""SpiffWorkflow as its examples use it: the whole instance written by its default serialiser after each step, with an inbox row and an event.

Nothing is checked, nobody is asked, no history is kept beyond one event a step.
"""

import io
import json
import sqlite3
from typing import Any

from lxml import etree
from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer

from benchmarks import diagrams
from benchmarks.cases import COMPLAINT, submission

TABLES = """CREATE TABLE cases (id INTEGER PRIMARY KEY, state TEXT); CREATE TABLE tasks (id INTEGER PRIMARY KEY, case_id INT, spec TEXT, open INT);
CREATE TABLE events (id INTEGER PRIMARY KEY, case_id INT, what TEXT, data TEXT); CREATE INDEX ix_tasks ON tasks (case_id, open);"""


class Office:
    """A SQLite file and the parsed diagrams."""

    def __init__(self, path: str) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            self.connection.execute(f"PRAGMA {pragma}")
        self.connection.executescript(TABLES)
        self.serializer = BpmnWorkflowSerializer()
        self.specs = {key: _spec(key, xml) for key, xml in {"p1": diagrams.p1(diagrams.SPIFF), "p2": diagrams.p2(diagrams.SPIFF)}.items()}

    def begin(self, key: str) -> int:
        """Start a case; return its id."""
        workflow = BpmnWorkflow(self.specs[key])
        workflow.data["complaint"] = COMPLAINT
        workflow.do_engine_steps()
        self.connection.execute("BEGIN IMMEDIATE")
        [(case,)] = self.connection.execute("INSERT INTO cases (state) VALUES (?) RETURNING id", (self._state(workflow),))
        self._tell(case, workflow, "started")
        return int(case)

    def answer(self, case: int, again: bool = False) -> None:
        """Complete the one open task of a case."""
        [(text,)] = self.connection.execute("SELECT state FROM cases WHERE id = ?", (case,))
        workflow = self.serializer.from_dict(json.loads(text))
        [task] = workflow.get_tasks(state=TaskState.READY, manual=True)
        task.data.update(submission(again))
        task.run()
        workflow.do_engine_steps()
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.execute("UPDATE cases SET state = ? WHERE id = ?", (self._state(workflow), case))
        self.connection.execute("UPDATE tasks SET open = 0 WHERE case_id = ? AND open = 1", (case,))
        self._tell(case, workflow, "completed")

    def _state(self, workflow: BpmnWorkflow) -> str:
        return json.dumps(self.serializer.to_dict(workflow))

    def _tell(self, case: int, workflow: BpmnWorkflow, what: str) -> None:
        for task in workflow.get_tasks(state=TaskState.READY, manual=True):
            self.connection.execute("INSERT INTO tasks (case_id, spec, open) VALUES (?, ?, 1)", (case, task.task_spec.name))
        self.connection.execute("INSERT INTO events (case_id, what, data) VALUES (?, ?, ?)", (case, what, json.dumps(submission())))
        self.connection.execute("COMMIT")


def _spec(key: str, xml: bytes) -> Any:
    parser = BpmnParser()
    parser.add_bpmn_xml(etree.parse(io.BytesIO(xml)))
    return parser.get_spec(key)
