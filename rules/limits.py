"""Every bound on what one expression, one evaluation or one DMN file may use, named in one place.

They keep a hostile or mistaken expression from eating the machine: each is far above what an honest rule needs, and
passing one is a `LimitExceeded`, never a hang, never a crash.
"""

import threading

from kesu.rules.errors import LimitExceeded

EXPRESSION_LENGTH = 20_000  # characters of one expression
NESTING = 100  # levels of brackets and operators in one expression
LINKS = 150  # paths, filters, calls and comparisons one after the other; additions and the like may be more
CALL_DEPTH = 40  # FEEL functions calling FEEL functions
STEPS = 300_000  # loop turns, function calls and elements touched in one evaluation
LIST_SIZE = 100_000  # elements of any list
STRING_SIZE = 200_000  # characters of any string
VALUE_DEPTH = 60  # lists and contexts inside one another
VALUE_ITEMS = 500_000  # elements of all values handed in together
NUMBER_DIGITS = 34  # decimal128, as the standard asks
PATTERN_LENGTH = 2_000  # characters of a regular expression
PATTERN_SIZE = 5_000  # instructions of a regular expression once counted repeats are written out
PATTERN_STEPS = 500_000  # steps of matching one regular expression
XML_SIZE = 10_000_000  # bytes of a DMN file
XML_DEPTH = 100  # elements inside one another
RULES = 5_000  # rules of one decision table
CONSTANT_STEPS = 500  # steps for evaluating a constant ahead of time; what needs more is left for later
CHECKED_PARTS = 150_000  # parts of a table looked at for gaps before the check says it stops
CHECKED_SEGMENTS = 20_000  # values of one column that are told apart when a table is checked
CHECKED_BITS = 500_000_000  # segments times rules of all columns, which the check holds as bits
CHECKED_ANSWERS = 100_000  # times that the check asks a cell which cannot be told from its text

_current = threading.local()


class Budget:
    """What one evaluation may still spend. Inside `with budget:` it is also what `charge` takes from."""

    __slots__ = ("before", "depth", "left")

    def __init__(self, steps: int = STEPS) -> None:
        self.left = steps
        self.depth = 0

    def __enter__(self) -> None:
        self.before = getattr(_current, "budget", None)
        _current.budget = self

    def __exit__(self, *_: object) -> None:
        _current.budget = self.before

    def spend(self, steps: int = 1) -> None:
        """Take `steps` off; raises LimitExceeded when none are left."""
        self.left -= steps
        if self.left < 0:
            raise LimitExceeded(f"the evaluation needs more than {STEPS:,} steps")

    def enter(self) -> None:
        """Go one function call deeper; raises LimitExceeded beyond CALL_DEPTH."""
        self.depth += 1
        if self.depth > CALL_DEPTH:
            raise LimitExceeded(f"functions call one another more than {CALL_DEPTH} deep")

    def leave(self) -> None:
        """Come back from a function call."""
        self.depth -= 1


def charge(steps: int) -> None:
    """Take steps off the evaluation going on in this thread: for work whose size the values know."""
    budget = current()
    if budget is not None:
        budget.spend(steps)


def charge_text(characters: int) -> None:
    """Take off what reading or writing so many characters costs, and so bound the memory of texts."""
    charge(characters >> 6)


def current() -> Budget | None:
    """Return what the evaluation going on in this thread may still spend; None between evaluations."""
    return getattr(_current, "budget", None)


def check_list(size: int) -> None:
    """Raise LimitExceeded if a list of this size is too long."""
    if size > LIST_SIZE:
        raise LimitExceeded(f"a list would have {size} elements, more than {LIST_SIZE}")


def check_string(size: int) -> None:
    """Raise LimitExceeded if a string of this size is too long."""
    if size > STRING_SIZE:
        raise LimitExceeded(f"a string would have {size} characters, more than {STRING_SIZE}")
