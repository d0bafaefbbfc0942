"""Forms as owners see them: the version in force, a draft, which processes show them; and how one looks to whoever fills it in."""

from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import Connection, select

from kesu.engine import definitions, drafts, form_checks, forms, resources
from kesu.engine.definitions import Definition
from kesu.engine.drafts import Draft
from kesu.engine.errors import Invalid, NotFound, sentence
from kesu.engine.forms import Field, Form
from kesu.engine.resources import FORM, Resource
from kesu.webui import form_edits, phrases

KINDS = {
    "textfield": lazy_gettext("Short text"), "textarea": lazy_gettext("Long text"), "number": lazy_gettext("Number"),
    "datetime": lazy_gettext("Date"), "radio": lazy_gettext("One of several"), "select": lazy_gettext("One of a list"),
    "checklist": lazy_gettext("Several of several"), "checkbox": lazy_gettext("Yes or no"), "file": lazy_gettext("Files"),
    "text": lazy_gettext("Words to read"),
}


@dataclass(frozen=True)
class Finding:
    """Something that speaks against publishing a form: the number of its field from 1, the sentence, and how bad it is."""

    number: int
    said: str
    severity: str


@dataclass(frozen=True)
class Shelf:
    """One form: its newest version (None: only a draft so far), its draft, its title in two languages, the processes that show it."""

    key: str
    newest: Resource | None
    draft: Draft | None
    title: str
    title_en: str
    users: list[Definition]

    @property
    def content(self) -> bytes:
        """Return what an owner goes on with: the draft, else the newest version."""
        return self.draft.content if self.draft else self.newest.content if self.newest else b""


@dataclass
class Sheet:
    """A form as the macros of the task page draw it, with nothing filled in."""

    form: Form
    mode: str = "look"
    opinion: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)

    def fields(self) -> tuple[Field, ...]:
        """Return every field, those too that are shown under a condition only."""
        return self.form.fields

    def hidden(self) -> set[str]:
        """Return nothing: whoever designs a form sees all of it."""
        return set()


def all_forms(connection: Connection) -> list[Shelf]:
    """Return every form that is published or drafted, by key."""
    published = set(connection.execute(select(resources.resources.c.key).where(resources.resources.c.kind == FORM)).scalars())
    drafted = set(connection.execute(select(drafts.drafts.c.key).where(drafts.drafts.c.kind == FORM)).scalars())
    return [shelf(connection, key) for key in sorted(published | drafted)]


def shelf(connection: Connection, key: str) -> Shelf:
    """Return one form. Raises `NotFound`."""
    newest, draft = resources.latest(connection, FORM, key), drafts.find(connection, FORM, key)
    if newest is None and draft is None:
        raise NotFound(sentence("Expected the key of a form, but there is none called {key}."), key=key)
    title, title_en = form_edits.titles(newest.content if newest else draft.content if draft else b"")
    users = [each for each in definitions.all_latest(connection) if key in each.needs["forms"]]
    return Shelf(key, newest, draft, title, title_en, users)


def sheet(content: bytes) -> Sheet | None:
    """Return a form as it looks; None where it does not hold well enough to be drawn."""
    try:
        return Sheet(forms.read(content))
    except Invalid:
        return None


def findings(content: bytes) -> list[Finding]:
    """Return what speaks against publishing, in the reader's language."""
    return [Finding(int(problem.element or 0), _(problem.message).format(**phrases.values_said(problem.values)), problem.severity)
            for problem in form_checks.problems(content)]
