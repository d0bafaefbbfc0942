"""A coverage-guided fuzz of FEEL and DMN: inputs that reach new code are kept and changed further.

    .venv/bin/python benchmarks/rules_fuzz.py --seconds 60 --seed 1

Anything but RuleError that comes out is a failure and printed with its input; so is an input that takes longer than two
seconds. New code is seen by tracing the lines of kesu.rules.
"""

import argparse
import random
import sys
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from types import CodeType, FrameType
from typing import Any

from kesu.rules import RuleError, check, evaluate, load_decisions, names, unary_test

NOW = datetime(2026, 3, 2, tzinfo=UTC)
CONTEXT = {"amount": 10, "text": "aaab", "list": [1, "a", None, {"k": [2]}], "ctx": {"a b": 1, "c": {"d": 2}}, "two words": 3}
SEEDS = [
    "amount > 1000 and text = \"quality\"", "for x in 1..3, y in list return x * partial[-1]", "if a then b else c",
    "some x in list satisfies x > 1", "{a: 1, \"b c\": a + 1, f: function(x: number) x ** 2, r: f(3)}.r", "list[item > 1].k[1]",
    "5 in (1, [2..5), > 7, not(3))", "x instance of context<a: list<number>, b: function<string> -> date>", "two words - 1",
    "matches(text, \"^(a|b)*[^c-x]{2,3}\\\\d?$\", \"smix\")", "replace(text, \"(a)(b)?\", \"$2-$1\")", "split(text, \"\\\\s*\")",
    "@\"2026-03-02T10:00:00@Europe/Paris\" + @\"P1DT2H\" - @\"2026-01-01T00:00:00Z\"", "date(\"-0001-02-28\") + @\"P1M\"",
    "sort(list, function(a, b) a < b)", "range(\"[1..@\\\"P1D\\\")\")", "overlaps before([1..5], (3..8])", "number(\"1 000,5\", \" \", \",\")",
    "context put(ctx, [\"c\", \"d\"], now())", "decimal(1 / 3, 2) + modulo(-5, 3) + sqrt(2) + stddev(1, 2, 4)", "> 5, \"a\", [1..3]",
    "not(\"a\", ? > 3)", "-", "flatten(distinct values(union(list, [list])))", "string(ctx) + string(@\"-P1Y2M\")", "{{{", "\"\\uD83D\\uDC0E\"",
    "years and months duration(@\"2020-02-29\", today()).months", "@\"PT1H\" / 3 * 2 between @\"PT0S\" and @\"P1D\"", "] 1 .. 3 [",
    "function(a) external {java: {class: \"x\", method signature: \"y\"}}", "every x in [true, null] satisfies not(x)",
]  # fmt: skip
XML = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n"><itemDefinition name="t">
<typeRef>number</typeRef><allowedValues><text>[0..9]</text></allowedValues></itemDefinition><inputData id="i" name="amount"><variable
name="amount" typeRef="t"/></inputData><decision id="D" name="D"><variable name="D" typeRef="string"/><informationRequirement>
<requiredInput href="#i"/></informationRequirement><decisionTable hitPolicy="PRIORITY"><input id="a"><inputExpression typeRef="number">
<text>amount</text></inputExpression></input><output id="o"><outputValues><text>"x","y"</text></outputValues></output><rule id="r">
<inputEntry id="c"><text>%s</text></inputEntry><outputEntry id="e"><text>%s</text></outputEntry></rule></decisionTable></decision>
</definitions>"""


class Lines:
    """Sees which lines of kesu.rules a call reaches; code that has been reached in full is traced no more."""

    def __init__(self) -> None:
        self.known: set[tuple[CodeType, int]] = set()
        self.left: dict[CodeType, set[int]] = {}
        self.fresh = 0

    def watch(self, frame: FrameType, event: str, _: Any) -> Any:
        """Trace a frame of kesu.rules that still has lines nobody has reached; leave all others alone."""
        code = frame.f_code
        left = self.left.get(code)
        if left is None:
            ours = "/rules/" in code.co_filename
            left = self.left[code] = {line for _, _, line in code.co_lines() if line} if ours else set()
        return self._lines if left else None

    def _lines(self, frame: FrameType, kind: str, _: Any) -> Any:
        left = self.left[frame.f_code]
        if frame.f_lineno in left:
            left.discard(frame.f_lineno)
            self.known.add((frame.f_code, frame.f_lineno))
            self.fresh += 1
        return self._lines

    def is_new(self, call: Callable[[], None]) -> bool:
        """Say whether a call reaches code that none before it did."""
        self.fresh = 0
        sys.settrace(self.watch)
        try:
            call()
        finally:
            sys.settrace(None)
        return self.fresh > 0


def main() -> int:
    """Fuzz for the time asked for; the exit status says whether anything was found."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--seed", type=int, default=0)
    asked = options.parse_args()
    chance, lines, corpus, failures, runs = random.Random(asked.seed), Lines(), list(SEEDS), 0, 0
    for text in SEEDS:
        lines.is_new(lambda text=text: _try(text) and None)
    started, ends = len(lines.known), time.monotonic() + asked.seconds
    while time.monotonic() < ends:
        text, found = _changed(chance, corpus), []
        if lines.is_new(lambda text=text, found=found: found.extend(_try(text))):
            corpus.append(text)
        failures += len(found)
        runs += 1
    print(f"{runs} inputs, {len(corpus)} kept, {len(lines.known)} lines ({started} from the seeds), {failures} failures")
    return 1 if failures else 0


