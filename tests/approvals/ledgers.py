"""The reference for people: one round's ballots, told from the words of `docs/approvals.md`, sharing nothing with the engine.

Whether a round is decided is found by brute force: it is when every way to fill the open ballots ends the same.
"""

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

WEIGHTS = {"p1": 3, "p2": 2, "p3": 1}  # in a weighted vote; whoever is added weighs one


@dataclass(frozen=True)
class Rule:
    """How a round is decided, in the words of a `kesu:ballot`."""

    mode: str
    threshold: int = 100
    on_no: str = "first"


ADDED = Rule("all")  # what one person decides and others were asked to sign
RULES = (ADDED, Rule("all", on_no="collect"), Rule("any"), Rule("any", on_no="last"), Rule("percent", 60), Rule("percent", 34), Rule("count", 1),
         Rule("count", 2), Rule("weighted", 60), Rule("weighted", 50), Rule("in_turn"))


@dataclass
class Paper:
    """One person's ballot."""

    who: str
    part: str = "main"
    state: str = "open"
    waits_for: tuple[str, ...] = ()
    by: str = ""
    weight: int = 1

    @property
    def is_undone(self) -> bool:
        return self.state in ("open", "waiting")


class Ledger:
    """A round: a plain task has one paper once somebody was asked beside its owner."""

    def __init__(
        self,
        rule: Rule | None,
        voters: Sequence[str] = ("p1", "p2", "p3"),
        boards: Mapping[str, str] | None = None,
    ) -> None:
        self.rule = rule
        self.owner: str | None = None
        self.taker: str | None = (
            None  # who took it because it was offered to all of the office, and not because somebody gave it to them
        )
        self.boards = dict(boards or {})  # for which department somebody is asked
        weights = WEIGHTS if rule and rule.mode == "weighted" else {}
        self.papers: list[Paper] = (
            [Paper(who, weight=weights.get(who, 1)) for who in voters] if rule else []
        )
        if self.in_turn:
            for paper in self.papers[1:]:
                paper.state = "waiting"

    @property
    def in_turn(self) -> bool:
        return self.rule is not None and self.rule.mode == "in_turn"

    def seat(self, owner: str) -> Paper:
        """Return this person's paper; a plain task becomes a round of its owner's."""
        if not self.papers:
            self.taker = owner if self.owner is None else self.taker
            self.papers, self.owner = [Paper(owner)], owner
        return self.of(owner)

    def claim(self, who: str) -> None:
        """Somebody takes what is offered to all."""
        self.owner = self.taker = who

    def has_lapsed(self, who: str, heads: Mapping[str, str], office: Collection[str]) -> bool:
        """Say whether somebody does not belong any more to those for whom they were asked."""
        board = self.boards.get(who)
        return heads[board] != who if board else who == self.taker and who not in office

    def lapse(self, heads: Mapping[str, str], office: Collection[str]) -> None:
        """Whoever does not belong to those for whom they were asked gives their place to one who does, and who was not asked in this round."""
        if not self.papers and self.owner and self.has_lapsed(self.owner, heads, office):
            self.owner = self.taker = None
        for paper in [
            each
            for each in self.papers
            if each.is_undone and self.has_lapsed(each.who, heads, office)
        ]:
            board, old = self.boards.get(paper.who), paper.who
            asked = {each.who for each in self.papers}
            to = next(
                (who for who in ([heads[board]] if board else sorted(office)) if who not in asked),
                None,
            )
            if to is None:
                continue  # nobody can take it: it stays theirs, who cannot answer, until one of the two changes
            self._rename(old, to)
            if board:
                self.boards[to] = self.boards.pop(old)
            else:
                self.taker = to

    def _rename(self, old: str, new: str) -> None:
        for paper in self.papers:
            paper.waits_for = tuple(new if who == old else who for who in paper.waits_for)
        self.of(old).who = new
        self.owner = new if self.owner == old else self.owner

    def of(self, who: str) -> Paper:
        return next(paper for paper in self.papers if paper.who == who)

    def live(self) -> list[Paper]:
        return [paper for paper in self.papers if paper.state != "void"]

    def to_fill(self) -> list[Paper]:
        return [paper for paper in self.papers if paper.state == "open"]

    def counted(self) -> list[Paper]:
        return [paper for paper in self.live() if paper.part in ("main", "after")]

    def answer(self, who: str, yes: bool) -> None:
        self.of(who).state = "yes" if yes else "no"
        self.turn()

    def close(self) -> None:
        """The round is over: what nobody has answered is void."""
        for paper in self.papers:
            paper.state = "void" if paper.is_undone else paper.state

    def add(self, how: str, owner: str, people: list[str]) -> None:
        own = self.seat(owner)
        self.papers = [paper for paper in self.papers if paper.who not in people]
        at = self.papers.index(own) + 1
        if how == "before":
            own.state, own.waits_for = "waiting", tuple(people)
            self.papers += [Paper(who, "before", by=owner) for who in people]
            return
        if how == "after":
            own.state = "yes"
        part = "after" if how == "after" else "main"
        self.papers[at:at] = [Paper(who, part, "waiting" if self.in_turn else "open", by=owner) for who in people]
        self.turn()

    def delegate(self, owner: str, to: str) -> None:
        own = self.seat(owner)
        self.papers = [paper for paper in self.papers if paper.who != to]
        own.state, own.waits_for = "waiting", (to,)
        self.papers.append(Paper(to, "opinion", by=owner))

    def remove(self, who: str) -> None:
        """Void a ballot, and with it those of whom its owner had asked something first."""
        self._void(self.of(who))
        self.turn()

    def _void(self, paper: Paper) -> None:
        paper.state = "void"
        for other in self.papers:
            if other.who in paper.waits_for and other.is_undone:
                self._void(other)

    def hand_on(self, owner: str, to: str) -> None:
        """A task or a ballot changes hands."""
        self.taker = None if self.taker == owner or not self.papers else self.taker
        if self.papers:
            self._rename(owner, to)
        else:
            self.owner = to

    def turn(self) -> None:
        """Whoever nothing stands before any more is asked."""
        for paper in self.papers:
            if paper.state != "waiting":
                continue
            held = any(other.who in paper.waits_for and other.is_undone for other in self.papers)
            earlier = self.counted()[: self.counted().index(paper)] if paper in self.counted() else []
            in_turn = self.in_turn and any(other.is_undone for other in earlier)
            if not held and not in_turn:
                paper.state = "open"

    def decided(self) -> bool | None:
        """Return whether the round has passed; None while it can still end either way, or an `after` is to be heard."""
        papers, rule = self.counted(), self.rule or ADDED
        if not papers or (rule == Rule("all", on_no="collect") and any(paper.is_undone for paper in papers)):
            return None
        ends = {self._end(rule, filling) for filling in self._fillings(papers)}
        if rule.mode == "any" and rule.on_no == "first":
            ends = self._first_word(papers)
        if ends == {True} and any(paper.part == "after" and paper.is_undone for paper in papers):
            return None
        if ends == {False} and all(paper.state != "no" for paper in papers):
            return None  # too few are left to pass, and nobody has said no
        return ends.pop() if len(ends) == 1 else None

    def _fillings(self, papers: list[Paper]) -> list[list[tuple[bool, int]]]:
        choices = [[paper.state == "yes"] if paper.state in ("yes", "no") else [True, False] for paper in papers]
        return [[(yes, paper.weight) for yes, paper in zip(each, papers, strict=True)] for each in itertools.product(*choices)]

    def _first_word(self, papers: list[Paper]) -> set[bool]:
        states = [paper.state for paper in papers]
        return {True} if "yes" in states else {False} if "no" in states else {True, False}

    def _end(self, rule: Rule, answers: list[tuple[bool, int]]) -> bool:
        yes, weights = sum(yes for yes, _ in answers), sum(weight for _, weight in answers)
        return {
            "percent": yes * 100 >= rule.threshold * len(answers), "count": yes >= rule.threshold, "any": yes > 0,
            "weighted": sum(weight for yes, weight in answers if yes) * 100 >= rule.threshold * weights,
        }.get(rule.mode, yes == len(answers))
