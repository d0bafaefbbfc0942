"""A big company after some years, written by bulk inserts past the engine (nowhere but here): only what an inbox reads is real.

A million user tasks of 200,000 cases, 500 people in 40 groups. Some groups are large and most are small, some people busy and most not
(Zipf). Fifteen of a hundred cases still run: of their open tasks six in ten wait for a group, a quarter is with somebody, the others are
countersigns of three. The same seed makes the same company on either database.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

from benchmarks.bulk import Bulk
from kesu.engine.database import Database

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
BIG = 1000  # the id of its one diagram, out of the way of others
PEOPLE, GROUPS, COMPLAINANTS = 500, 40, 20_000
STEPS = [(f"step_{number}", f"第{number}步", f"Step {number}") for number in range(12)]
PROCESSES = ("complaint_handling", "reopened_case", "supplier_claim")
TITLES = ("Scratched housing", "Battery does not charge", "外壳划伤", "充电器过热", "Late delivery", "Wrong colour", "屏幕碎裂", "Missing manual")
SUBMISSION = json.dumps({"decision": "approved", "words": "Looked at, measured twice and compared with the sample of the batch. " * 3})
SETTINGS = json.dumps({"assignment": {"candidateGroups": "group0"}, "outcome": {"variable": "decision"}})
VOTE = json.dumps({"ballot": {"mode": "all", "voters": "=voters"}, "outcome": {"variable": "decision"}})
DESCRIPTION = "The unit arrived like this, in an otherwise undamaged box. " * 4
BODY = json.dumps({"tasks": "x" * 1500})


@dataclass
class Rows:
    """What hangs on the tasks, gathered while they are written."""

    candidates: list[tuple[Any, ...]] = field(default_factory=list)
    ballots: list[tuple[Any, ...]] = field(default_factory=list)
    urges: list[tuple[Any, ...]] = field(default_factory=list)
    copies: dict[tuple[int, int], tuple[Any, ...]] = field(default_factory=dict)


class Crowd:
    """Draws everything by chance from one seed."""

    def __init__(self, tasks: int, instances: int, seed: int = 1) -> None:
        self.tasks, self.instances, self.chance = tasks, instances, random.Random(seed)
        self.people = [f"person{number}" for number in range(PEOPLE)]
        self.busy = list(accumulate(1 / (number + 10) for number in range(PEOPLE)))
        self.large = list(accumulate(1 / (number + 1) for number in range(GROUPS)))
        self.rows = Rows()
        self.complainants: list[int] = []  # of each case

    def fill(self, db: Database) -> None:
        """Write everything."""
        with Bulk(db) as bulk:
            self._people(bulk)
            bulk.write("cases", CASE, self._cases())
            bulk.write("case_words", ("reference", "words"), self._words() if not bulk.is_sqlite else ())  # triggers rest there meanwhile
            bulk.write("instances", INSTANCE, self._instances())
            bulk.write("user_tasks", TASK, self._tasks())
            bulk.write("candidates", ("task_id", "kind", "name"), self.rows.candidates)
            bulk.write("ballots", BALLOT, self.rows.ballots)
            bulk.write("urges", ("task_id", "urged_by", "at"), self.rows.urges)
            bulk.write("copies", ("instance_id", "login", "task_id", "sent_by", "sent_at", "read_at"), self.rows.copies.values())

    def somebody(self) -> str:
        """Draw a person, the busy ones more often."""
        return self.chance.choices(self.people, cum_weights=self.busy)[0]

    def _people(self, bulk: Bulk) -> None:
        bulk.write("people", ("login", "name", "name_en", "active", "created_at"), ((p, p, p, True, NOW) for p in self.people))
        bulk.write("groups", ("key", "kind", "name"), ((f"group{number}", "department", f"group{number}") for number in range(GROUPS)))
        belongs = ((login, f"group{number}") for login in self.people for number in set(self._groups(3)))
        bulk.write("memberships", ("login", "group_key"), belongs)
        bulk.write("complainants", ("id", "name", "vip", "created_at"), ((n, f"Customer {n}", False, NOW) for n in range(1, COMPLAINANTS + 1)))
        bulk.write("products", ("code", "name", "warranty_months"), ((f"P{number}", f"P{number}", 12) for number in range(200)))
        bulk.write("resources", ("id", "kind", "key", "version", "content", "checksum", "deployed_at", "deployed_by"),
                   [(BIG, "bpmn", "big", 1, b"", "", NOW, "olga")])
        bulk.write("definitions", ("id", "key", "version", "name", "resource_id", "needs", "deployed_at", "deployed_by"),
                   [(BIG, "big", 1, "big", BIG, "{}", NOW, "olga")])
        bulk.write("packages", ("id", "definition_id", "checksum", "pins"), [(BIG, BIG, "", "{}")])

    def _groups(self, count: int) -> list[int]:
        return self.chance.choices(range(GROUPS), cum_weights=self.large, k=count)

    def _began(self, number: int) -> datetime:
        """Cases come evenly over three years; the last begin today."""
        return NOW - timedelta(days=1095) * (1 - number / self.instances)

    def _runs(self, number: int) -> bool:
        return number > self.instances * 0.85

    def _cases(self) -> Iterator[tuple[Any, ...]]:
        for number in range(1, self.instances + 1):
            at = self._began(number)
            self.complainants.append(self.chance.randint(1, COMPLAINANTS))
            yield (_reference(number), "in_progress" if self._runs(number) else "closed", at, False, "phone", at, "ines",
                   _title(number), DESCRIPTION, f"P{number % 200}", f"B{number % 3000}", "{}",
                   self.complainants[-1], number % 50 == 0, f"group{number % GROUPS}", 1, 1)

    def _words(self) -> Iterator[tuple[str, str]]:
        for number, complainant in enumerate(self.complainants, 1):
            words = f"{_reference(number)} {_title(number)} P{number % 200} B{number % 3000} Customer {complainant}"
            yield _reference(number), words.lower()

    def _instances(self) -> Iterator[tuple[Any, ...]]:
        for number in range(1, self.instances + 1):
            runs, at = self._runs(number), self._began(number)
            yield (number, BIG, PROCESSES[number % 20 // 14 + (number % 20 == 19)], 1, _reference(number), "active" if runs else "completed", 9,
                   BODY, "{}", "{}", at, "ines", None if runs else at + timedelta(days=9))

    def _tasks(self) -> Iterator[tuple[Any, ...]]:
        share, task_id = self.tasks // self.instances, 0
        for number in range(1, self.instances + 1):
            for place in range(share if number < self.instances else self.tasks - task_id):
                task_id += 1
                is_open = self._runs(number) and place == share - 1
                yield self._task(task_id, number, place, is_open)

    def _task(self, task_id: int, number: int, place: int, is_open: bool) -> tuple[Any, ...]:
        element, name, name_en = STEPS[(number * 5 + place) % len(STEPS)]
        drawn, by = self.chance.random(), self.somebody()
        at = self._began(number) + timedelta(days=place * 1.5)
        due = at + timedelta(hours=self.chance.randint(4, 400)) if drawn * 100 % 1 < 0.85 else None
        is_vote = drawn > 0.85
        if is_vote:
            self._vote(task_id, by, is_open, at)
        elif is_open and drawn < 0.6:
            self.rows.candidates += [(task_id, "group", f"group{group}") for group in set(self._groups(1 + (task_id % 5 == 0)))]
        if task_id % 20 == 0:
            self.rows.copies.setdefault((number, self.people.index(by)), (number, by, task_id, "ines", at, at if task_id % 3 else None))
        if is_open and task_id % 7 == 0:
            self.rows.urges.append((task_id, self.somebody(), at + timedelta(days=1)))
        state = "completed" if not is_open else "claimed" if 0.6 <= drawn <= 0.85 else "created"
        assignee = by if state == "claimed" or not is_open and not is_vote else None
        return (task_id, number, f"{number}-{place}", element, PROCESSES[number % 20 // 14 + (number % 20 == 19)], _reference(number), name, name_en,
                1, state, assignee, 1 + task_id % 5, at, due, VOTE if is_vote else SETTINGS, None if is_open else SUBMISSION,
                None if is_open else "approved", None if is_open else at + timedelta(days=1), None if is_open else by, 2)

    def _vote(self, task_id: int, by: str, is_open: bool, at: datetime) -> None:
        for position, voter in enumerate(dict.fromkeys([by, self.somebody(), self.somebody()])):
            answered = not is_open or position == 2
            self.rows.ballots.append((task_id, voter, position, "yes" if answered else "open", at + timedelta(hours=9) if answered else None))


CASE = ("reference", "status", "status_since", "safety", "channel", "received_at", "received_by", "title", "description", "product", "batch",
        "details", "complainant_id", "vip", "owner_department", "cycle", "version")
INSTANCE = ("id", "package_id", "definition_key", "definition_version", "business_key", "state", "version", "body", "book", "variables",
            "started_at", "started_by", "ended_at")
TASK = ("id", "instance_id", "activity_id", "element_id", "definition_key", "business_key", "name", "name_en", "round", "state", "assignee",
        "priority", "created_at", "due_at", "settings", "submission", "outcome", "ended_at", "ended_by", "version")
BALLOT = ("task_id", "voter", "position", "state", "answered_at")


def _reference(number: int) -> str:
    return f"KS-2026-{number:06}"


def _title(number: int) -> str:
    return f"{TITLES[number % len(TITLES)]} {number % 997}"
