"""What a digest says, in the reader's language: overdue first, then due today, new, escalated, urged, copied."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from kesu.complaints import tracking
from kesu.complaints.mail_wishes import COPY, DEADLINE, ESCALATION, URGE, WORK
from kesu.complaints.notices import notices
from kesu.complaints.profiles import Profile
from kesu.engine import inbox, user_tasks
from kesu.engine.copies import copies
from kesu.engine.identity import Person
from kesu.engine.user_tasks import UserTask

MOST = 1000  # tasks looked at
LONGEST = 20  # lines of a section
HANDED = ("transferred", "delegated", "asked", "answered", "assignment", "turn")
HEADINGS = {
    "overdue": {"zh": "已超时", "en": "Overdue"}, "today": {"zh": "今天到期", "en": "Due today"}, "new": {"zh": "新任务", "en": "New"},
    "escalated": {"zh": "升级给您", "en": "Escalated to you"}, "urged": {"zh": "催办", "en": "Reminders from colleagues"},
    "copied": {"zh": "抄送", "en": "Copies"},
}
DUE = {"zh": "（{at} 到期）", "en": " (due {at})"}
MORE = {"zh": "……另有 {count} 项", "en": "... and {count} more"}
BETWEEN = {"zh": "，", "en": ", "}


@dataclass(frozen=True)
class Digest:
    """The sections that have something to say, each with its lines."""

    language: str
    sections: dict[str, list[str]]

    @property
    def headline(self) -> str:
        """Say how much there is of each: `Overdue 2, New 1`."""
        return BETWEEN[self.language].join(f"{HEADINGS[name][self.language]} {len(lines)}" for name, lines in self.sections.items())

    @property
    def text(self) -> str:
        """Return all sections, each under its heading."""
        return "\n\n".join("\n".join([f"{HEADINGS[name][self.language]} ({len(lines)})", *self._shown(lines)])
                            for name, lines in self.sections.items())

    def _shown(self, lines: Sequence[str]) -> list[str]:
        left = len(lines) - LONGEST
        return [*lines[:LONGEST], *([MORE[self.language].format(count=left)] if left > 0 else [])]


def gather(connection: Connection, person: Person, profile: Profile, wanted: set[str], *, since: datetime, now: datetime) -> Digest:
    """Collect the sections of the kinds wanted; a task stands in the first that it fits."""
    language = "zh" if person.locale.startswith("zh") else "en"
    mine = inbox.page(connection, person, "mine", limit=MOST)
    midnight = profile.local(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    handed = _told(connection, person.login, HANDED, since)
    found = {
        "overdue": (DEADLINE, [task for task in mine if task.due_at and task.due_at < now]),
        "today": (DEADLINE, [task for task in mine if task.due_at and now <= task.due_at <= midnight]),
        "new": (WORK, [task for task in mine if task.created_at > since or task.id in handed]),
        "urged": (URGE, [task for task in _tasks(connection, _told(connection, person.login, ("urged",), since)) if task.is_open]),
        "copied": (COPY, _tasks(connection, _copied(connection, person.login, since))),
    }
    sections: dict[str, list[str]] = {}
    seen: set[int] = set()
    for name, (kind, tasks) in found.items():
        fresh = [task for task in tasks if kind in wanted and (task.id not in seen or name in ("urged", "copied"))]
        seen.update(task.id for task in fresh)
        sections[name] = [_line(task, language, profile) for task in fresh]
    sections["escalated"] = _escalated(connection, person.login, language, since) if ESCALATION in wanted else []
    return Digest(language, {name: sections[name] for name in HEADINGS if sections[name]})


def _line(task: UserTask, language: str, profile: Profile) -> str:
    due = DUE[language].format(at=profile.local(task.due_at).strftime("%Y-%m-%d %H:%M")) if task.due_at else ""
    return f"- [{task.business_key or '-'}] {task.called(language)}{due}\n  {tracking.base_url()}/tasks/{task.id}"


def _told(connection: Connection, login: str, templates: Iterable[str], since: datetime) -> set[int]:
    """Return the tasks about which a person was told something since then."""
    query = select(notices.c["values"]).where(notices.c.login == login, notices.c.template.in_(templates), notices.c.at > since)
    return {int(values["task_id"]) for values in connection.execute(query).scalars() if values.get("task_id")}


def _escalated(connection: Connection, login: str, language: str, since: datetime) -> list[str]:
    query = select(notices).where(notices.c.login == login, notices.c.template == "escalation", notices.c.at > since).order_by(notices.c.id)
    lines = []
    for row in connection.execute(query):
        reason = row.values.get("reason") if language == "zh" else row.values.get("reason_en") or row.values.get("reason")
        lines.append(f"- [{row.reference or '-'}] {reason or ''}\n  {tracking.base_url()}/cases/{row.reference or ''}")
    return lines


def _copied(connection: Connection, login: str, since: datetime) -> set[int]:
    query = select(copies.c.task_id).where(copies.c.login == login, copies.c.sent_at > since, copies.c.read_at.is_(None))
    return set(connection.execute(query).scalars())


def _tasks(connection: Connection, ids: Iterable[int]) -> list[UserTask]:
    return [user_tasks.find(connection, task_id) for task_id in sorted(ids)]
