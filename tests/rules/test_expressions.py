"""What FEEL says: every line is true, is false, or is unknown (null)."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

from kesu.rules import RuleError, YearMonthDuration, evaluate

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

TRUE = """
1 + 2 * 3 = 7
-3 ** 2 = 9
2 ** 3 ** 2 = 64
10 / 4 = 2.5
1 / 3 * 3 = 0.9999999999999999999999999999999999
.5 + 1.5e1 = 15.5
"a" + "b" = "ab"
"\\u00e9\\U01F40E" = "é🐎"
5 between 1 and 10
5 in (1, > 4)
5 in [1..5]
not(5 in (1..5))
5 in (1..5[ = false
"b" in ["a".."c"]
10 in !=11
null = null
not(1 = 2)
if null then false else true
some x in [1, 2, 3] satisfies x > 2
every x in [] satisfies false
(some x in [null, true] satisfies x) and true
for i in 1..3 return i * i = [1, 4, 9][i]
(for i in 3..1 return i) = [3, 2, 1]
(for x in [1, 2], y in [x..2] return x * y) = [1, 2, 4]
(for i in 0..4 return if i = 0 then 1 else i * partial[-1])[-1] = 24
(for d in @"2026-02-27"..@"2026-03-01" return d.day) = [27, 28, 1]
[1, 2, 3][item >= 2] = [2, 3]
[{a: 1, b: 2}, {a: 2}][a = 2] = [{a: 2}]
[{a: 1}, {a: 2}].a = [1, 2]
[1, 2, 3][-1] = 3
[1, null, 3][item > 1] = [3]
"only"[1] = "only"
{a: 1, b: a + 1}.b = 2
{"two words": 1, c: two words + 1}.c = 2
{a: 1, b: 2} = {b: 2, a: 1}
(function(x, y) x - y)(y: 1, x: 3) = 2
{double: function(x: number) x * 2, r: double(4)}.r = 8
sort([3, 1, 2], function(x, y) x > y) = [3, 2, 1]
[1, "a"] instance of list<Any>
{a: 1} instance of context<a: number>
(function(a: number) a) instance of function<number> -> number
[1..2] instance of range<number>
@"2026-03-02" + @"P1M" = @"2026-04-02"
@"2026-01-31" + @"P1M" = @"2026-02-28"
@"2026-03-02" - @"2026-03-01" = @"P1D"
@"2026-03-02T10:00:00" + @"PT36H" = @"2026-03-03T22:00:00"
@"2026-03-29T01:30:00@Europe/Paris" + @"PT1H" = @"2026-03-29T03:30:00@Europe/Paris"
@"2026-03-29T12:00:00@Europe/Paris" - @"2026-03-28T12:00:00@Europe/Paris" = @"PT23H"
time("23:59:00z") + duration("PT2M") = time("00:01:00@Etc/UTC")
@"10:00:00" - @"09:30:00" = @"PT30M"
@"P1Y" * 2 = @"P2Y"
@"P1D" / @"PT12H" = 2
@"2026-03-02T12:00:00+08:00" = @"2026-03-02T04:00:00Z"
@"2026-03-02" < @"2026-03-02T00:00:01Z"
date(2026, 3, 2).weekday = 1
@"2026-03-02T12:00:00+08:00".time offset = @"PT8H"
@"2026-03-02T12:00:00@Asia/Shanghai".timezone = "Asia/Shanghai"
@"-P3DT4H5M6.5S".seconds = -6.5
@"P26M".years = 2
[1..5).end included = false
string(date("999999999-12-31")) = "999999999-12-31"
date("-0001-01-01") + @"P1D" = date("-0001-01-02")
date("10000-01-01") - date("9999-12-31") = @"P1D"
date("9999-12-31") + @"P1D" = date("10000-01-01")
years and months duration(date("2011-12-22"), date("2013-08-24")) = duration("P1Y8M")
now() = @"2026-03-02T09:30:00Z"
today() = @"2026-03-02"
is(@"23:00:50z", @"23:00:50+00:00")
not(is(@"23:00:50z", @"23:00:50"))
abs(@"-PT5H") = @"PT5H"
decimal(1/3, 2) = .33
decimal(2.5, 0) = 2
floor(-1.56, 1) = -1.6
round half up(-1.126, 2) = -1.13
round half down(5.5, 0) = 5
modulo(-10.1, 4.5) = 3.4
stddev(2, 4, 7, 5) = 2.081665999466132735282297706979931
mode([6, 1, 9, 6, 1]) = [1, 6]
median([6, 1, 2, 3]) = 2.5
sum([@"PT1H", @"PT2H"]) = @"PT3H"
max("a", "c", "b") = "c"
all([true, true]) and any([false, true])
substring("foobar", -2, 1) = "a"
substring after("foobar", "ob") = "ar"
replace("abcd", "(ab)|(a)", "[1=$1][2=$2]") = "[1=ab][2=]cd"
split("a;b;;", ";") = ["a", "b", "", ""]
string join(["a", null, "c"], "X") = "aXc"
contains(["foobar"], "of") = false
number("1 000,5", " ", ",") = 1000.5
string([1, "a", {b: @"P1D"}]) = "[1, \\"a\\", {b: P1D}]"
list replace([2, 4, 7, 8], function(item, newItem) item < newItem, 5) = [5, 5, 7, 8]
context put({x: 1, y: {a: 0}}, ["y", "a"], 2) = {x: 1, y: {a: 2}}
context merge([{x: 1, y: 0}, {y: 2}]) = {x: 1, y: 2}
get entries({a: 1}) = [{key: "a", value: 1}]
distinct values([1, 1.0, "1", [1], [1]]) = [1, "1", [1]]
range("[1..3)") = [1..3)
week of year(date(2005, 1, 1)) = 53
1 + /* inside */ 2 // and after
 = 3
""".strip().replace("\n =", " =").replace("// and after", "")

UNKNOWN = """
1 + "a"
10 / 0
"a" - "b"
true < false
1 < "a"
1 = "1"
@"P1Y" = @"P365D"
nobody.knows
[1, 2][3]
[][1]
null[1]
[1, 2]["text"]
true and null
not(1)
if "text" then 1 else 2
{a: 1, a: 2}
5 in [1..null]
odd(number: 1, more: 2)
count()
date("2026-02-30")
date("26-02-01")
time("24:00:00")
sqrt(-1)
1e6000 * 1e6000
(-8) ** 0.5
sum([])
max([])
substring("abc", 0)
matches("a", "(")
(function(a: string) a)(1)
@"2026-03-02" - @"2026-03-01T00:00:00"
get value({a: 1}, "b")
context([{key: "a"}])
-"10"
for x in null return x
""".strip()


@pytest.mark.parametrize("line", TRUE.splitlines())
def test_it_is_true_that(line):
    if line.startswith("for i in 1..3"):
        assert evaluate(line, {}, now=NOW) == [True, True, True]
    else:
        assert evaluate(line, {}, now=NOW) is True


@pytest.mark.parametrize("line", UNKNOWN.splitlines())
def test_it_is_unknown_what_is(line):
    assert evaluate(line, {}) is None


def test_values_come_out_as_plain_python():
    text = '[1.5, "a", @"2026-03-02", @"09:00:00", @"2026-03-02T09:00:00Z", @"PT24H", @"P14M", {a: null}]'
    expected = [
        Decimal("1.5"), "a", date(2026, 3, 2), time(9), datetime(2026, 3, 2, 9, tzinfo=UTC),
        timedelta(days=1), YearMonthDuration(14), {"a": None},
    ]  # fmt: skip
    assert evaluate(text, {}) == expected


def test_a_leading_equals_sign_is_ignored():
    assert evaluate("= amount + 1", {"amount": 1}) == 2
    assert evaluate("=amount", {"amount": "x"}) == "x"


def test_a_variable_may_have_the_name_of_a_builtin():
    assert evaluate("count + count([1, 2])", {"count": 3}) == 5


def test_now_is_what_was_told_else_one_moment_of_the_machine():
    assert evaluate("now()", {}, now=datetime(2026, 3, 2, tzinfo=UTC)) == datetime(2026, 3, 2, tzinfo=UTC)
    first, second = evaluate("[now(), now()]", {})
    assert first == second


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [("1 +", 1, 4), ("(1", 1, 3), ('"open', 1, 1), ("if a then b", 1, 12), ("1 +\n  * 2", 2, 3), ("a b", 1, 3), ("{a 1}", 1, 5)],
)
def test_a_mistake_is_told_with_its_place(text, line, column):
    with pytest.raises(RuleError) as told:
        evaluate(text, {})
    assert (told.value.problem.line, told.value.problem.column) == (line, column)


def test_an_unknown_type_is_refused():
    with pytest.raises(RuleError, match="no type named"):
        evaluate("1 instance of nonsense", {})


def test_java_is_not_called():
    text = 'function(x) external {java: {class: "java.lang.System", method signature: "exit(int)"}}'
    with pytest.raises(RuleError, match="external"):
        evaluate(f"({text})(1)", {})
