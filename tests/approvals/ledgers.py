"""The reference for people: one round's ballots, told from the words of `docs/approvals.md`, sharing nothing with the engine.

Whether a round is decided is found by brute force: it is when every way to fill the open ballots ends the same.
"""

import itertools
from dataclasses import dataclass


@dataclass
class Paper:
    """One person's ballot."""

    who: str
    part: str = "main"
    state: str = "open"
    waits_for: tuple[str, ...] = ()
    by: str = ""


class Ledger:
    """A round: a plain task has one paper once somebody was asked beside its owner."""

    def __init__(self, mode: str | None) -> None:
        self.mode = mode
        self.owner: str | None = None
        self.papers: list[Paper] = [Paper(who) for who in ("p1", "p2", "p3")] if mode else []
        if mode == "in_turn":
            for paper in self.papers[1:]:
                paper.state = "waiting"

    def seat(self, owner: str) -> Paper:
        """Return this person's paper; a plain task becomes a round of its owner's."""
        if not self.papers:
            self.papers, self.owner = [Paper(owner)], owner
        return self.of(owner)

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
        self.papers[at:at] = [Paper(who, part, "waiting" if self.mode == "in_turn" else "open", by=owner) for who in people]
        self.turn()

    def delegate(self, owner: str, to: str) -> None:
        own = self.seat(owner)
        self.papers = [paper for paper in self.papers if paper.who != to]
        own.state, own.waits_for = "waiting", (to,)
        self.papers.append(Paper(to, "opinion", by=owner))

    def remove(self, who: str) -> None:
        self.of(who).state = "void"
        self.turn()

    def hand_on(self, owner: str, to: str) -> None:
        for paper in self.papers:
            paper.waits_for = tuple(to if who == owner else who for who in paper.waits_for)
        self.of(owner).who = to

    def turn(self) -> None:
        """Whoever nothing stands before any more is asked."""
        for paper in self.papers:
            if paper.state != "waiting":
                continue
            held = any(other.who in paper.waits_for and other.state in ("open", "waiting") for other in self.papers)
            earlier = self.counted()[: self.counted().index(paper)] if paper in self.counted() else []
            in_turn = self.mode == "in_turn" and any(other.state in ("open", "waiting") for other in earlier)
            if not held and not in_turn:
                paper.state = "open"

    def decided(self) -> bool | None:
        """Return whether the round has passed; None while it can still end either way, or an `after` is to be heard."""
        papers = self.counted()
        if not papers:
            return None
        ends = {self._end(filling) for filling in self._fillings(papers)}
        if self.mode == "any":
            ends = self._any(papers)
        if ends == {True} and any(paper.part == "after" and paper.state in ("open", "waiting") for paper in papers):
            return None
        return ends.pop() if len(ends) == 1 else None

    def _fillings(self, papers: list[Paper]) -> list[list[bool]]:
        choices = [[paper.state == "yes"] if paper.state in ("yes", "no") else [True, False] for paper in papers]
        return [list(each) for each in itertools.product(*choices)]

    def _any(self, papers: list[Paper]) -> set[bool]:
        states = [paper.state for paper in papers]
        return {True} if "yes" in states else {False} if "no" in states else {True, False}

    def _end(self, answers: list[bool]) -> bool:
        if self.mode == "percent":
            return sum(answers) * 100 >= 60 * len(answers)
        if self.mode == "count":
            return sum(answers) >= 2
        return all(answers)
