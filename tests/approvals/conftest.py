"""The engine's cast and handlers, and a small office to move work about in."""

import pytest

from kesu.engine import ballots, definitions, history, runtime, user_tasks
from tests.engine.conftest import cast, handlers  # noqa: F401  fixtures


class Office:
    """Short words for what every test of a move does."""

    def __init__(self, db) -> None:
        self.db = db
        self.instance_id = 0

    def begin(self, xml: bytes, **variables):
        """Publish a diagram and start it as Ines."""
        key = definitions.deploy(self.db, xml, actor="olga")[0].key
        self.instance_id = runtime.start(self.db, key, actor="ines", business_key="KS-1", variables=variables).instance_id
        return self

    def tasks(self):
        """The open tasks by element."""
        with self.db.read() as connection:
            return {task.element_id: task for task in user_tasks.of_instance(connection, self.instance_id, only_open=True)}

    def open(self):
        """The element ids of the open tasks."""
        return sorted(self.tasks())

    def task(self, element_id: str) -> int:
        """The id of an open task."""
        return self.tasks()[element_id].id

    def do(self, element_id: str, actor: str = "root", **given):
        """Complete an open task."""
        return runtime.complete(self.db, self.task(element_id), actor=actor, **given)

    def vote(self, element_id: str, actor: str, answer: str = "yes", **given):
        """Cast a ballot."""
        return runtime.vote(self.db, self.task(element_id), actor=actor, answer=answer, **given)

    def move(self, element_id: str, actor: str, move: str, **given):
        """Make a move from an open task."""
        return runtime.move(self.db, self.task(element_id), actor=actor, move=move, **{"reason": "because", **given})

    def ballots(self, element_id: str):
        """Who stands where in the open round of an element: voter -> (part, state)."""
        with self.db.read() as connection:
            return {each.voter: (each.part, each.state) for each in ballots.of_task(connection, self.task(element_id)) if each.state != "void"}

    def told(self, kind: str):
        """The events of one kind in history."""
        with self.db.read() as connection:
            return [row for row in history.of_instance(connection, self.instance_id) if row["kind"] == kind]


@pytest.fixture
def office(cast, handlers):  # noqa: F811
    """An office of the cast, on a database of either kind."""
    return Office(cast)
