"""How fast FEEL and DMN are, beside Python's own eval and, where it can run them, beside bkflow-feel.

    .venv/bin/python benchmarks/rules_speed.py [--bkflow /path/to/a/venv/bin/python]

bkflow-feel is no dependency: it is asked in a virtual environment of its own, which the caller has made. Processor time is
measured and the best of several rounds counts, since others may be using the machine. Targets: 100,000 evaluations a second of
a condition once compiled, 2 ms to compile a typical expression, 3 ms for a table of 500 rules and 5 inputs.
"""

import argparse
import json
import subprocess
import time
from collections.abc import Callable
from datetime import date

from kesu.rules import evaluate, load_decisions
from kesu.rules.feel import expressions
from kesu.rules.feel.parser import parse

CONTEXT = {"amount": 2000, "category": "quality", "grade": "major", "items": [1, 2, 3]}
CASES = {
    'amount > 1000 and category = "quality"': "amount > 1000 and category == 'quality'",
    "amount * 2 + 1": "amount * 2 + 1",
    'if amount > 1000 then "a" else "b"': "'a' if amount > 1000 else 'b'",
    "amount between 1 and 3000": "1 <= amount <= 3000",
    "some i in items satisfies i > 2": "any(i > 2 for i in items)",
    "items[item > 1]": "[i for i in items if i > 1]",
    "for i in items return i * 2": "[i * 2 for i in items]",
    "sum(items)": "sum(items)",
    'date("2026-01-01") < date("2026-03-02")': "date(2026, 1, 1) < date(2026, 3, 2)",
}
TYPICAL = 'if amount > 1000 and list contains(["major", "urgent"], grade) then sum(items) * 1.13 else {a: amount, d: date("2026-03-02")}'
ASK_BKFLOW = """
import json, sys, time
from bkflow_feel.api import parse_expression
context, cases = json.loads(sys.stdin.read())
told = {}
for text in cases:
    try:
        parse_expression(text, context)
        best = 9.0
        for _ in range(5):
            began = time.process_time()
            for _ in range(20):
                parse_expression(text, context)
            best = min(best, (time.process_time() - began) / 20)
        told[text] = best if parse_expression(text, context) is not None else None
    except Exception:
        told[text] = None
print("TOLD" + json.dumps(told))
"""


def main() -> None:
    """Print a table of expressions, then compiling and a large table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--bkflow", help="the Python of a virtual environment that has bkflow-feel")
    other = _ask_bkflow(options.parse_args().bkflow)
    print(f"{'expression':42} {'a second':>10} {'of eval':>8} {'bkflow-feel':>12}")
    for text, python in CASES.items():
        ours, theirs = _best(lambda text=text: evaluate(text, CONTEXT), 3000), _best(_eval(python), 3000)
        beside = f"{other[text] / ours:.0f} times" if other.get(text) else "cannot" if other else "-"
        print(f"{text:42} {1 / ours:>10,.0f} {theirs / ours:>8.2f} {beside:>12}")
    print(f"compile, condition        {_best(lambda: _compile(next(iter(CASES))), 50) * 1e3:.3f} ms")
    print(f"compile, typical          {_best(lambda: _compile(TYPICAL), 50) * 1e3:.3f} ms")
    xml, context = large_table(500)
    began = time.process_time()
    decisions = load_decisions(xml)
    print(f"load 500 rules x 5        {(time.process_time() - began) * 1e3:.0f} ms")
    print(f"evaluate 500 rules x 5    {_best(lambda: decisions.evaluate('T', context), 30) * 1e3:.3f} ms")
    began = time.process_time()
    decisions.check()
    print(f"check 500 rules x 5       {(time.process_time() - began) * 1e3:.0f} ms")


def measure(_bench: object) -> dict[str, float]:
    """Return the same as flat figures, without the peer."""
    condition = next(iter(CASES))
    xml, context = large_table(500)
    decisions = load_decisions(xml)
    figures = {
        "feel_evaluations_a_second": 1 / _best(lambda: evaluate(condition, CONTEXT), 1000),
        "feel_compile_typical_ms": _best(lambda: _compile(TYPICAL), 20) * 1e3,
        "table_500_rules_ms": _best(lambda: decisions.evaluate("T", context), 10) * 1e3,
    }
    return {key: float(f"{value:.4g}") for key, value in figures.items()}


def large_table(size: int) -> tuple[str, dict[str, object]]:
    """Return a DMN file with a table of so many rules and five inputs, and a context that the last rule matches."""
    names = {"amount": "number", "category": "string", "days": "number", "grade": "string", "kind": "string"}
    clauses = "".join(f'<input id="i{n}"><inputExpression typeRef="{t}"><text>{n}</text></inputExpression></input>' for n, t in names.items())
    rules = "".join(_rule(number) for number in range(size))
    xml = (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n"><decision id="T" name="T">'
        f'<decisionTable hitPolicy="UNIQUE">{clauses}<output id="o" name="o" typeRef="number"/>{rules}</decisionTable></decision></definitions>'
    )
    last = size - 1
    return xml, {"amount": last * 10 + 5, "category": f"c{last % 7}", "days": 4, "grade": "major", "kind": "y"}


def _rule(number: int) -> str:
    cells = (f"[{number * 10}..{number * 10 + 10})", f'"c{number % 7}","c{(number + 1) % 7}"', f"&gt;= {number % 5}", "-", 'not("x")')
    entries = "".join(f'<inputEntry id="r{number}c{place}"><text>{cell}</text></inputEntry>' for place, cell in enumerate(cells))
    return f'<rule id="r{number}">{entries}<outputEntry id="r{number}o"><text>{number}</text></outputEntry></rule>'


def _eval(python: str) -> Callable[[], object]:
    code = compile(python, "", "eval")
    return lambda: eval(code, {"date": date, **CONTEXT})


def _compile(text: str) -> None:
    expressions.compile_tree(parse(text))


def _best(call: Callable[[], object], times: int) -> float:
    best = 9.0
    for _ in range(7):
        began = time.process_time()
        for _ in range(times):
            call()
        best = min(best, (time.process_time() - began) / times)
    return best


def _ask_bkflow(python: str | None) -> dict[str, float | None]:
    if python is None:
        return {}
    asked = json.dumps([CONTEXT, list(CASES)])
    told = subprocess.run([python, "-c", ASK_BKFLOW], input=asked, capture_output=True, text=True, check=True)
    return json.loads(told.stdout.rpartition("TOLD")[2])  # type: ignore[no-any-return]


if __name__ == "__main__":
    main()
