"""A call with names is bound by them: to the overload that has them, in the order written."""

import pytest

from kesu.rules import check, evaluate
from kesu.rules.feel.builtins import BUILTINS

TRUE = """
before(point: 1, range: [5..10])
not(before(point: 11, range: [5..10]))
before(range: [5..10], point: 11)
not(before(range: [5..10], point: 1))
before(point1: 1, point2: 2)
not(before(point2: 1, point1: 2))
before(range1: [1..2], range2: [3..4])
before(range2: [3..4], range1: [1..2])
after(point: 11, range: [5..10])
after(range: [5..10], point: 1)
not(after(range: [5..10], point: 11))
not(after(point2: 2, point1: 1))
finishes(range: [5..10], point: 10)
finished by(point: 10, range: [5..10])
includes(point: 7, range: [5..10])
includes(range2: [6..7], range1: [5..10])
during(range: [5..10], point: 7)
starts(range: [5..10], point: 5)
started by(point: 5, range: [5..10])
coincides(point2: 5, point1: 5)
meets(range2: [5..6], range1: [1..5])
met by(range1: [5..6], range2: [1..5])
overlaps before(range2: [4..8], range1: [1..5])
overlaps after(range1: [4..8], range2: [1..5])
date(day: 2, year: 2026, month: 3) = @"2026-03-02"
date(from: "2026-03-02") = @"2026-03-02"
time(second: 1, minute: 2, hour: 3) = @"03:02:01"
time(hour: 1, minute: 2, second: 3, offset: @"PT1H") = @"01:02:03+01:00"
date and time(time: @"01:00:00", date: @"2026-03-02") = @"2026-03-02T01:00:00"
number(decimal separator: ",", grouping separator: ".", from: "1.000,5") = 1000.5
substring(length: 2, start position: 2, string: "foobar") = "oo"
substring(start position: 4, string: "foobar") = "bar"
matches(pattern: "O", flags: "i", input: "foo")
replace(replacement: "x", pattern: "o", input: "foo") = "fxx"
split(delimiter: ";", string: "a;b") = ["a", "b"]
string join(delimiter: "-", list: ["a", "b"]) = "a-b"
string join(list: ["a", "b"]) = "ab"
sort(precedes: function(a, b) a > b, list: [1, 3, 2]) = [3, 2, 1]
sort(list: [3, 2]) = [2, 3]
min(list: [2, 1]) = 1
max(c1: 1, c2: 3, c3: 2) = 3
sum(n2: 2, n1: 1) = 3
all(b1: true, b2: false) = false
append(item: 3, list: [1]) = [1, 3]
append(list: [1], item1: 2, item2: 3) = [1, 2, 3]
concatenate(list2: [2], list1: [1]) = [1, 2]
union(list1: [1], list2: [1, 2]) = [1, 2]
sublist(length: 1, start position: 2, list: [1, 2, 3]) = [2]
insert before(newItem: 0, position: 1, list: [1]) = [0, 1]
list replace(newItem: 0, match: function(item, newItem) item = 2, list: [1, 2]) = [1, 0]
list replace(newItem: 0, position: 1, list: [1, 2]) = [0, 2]
get value(key: "a", m: {a: 1}) = 1
context put(keys: ["a", "b"], value: 1, context: {}) = {a: {b: 1}}
context put(value: 1, key: "a", context: {}) = {a: 1}
is(value2: 1, value1: 1)
is(value1: null)
is(value1: 1) = false
list contains(list: [1, null])
{f: before, r: f(range: [5..10], point: 1)}.r = false
{f: before, r: f(point: 1, range: [5..10])}.r
""".strip()

NULL = """
before(point: 11, span: [5..10])
before(point: [1..2], range: [5..10])
substring(string: "foobar")
substring(text: "foobar", start position: 1)
sum(n1: 1, n3: 2)
sum(n0: 1)
sum(n1: 1, n01: 2)
append(list: [1], item1: 2, item1000000000000: 3)
max(c: 1)
date(year: 2026, month: 3)
min(list: [1], more: 2)
count(list: [1], list: [2])
{f: before, r: f(point: 1, other: [5..10])}.r
""".strip()


@pytest.mark.parametrize("line", TRUE.splitlines())
def test_arguments_are_bound_by_their_names(line):
    assert evaluate(line, {}) is True


@pytest.mark.parametrize("line", NULL.splitlines())
def test_a_name_that_is_none_of_the_function_makes_the_call_null(line):
    assert evaluate(line, {}) is None


@pytest.mark.parametrize("line", [line for line in NULL.splitlines() if "{f:" not in line])
def test_and_the_check_says_so(line):
    assert {problem.rule for problem in check(line, {})} & {"arguments", "type"}


@pytest.mark.parametrize("name", sorted(BUILTINS))
def test_every_signature_is_called_by_its_names_as_by_position(name):
    for signature in BUILTINS[name].signatures:
        names = [f"{one.name}1" if one.numbered else one.name for one in signature.parameters]
        found = BUILTINS[name].candidates(names)
        assert any(one is signature and places == list(range(len(names))) for one, places in found)
