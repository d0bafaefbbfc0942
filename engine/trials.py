"""Trials: a scenario played on the real engine, in a database of its own that is thrown away, with a clock only the story turns.

While a trial runs, the program's clock, service tasks and deadlines are those of the trial: play one in a program of its own,
never inside a server. Topics that nobody has plugged in are stood in for by what the scenario says they answer.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kesu.engine import (
    clock,
    deadlines,
    definitions,
    forms,
    history,
    identity,
    instances,
    packages,
    runtime,
    scenarios,
    service_tasks,
)
from kesu.engine.database import Database, metadata
from kesu.engine.deadlines import Deadlines, PlainDeadlines
from kesu.engine.errors import Rejected
from kesu.engine.expectations import unmet
from kesu.engine.performances import perform
from kesu.engine.scenarios import Act, Scenario
from kesu.engine.service_tasks import Registry
from kesu.engine.stand_ins import completed
from kesu.engine.worker import drain

FLOW_TAKEN = "flow_taken"


@dataclass(frozen=True)
class World:
    """What the rooms above lend to a trial: service tasks, deadlines, a way to furnish the database, their own way to start."""

    registry: Registry = field(default_factory=Registry)
    deadlines: Deadlines = field(default_factory=PlainDeadlines)
    furnish: Callable[[Database, Scenario], None] | None = None
    start: Callable[[Database, Scenario], int] | None = None


@dataclass(frozen=True)
class Played:
    """One step of the story and everything in it that did not come true."""

    number: int
    told: str
    at: str
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """How a scenario went: step by step, which flows of the diagrams it took, and the whole history."""

    scenario: str
    steps: tuple[Played, ...]
    taken: frozenset[str]
    flows: frozenset[str]
    history: tuple[Mapping[str, Any], ...]
    variables: Mapping[str, Any]
    state: str

    @property
    def passed(self) -> bool:
        """Say whether everything came true."""
        return not any(step.problems for step in self.steps)

    @property
    def problems(self) -> list[str]:
        """Return every disappointment as a line."""
        return [f"{self.scenario}, step {step.number} ({step.told}): {problem}"
                for step in self.steps for problem in step.problems]


def run(sources: Mapping[str, bytes], scenario: Scenario, world: World | None = None, *, forgetful: bool = False) -> Report:
    """Play a scenario on these files (name -> content: .bpmn, .dmn, .json) and report; stops at the first step that goes wrong.

    `forgetful` closes the database and drops everything compiled between the steps, as if each were done by a fresh process.
    Raises `Invalid` where the files cannot be published.
    """
    world = world or World()
    with TemporaryDirectory(prefix="kesu-trial-") as folder, _lent(scenario, world, sources) as manual:
        stage = Stage(f"sqlite:///{Path(folder) / 'trial.db'}", scenario, manual, forgetful)
        try:
            stage.furnish(sources, world)
            return stage.play(world)
        finally:
            stage.db.dispose()


def run_files(diagram: Path, story: Path) -> Report:
    """Play a scenario file on a diagram file, with the tables and forms beside the diagram, else those beside the scenario."""
    near = {**read_folder(story.resolve().parent.parent), **read_folder(diagram.resolve().parent)}
    sources = {name: content for name, content in near.items() if not name.endswith(".bpmn")}
    return run({**sources, diagram.name: diagram.read_bytes()}, scenarios.load(story))


def read_folder(folder: Path) -> dict[str, bytes]:
    """Return the diagrams, decisions and forms of a folder, as `run` wants them."""
    found = [*sorted(folder.glob("*.dmn")), *sorted(folder.glob("forms/*.json")), *sorted(folder.glob("*.bpmn"))]
    return {path.name: path.read_bytes() for path in found}


def publish(db: Database, sources: Mapping[str, bytes], *, actor: str = identity.SYSTEM, comment: str = "", staffed: bool = True) -> None:
    """Publish decisions, forms and diagrams, in that order, so that everything is there when a diagram asks for it."""
    tables = [content for name, content in sources.items() if name.endswith(".dmn")]
    for name in sorted(sources, key=lambda name: (".dmn", ".json", ".bpmn").index(Path(name).suffix)):
        content = sources[name]
        if name.endswith(".dmn"):
            definitions.deploy_decisions(db, Path(name).stem, content, actor=actor, comment=comment, beside=tables)
        elif name.endswith(".json"):
            definitions.deploy_form(db, content, actor=actor, comment=comment)
        else:
            definitions.deploy(db, content, actor=actor, comment=comment, staffed=staffed)


class Stage:
    """A trial in progress."""

    def __init__(self, url: str, scenario: Scenario, manual: clock.ManualClock, forgetful: bool) -> None:
        self.db, self.scenario, self.clock, self.forgetful = Database(url), scenario, manual, forgetful
        self.instance_id = 0

    def furnish(self, sources: Mapping[str, bytes], world: World) -> None:
        """Make the tables, bring in the people, publish the files."""
        metadata.create_all(self.db.engine)
        with self.db.write() as connection:
            _bring_in(connection, self.scenario)
        if world.furnish is not None:
            world.furnish(self.db, self.scenario)
        publish(self.db, sources, staffed=False)

    def play(self, world: World) -> Report:
        """Start, do one step after the other, stop at the first that goes wrong."""
        self.instance_id = world.start(self.db, self.scenario) if world.start else self._start()
        drain(self.db)
        played: list[Played] = []
        for act in self.scenario.acts:
            played.append(self._step(act))
            if played[-1].problems:
                break
        return self._report(tuple(played))

    def _start(self) -> int:
        told = self.scenario.start
        return runtime.start(self.db, self.scenario.process, actor=told.get("actor", identity.SYSTEM),
                             business_key=told.get("business_key"), variables=told.get("variables")).instance_id

    def _step(self, act: Act) -> Played:
        if self.forgetful:
            self._forget()
        problems = []
        try:
            perform(self.db, self.instance_id, act, self.clock)
            problems = [f"expected to be refused ({act.refused}), but it was done"] if act.refused else []
        except Rejected as error:
            kinds = {kind.__name__ for kind in type(error).__mro__}
            if not act.refused or (act.refused not in str(error) and act.refused not in kinds):
                problems = [f"{type(error).__name__}: {error}", *map(str, getattr(error, "problems", ()))]
        drain(self.db)
        if not problems:
            problems = unmet(self.db, self.instance_id, act.expect)
        return Played(act.number, act.told, clock.now().isoformat(), tuple(problems))

    def _forget(self) -> None:
        self.db.dispose()
        self.db = Database(self.db.url)
        packages.forget()
        forms.read.cache_clear()

    def _report(self, played: tuple[Played, ...]) -> Report:
        with self.db.read() as connection:
            instance = instances.find(connection, self.instance_id)
            rows = tuple(history.of_instance(connection, self.instance_id))
            flows = frozenset(packages.load(self.db, connection, instance.package_id).model.flows)
        taken = frozenset(row["element_id"] for row in rows if row["kind"] == FLOW_TAKEN)
        return Report(self.scenario.name, played, taken, flows, rows, instance.variables, instance.state)


@contextmanager
def _lent(scenario: Scenario, world: World, sources: Mapping[str, bytes]) -> Iterator[clock.ManualClock]:
    manual, registry = clock.ManualClock(scenario.at), completed(scenario, world.registry, sources)
    before = clock.use(manual), service_tasks.plug(registry), deadlines.plug(world.deadlines)
    packages.forget()
    try:
        yield manual
    finally:
        clock.use(before[0])
        service_tasks.plug(before[1])
        deadlines.plug(before[2])
        packages.forget()


def _bring_in(connection: Any, scenario: Scenario) -> None:
    at = clock.now()
    groups = sorted({key for keys in scenario.people.values() for key in keys} | set(scenario.heads))
    for key in groups:
        identity.add_group(connection, key, kind="department" if key in scenario.heads else "role", name=key)
    for login, keys in scenario.people.items():
        identity.add_person(connection, login, at=at, name=login.title(), groups=keys)
    for key, login in scenario.heads.items():
        connection.execute(identity.groups.update().where(identity.groups.c.key == key).values(head=login))
    for login, superior in scenario.superiors.items():
        connection.execute(identity.people.update().where(identity.people.c.login == login).values(superior=superior))
