"""What a scenario expects to be true after a step, compared with what is."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from kesu.engine import ballots, candidates, history, incidents, instances, user_tasks
from kesu.engine.database import Database
from kesu.engine.values import lively


def unmet(db: Database, instance_id: int, expect: Mapping[str, Any]) -> list[str]:
    """Return a line for everything expected that is not so."""
    with db.read() as connection:
        return [line for name, wanted in expect.items() for line in _CHECKS[name](connection, instance_id, wanted)]


def _open(connection: Connection, instance_id: int, wanted: Sequence[str]) -> list[str]:
    found = sorted(task.element_id for task in user_tasks.of_instance(connection, instance_id, only_open=True))
    return _differ("open tasks", sorted(wanted or []), found)


def _state(connection: Connection, instance_id: int, wanted: str) -> list[str]:
    return _differ("state", wanted, instances.find(connection, instance_id).state)


def _variables(connection: Connection, instance_id: int, wanted: Mapping[str, Any]) -> list[str]:
    found = lively(instances.find(connection, instance_id).variables)
    return [line for name, value in wanted.items()
            for line in _differ(f"variable {name}", _number(value), _number(found.get(name)))]


def _decisions(connection: Connection, instance_id: int, wanted: Mapping[str, Sequence[str]]) -> list[str]:
    made = [row["details"] for row in _rows(connection, instance_id, "decision_made")]
    fired = {each.get("decision"): _rule_ids(each.get("fired")) for each in made}
    return [line for name, rules in wanted.items()
            for line in _differ(f"rules fired in {name}", list(rules), fired.get(name, []))]


def _visited(connection: Connection, instance_id: int, wanted: Sequence[str]) -> list[str]:
    left = iter(row["element_id"] for row in _rows(connection, instance_id, "activity_entered"))
    missing = [element for element in wanted if element not in left]  # consumes: an ordered subsequence
    return [f"expected to have passed {', '.join(wanted)} in this order, but did not reach {missing[0]}"] if missing else []


def _not_visited(connection: Connection, instance_id: int, wanted: Sequence[str]) -> list[str]:
    found = {row["element_id"] for row in _rows(connection, instance_id, "activity_entered")}
    return [f"expected never to have passed {element}" for element in wanted if element in found]


def _candidates(connection: Connection, instance_id: int, wanted: Mapping[str, Sequence[str]]) -> list[str]:
    found: dict[str, list[str]] = {}
    for task in user_tasks.of_instance(connection, instance_id, only_open=True):
        names = [name for _, name in candidates.names(connection, task.id)]
        found.setdefault(task.element_id, []).extend(names + ([task.assignee] if task.assignee else []))
    return [line for element, names in wanted.items()
            for line in _differ(f"candidates of {element}", sorted(names), sorted(found.get(element, [])))]


def _voters(connection: Connection, instance_id: int, wanted: Mapping[str, str]) -> list[str]:
    votes = [task for task in user_tasks.of_instance(connection, instance_id) if task.ballot]
    found = {ballot.voter: ballot.state for ballot in (ballots.of_task(connection, votes[-1].id) if votes else [])}
    return _differ("ballots", {login: _answer(state) for login, state in wanted.items()}, found)


def _due(connection: Connection, instance_id: int, wanted: Mapping[str, Any]) -> list[str]:
    found = {task.element_id: task.due_at for task in user_tasks.of_instance(connection, instance_id, only_open=True)}
    return [line for element, at in wanted.items() for line in _differ(f"due time of {element}", at, found.get(element))]


def _incidents(connection: Connection, instance_id: int, wanted: Sequence[str]) -> list[str]:
    found = incidents.listed(connection, instance_id=instance_id)
    return _differ("incidents", sorted(wanted or []), sorted(each.element_id or "" for each in found))


_CHECKS: dict[str, Callable[[Connection, int, Any], list[str]]] = {
    "open": _open, "state": _state, "variables": _variables, "decisions": _decisions, "visited": _visited,
    "not_visited": _not_visited, "candidates": _candidates, "voters": _voters, "due": _due, "incidents": _incidents,
}


def _rows(connection: Connection, instance_id: int, kind: str) -> list[dict[str, Any]]:
    return [row for row in history.of_instance(connection, instance_id) if row["kind"] == kind]


def _rule_ids(fired: Sequence[Sequence[Any]] | None) -> list[str]:
    return [str(rule) for _decision, rule, _number in fired or []]


def _answer(state: Any) -> str:
    return {"True": "yes", "False": "no"}.get(str(state), str(state))  # YAML reads a bare yes as true


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else value


def _differ(what: str, wanted: Any, found: Any) -> list[str]:
    return [] if wanted == found else [f"{what}: expected {wanted}, found {found}"]
