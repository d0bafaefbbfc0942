"""What decisions are about: the values that an approver has before them, frozen when they are proposed.

The room above says which variables these are and keeps what was proposed; the engine notices every new proposal, and writes its digest
into the history of each decision about it. So nobody has to trust the variables later: what was agreed to can be looked up.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection

RowWrite = Callable[[Connection, int], None]


@dataclass(frozen=True)
class Proposal:
    """What is proposed in an instance, by whom; `task_id` is the user task that proposed it, None where it came another way.

    `since` is when it was proposed, for one that was found in an instance from before proposals were kept; else None.
    """

    business_key: str | None
    about: Mapping[str, Any]
    actor: str
    at: datetime
    task_id: int | None = None
    since: datetime | None = None


@dataclass(frozen=True)
class Frozen:
    """The digest of a proposal, and the write that keeps it; the write is given the id of the instance."""

    digest: str
    write: RowWrite


class Subject(Protocol):
    """What the decisions of a program are about."""

    @property
    def names(self) -> frozenset[str]:
        """The variables that say what is proposed: whoever sets one of them proposes anew."""

    @property
    def fixed(self) -> frozenset[str]:
        """The variables that nobody edits by hand, whatever stands still."""

    def of(self, variables: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return what is proposed, as JSON values; None where nothing is."""

    def freeze(self, connection: Connection, proposal: Proposal) -> Frozen | None:
        """Return how a proposal is kept; None where it is about nothing that this program knows."""
