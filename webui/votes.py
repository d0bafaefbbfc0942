"""A vote in words: the rule, how far it has come, and what each person asked has answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from kesu.engine import ballots, tallies
from kesu.engine.ballots import Ballot
from kesu.engine.runtime import APPROVED, REJECTED
from kesu.engine.tallies import FAILED, PASSED
from kesu.engine.user_tasks import CANCELLED, UserTask


@dataclass(frozen=True)
class Vote:
    """One round of a vote as people read it: the rule, how it stands, and every ballot.

    `own` is the reader's ballot, `mine` says that it waits for their answer, `waits_for` are the logins of those who are asked now.
    """

    rule: str
    progress: str
    standing: str
    round: tuple[Ballot, ...]
    own: Ballot | None
    mine: bool
    waits_for: tuple[str, ...]


def vote_of(task: UserTask, round_: Sequence[Ballot], login: str) -> Vote | None:
    """Put a task's round into words; None where one person decides."""
    if not task.ballot:
        return None
    rule, own = tallies.rule(task.ballot), next((ballot for ballot in round_ if ballot.voter == login), None)
    # Where a round was decided early, those who were no longer asked still belong to its number.
    asked = [ballot for ballot in round_ if ballot.counts or (not task.is_open and ballot.part in ballots.DECISIVE)]
    waits_for = tuple(ballot.voter for ballot in round_ if ballot.state == ballots.OPEN) if task.is_open else ()
    mine = task.is_open and own is not None and own.state in (ballots.OPEN, ballots.YES, ballots.NO)
    return Vote(rule_words(rule), _progress(asked), _standing(task, round_), tuple(round_), own, mine, waits_for)


def rule_words(rule: tallies.Rule) -> str:
    """Say how a round is decided."""
    threshold = int(rule.threshold) if rule.threshold.denominator == 1 else float(rule.threshold)
    return {
        "all": _("Everyone must agree"),
        "any": _("One yes is enough"),
        "percent": _("At least %(threshold)s%% must agree", threshold=threshold),
        "count": ngettext("At least %(num)s must agree", "At least %(num)s must agree", threshold),
        "weighted": _("At least %(threshold)s%% of the weight must agree", threshold=threshold),
        "in_turn": _("One after another, everyone must agree"),
    }.get(rule.mode, rule.mode)


def ballot_words(ballot: Ballot) -> str:
    """Say where one person's answer stands."""
    words: dict[str, Any] = {
        ballots.YES: _("agreed"), ballots.NO: _("refused"), ballots.OPEN: _("has not answered yet"),
        ballots.WAITING: _("is asked later"), ballots.VOID: _("no longer asked"),
    }
    return str(words[ballot.state])


def part_words(ballot: Ballot) -> str:
    """Say in what way somebody is asked, where it is not the plain one."""
    return {
        ballots.BEFORE: _("asked first"), ballots.AFTER: _("asked afterwards"), ballots.OPINION: _("gives an opinion only"),
    }.get(ballot.part, _("counted from an earlier approval") if ballot.because else "")


def _progress(asked: Sequence[Ballot]) -> str:
    yes, no = (sum(ballot.state == state for ballot in asked) for state in (ballots.YES, ballots.NO))
    agreed = _("%(yes)s of %(asked)s agreed", yes=yes, asked=len(asked))
    return f"{agreed}, {ngettext('%(num)s refused', '%(num)s refused', no)}" if no else agreed


def _standing(task: UserTask, round_: Sequence[Ballot]) -> str:
    """Say how the round is settled, as the engine counts it."""
    if task.state == CANCELLED:
        return _("called off before it was decided")
    # Once it is over, the ballots that nobody filled are void and no longer count: what decided is in the task.
    settled = ballots.result(task.ballot or {}, round_) if task.is_open else {APPROVED: PASSED, REJECTED: FAILED}.get(task.outcome or "")
    return {PASSED: _("the vote has passed"), FAILED: _("the vote has failed")}.get(settled or "", _("still open") if task.is_open else "")