def _try(text: str) -> list[str]:
    began, wrong = time.monotonic(), []
    cell = text.replace("&", "&amp;").replace("<", "&lt;")
    asks: list[Callable[[], Any]] = [
        lambda: evaluate(text, CONTEXT, now=NOW),
        lambda: unary_test(text, 5, CONTEXT, now=NOW),
        lambda: check(text, {"amount": "number", "list": "list<Any>"}),
        lambda: names(text),
    ]
    if len(text) % 5 == 0:  # a whole table costs much more than its cell, so it comes less often
        asks.append(lambda: load_decisions(XML % (cell, cell)).check())
        asks.append(lambda: load_decisions(XML % (cell, cell)).evaluate("D", {"amount": 5}, now=NOW))
    for ask in asks:
        try:
            ask()
        except RuleError:
            pass
        except BaseException:
            wrong.append(traceback.format_exc(limit=-3))
    if time.monotonic() - began > 20:  # tracing makes it about ten times slower than it is
        wrong.append("took too long")
    for one in wrong:
        print(repr(text), one)
    return wrong


def _changed(chance: random.Random, corpus: list[str]) -> str:
    text = chance.choice(corpus)
    for _ in range(chance.randint(1, 3)):
        text = chance.choice(_CHANGES)(chance, text, corpus)
    return text[:400]


def _cut(chance: random.Random, text: str, corpus: list[str]) -> str:
    start = chance.randint(0, len(text))
    return text[:start] + text[start + chance.randint(1, 8) :]


def _splice(chance: random.Random, text: str, corpus: list[str]) -> str:
    other = chance.choice(corpus)
    start = chance.randint(0, len(other))
    at = chance.randint(0, len(text))
    return text[:at] + other[start : start + chance.randint(1, 30)] + text[at:]


def _swap(chance: random.Random, text: str, corpus: list[str]) -> str:
    if not text:
        return text
    at = chance.randrange(len(text))
    return text[:at] + chance.choice("()[]{}<>=!+-*/.,:?@\"\\ \n019aTPZé🐎\x00\u200b") + text[at + 1 :]


def _nest(chance: random.Random, text: str, corpus: list[str]) -> str:
    return chance.choice(["({})", "[{}]", "not({})", "-({})", "{{a: {}}}.a", "({})[1]", "string({})", "for i in {} return i"]).format(text)


_CHANGES = (_cut, _splice, _splice, _swap, _nest)

if __name__ == "__main__":
    sys.exit(main())
