"""A loaded DMN file: its decisions by name, what is wrong with them, and evaluating one with all it requires."""

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from threading import Lock
from typing import Any

from kesu.rules.dmn.checks import check_graph
from kesu.rules.dmn.graph import CompiledNode, Graph, compile_graph
from kesu.rules.dmn.model import DecisionTable, Model
from kesu.rules.dmn.reading import read_model
from kesu.rules.dmn.requirements import Session
from kesu.rules.errors import LimitExceeded, Problem, RuleError
from kesu.rules.feel.scope import Run
from kesu.rules.feel.values import check_size, to_feel

_KEPT = 64
_loaded: "OrderedDict[bytes, Decisions]" = OrderedDict()
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Result:
    """The value of a decision and every rule of a table that fired on the way: (decision id, rule id, rule number)."""

    value: Any
    fired: list[tuple[str, str, int]] = field(default_factory=list)


class Decisions:
    """What a DMN file decides."""

    def __init__(self, model: Model, graph: Graph) -> None:
        self.model = model
        self.graph = graph

    @property
    def names(self) -> list[str]:
        """The names of the decisions, in the order of the file."""
        return [node.node.name for node in self.graph.own() if node.node.kind == "decision"]

    @property
    def ids(self) -> list[str]:
        """The ids of the decisions, in the order of the file."""
        return [node.node.id for node in self.graph.own() if node.node.kind == "decision"]

    @property
    def variables(self) -> frozenset[str]:
        """The names that the file reads as inputs or gives as results."""
        nodes = [node.node for node in self.graph.own()]
        outputs = [clause.name for node in nodes if isinstance(node.logic, DecisionTable) for clause in node.logic.outputs if clause.name]
        return frozenset([*outputs, *(node.variable for node in nodes), *(node.name for node in nodes)])

    def check(self, variables: Mapping[str, Any] | None = None) -> list[Problem]:
        """Return everything that is wrong with the file, errors first.

        `variables` are names, with their types, that the context will hold besides the inputs that the file declares.
        """
        try:
            return check_graph(self.graph, variables)
        except RecursionError:
            return LimitExceeded("the file is nested too deep").problems

    def evaluate(
        self,
        name_or_id: str,
        context: Mapping[str, Any],
        *,
        now: datetime | None = None,
        zone: tzinfo | None = None,
    ) -> Result:
        """Evaluate a decision or a decision service with everything it requires; raises RuleError.

        `now` is the moment of now() and today(); `zone` is where what has no zone is meant, as with
        `kesu.rules.evaluate`.
        """
        node = self._find(name_or_id)
        if not isinstance(context, Mapping):
            raise RuleError(f"expected the context as a mapping, but got a {type(context).__name__}")
        run = Run(now, zone=zone)
        try:
            session = Session(self.graph, to_feel(context), run)
            with run:
                return Result(check_size(session.value(node)), run.fired)
        except RecursionError:
            raise LimitExceeded("the decision or its values are nested too deep") from None

    def _find(self, name_or_id: str) -> CompiledNode:
        nodes = [one for one in self.graph.own() if one.node.kind in ("decision", "service")]
        found = [one for one in nodes if one.node.name == name_or_id] or [one for one in nodes if one.node.id == name_or_id]
        if found:
            return found[0]
        known = ", ".join(repr(one.node.name) for one in nodes)
        raise RuleError(f"there is no decision {name_or_id!r}; there are {known or 'none'}")


def load_decisions(xml: bytes | str, imports: Iterable[bytes | str] = ()) -> Decisions:
    """Read a DMN file, with the files it imports; raises RuleError if it is none. The same file is read once."""
    imported = list(imports)
    key = _key(xml, imported)
    with _lock:
        if key in _loaded:
            _loaded.move_to_end(key)
            return _loaded[key]
    decisions = _load(xml, imported)
    with _lock:
        _loaded[key] = decisions
        while len(_loaded) > _KEPT:
            _loaded.popitem(last=False)
    return decisions


def _load(xml: bytes | str, imported: list[bytes | str]) -> Decisions:
    try:
        model = read_model(xml)
        return Decisions(model, compile_graph(model, [read_model(one) for one in imported]))
    except RecursionError:
        raise LimitExceeded("the file is nested too deep") from None


def _key(xml: bytes | str, imported: list[bytes | str]) -> bytes:
    digest = hashlib.sha256()
    for one in (xml, *imported):
        data = one.encode("utf-8", "surrogatepass") if isinstance(one, str) else one
        if not isinstance(data, bytes):
            raise RuleError(f"expected the file as bytes or a string, but got a {type(one).__name__}")
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.digest()
