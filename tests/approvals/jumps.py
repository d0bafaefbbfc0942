"""The reference for a jump ahead: where a token may be put, what is given up with it, and who is passed over.

Told from `docs/approvals.md`, over the blocks of the diagram; shares nothing with the engine.
"""

from collections.abc import Iterator
from itertools import pairwise

from tests.engine.spiff.token_game import Record, Term


def ahead(root: Record, number: int) -> set[str]:
    """The tasks, and services, that an open task's token can be moved to with certainty."""
    return {name for _, terms in _offers(_way(root, number)) for term in terms for name in _enterable(term)}


def jump(root: Record, number: int, target: str, c: int) -> list[str]:
    """Move the token there; return the tasks that are given up or passed over."""
    way = _way(root, number)
    outer, terms = next((outer, terms) for outer, terms in _offers(way) if any(target in _enterable(term) for term in terms))
    inner = way[way.index(outer) - 1]
    index = next(index for index, term in enumerate(terms) if target in _enterable(term))
    skipped = [*_rest(inner), *(_way_back(inner) if outer.term.kind == "redo" else []), *_leave(inner)]
    skipped += [name for term in terms[:index] for name in _inside(term)] + _before(terms[index], target)
    if outer.term.kind in ("seq", "turn"):
        outer.parts += [*[_not_begun(term) for term in terms[:index]], _arrive(terms[index], target, c)]
    else:
        outer.kept += outer.parts
        outer.parts = [_arrive(terms[index], target, c)]
    return skipped


def _way(record: Record, number: int) -> list[Record]:
    """An open task and every block around it, from the inside out."""
    if record.number == number:
        return [record]
    for part in record.live():
        found = _way(part, number)
        if found:
            return [*found, record]
    return []


def _offers(way: list[Record]) -> Iterator[tuple[Record, list[Term]]]:
    """The blocks around a token with the blocks that it may still come to in each."""
    for inner, outer in pairwise(way):
        if outer.term.kind == "float" and inner in outer.floats:
            return  # such a handler ends by itself
        if outer.term.kind == "seq":
            yield outer, outer.term.parts[len(outer.parts):]
        elif outer.term.kind == "turn" and len(outer.parts) == 1:
            yield outer, outer.term.parts[1:]
        elif outer.term.kind in ("loop", "redo"):
            yield outer, outer.term.parts


def _enterable(term: Term) -> list[str]:
    """The tasks that whoever enters a block comes by: not in one branch of several, not inside an activity."""
    if term.kind == "task":
        return [term.name]
    return [name for part in term.parts for name in _enterable(part)] if term.kind in ("seq", "loop", "turn", "redo") else []


def _inside(term: Term) -> list[str]:
    """Every task of a block that has not begun, handlers of events that have not happened left out."""
    if term.kind == "task":
        return [term.name]
    parts = term.parts[:1] if term.kind in ("bound", "float", "esub", "nsub", "turn") else term.parts
    return [name for part in parts for name in _inside(part)]


def _before(term: Term, target: str) -> list[str]:
    """The tasks of a block that are passed over on the way to one of it."""
    if term.kind == "task":
        return []
    index = next(index for index, part in enumerate(term.parts) if target in _enterable(part))
    return [name for part in term.parts[:index] for name in _inside(part)] + _before(term.parts[index], target)


def _rest(record: Record) -> list[str]:
    """The tasks that the tokens in a block would still have come to, there."""
    later = record.term.parts[len(record.parts):] if record.term.kind == "seq" and not record.left else []
    if record.term.kind == "redo" and len(record.parts[0].parts) > 1:
        later = record.term.parts  # from the way back a token comes to the body again
    return [name for part in _tokens(record) for name in _rest(part)] + [name for term in later for name in _inside(term)]


def _way_back(turn: Record) -> list[str]:
    """The tasks on the way back of a loop whose turn is left in its body."""
    return _inside(turn.term.parts[1]) if len(turn.parts) == 1 else []


def _leave(record: Record) -> list[str]:
    """Give up every token in a block; what is done in it stays done. Return the tasks that were open."""
    if record.done:
        return []
    names = [record.term.name] if record.open else [name for part in _tokens(record) for name in _leave(part)]
    record.open, record.left = False, True
    return names


def _tokens(record: Record) -> list[Record]:
    """The parts of a block whose tokens go with it: a handler beside an activity stands on its own."""
    return [part for part in record.live() if record.term.kind != "float" or part not in record.floats]


def _arrive(term: Term, target: str, c: int) -> Record:
    record = Record(term, c)
    if term.kind != "task":
        index = next(index for index, part in enumerate(term.parts) if target in _enterable(part))
        record.parts = [*[_not_begun(part) for part in term.parts[:index]], _arrive(term.parts[index], target, c)]
    return record


def _not_begun(term: Term) -> Record:
    record = Record(term, 0)
    record.open, record.left, record.parts = False, True, []
    return record
