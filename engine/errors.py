"""Every error of the engine, in two families that never mix.

`Rejected`: you asked for something that is not possible now; nothing changed; never retried, never logged as an error.
`Failed`: the world let us down; retried, then an incident. A sentence is a template with values, so that a page can say it
in the reader's language.
"""

from collections.abc import Sequence
from typing import Any


def sentence(template: str) -> str:
    """Mark a template for translation (gettext extraction keyword); returns it unchanged."""
    return template


class _Told(Exception):
    def __init__(self, template: str, **values: Any) -> None:
        super().__init__(template)
        self.template = template
        self.values = values

    def __str__(self) -> str:
        return self.template.format(**self.values)


class Rejected(_Told):
    """Expected something else than what was asked; nothing has changed."""

    status = 400


class Unauthenticated(Rejected):
    """Nobody has signed in, or the token is unknown."""

    status = 401


class Forbidden(Rejected):
    """Signed in, but this is not theirs to do."""

    status = 403


class NotFound(Rejected):
    """There is no such thing, or it is hidden from this person."""

    status = 404


class Conflict(Rejected):
    """It does not fit how things stand now; where somebody else was just first, see `Overtaken`."""

    status = 409


class Overtaken(Conflict):
    """Somebody else was first: the same act a moment earlier would have been possible."""


class Invalid(Rejected):
    """The content does not hold: `problems` lists every reason, each with its place."""

    status = 422

    def __init__(self, template: str, problems: Sequence[Any] = (), **values: Any) -> None:
        super().__init__(template, **values)
        self.problems = list(problems)


class Failed(_Told):
    """The world's fault: retried with a growing pause, then an incident. `permanent` says that retrying is senseless."""

    def __init__(self, template: str, *, permanent: bool = False, **values: Any) -> None:
        super().__init__(template, **values)
        self.permanent = permanent
