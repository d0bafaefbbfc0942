"""Tokens to tree: precedence climbing by hand, one method a construct of the standard's grammar.

From loosest to tightest: or, and, comparison (with between and in), + -, * /, **, unary minus, instance of, and the
suffixes path, filter and call. That the minus binds tighter than ** is the standard's, not a slip.
"""

from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import lru_cache

from kesu.rules.feel.builtins import MULTIWORD_NAMES
from kesu.rules.feel.lexer import unquote
from kesu.rules.feel.names import KEYWORDS, NameTable
from kesu.rules.feel.tree import (
    Arithmetic,
    Between,
    Call,
    Comparison,
    Filter,
    In,
    InstanceOf,
    Junction,
    ListLiteral,
    Literal,
    Name,
    Negation,
    Node,
    Operation,
    Path,
    RangeLiteral,
    UnaryRange,
    UnaryTests,
)
from kesu.rules.feel.unary_reading import COMPARISONS, SUM, UnaryTestReader
from kesu.rules.limits import LINKS

_MINUS, _SUFFIX = 7, 9
_POWERS = {
    "or": 1, "and": 2, "between": 3, "in": 3, "=": 3, "!=": 3, "<": 3, "<=": 3, ">": 3, ">=": 3,
    "+": SUM, "-": SUM, "*": 5, "/": 5, "**": 6, "instance": 8, ".": _SUFFIX, "[": _SUFFIX, "(": _SUFFIX,
}  # fmt: skip
_CONSTANTS = {"true": True, "false": False, "null": None}
_PROPERTIES = ("start included", "end included", "time offset")


def parse(text: str, names: Iterable[str] = (), *, lenient: bool = False) -> Node:
    """Read an expression, with the names of several words that are known in it; raises FeelSyntaxError."""
    return _Parser(text, _table(names), lenient).whole(_Parser.expression)


def parse_unary_tests(text: str, names: Iterable[str] = (), *, lenient: bool = False) -> UnaryTests:
    """Read the unary tests of a cell of a decision table; raises FeelSyntaxError."""
    node = _Parser(text, _table(names), lenient).whole(_Parser.unary_tests)
    assert isinstance(node, UnaryTests)
    return node


def _table(names: Iterable[str]) -> NameTable:
    return NameTable((), _declared(frozenset(names)))


@lru_cache(maxsize=256)
def _declared(names: frozenset[str]) -> NameTable:
    return NameTable([*MULTIWORD_NAMES, *_PROPERTIES, *names])


class _Parser(UnaryTestReader):
    def whole(self, rule: "Callable[[_Parser], Node]") -> Node:
        node = rule(self)
        if self.token.kind != "end":
            raise self.error(self._left_over())
        return node

    def _left_over(self) -> str:
        before = self.tokens[self.index - 1]
        if before.kind == "word" and self.token.kind in ("word", "number"):
            return f"expected an operator between {before.text!r} and {self.token.text!r}; no such name is known"
        return f"expected an operator or the end of the expression, but found {self.found()}"

    def expression(self, power: int = 0) -> Node:
        self.deeper()
        node = self.continued(self._prefix(), power)
        self.depth -= 1
        return node

    def continued(self, left: Node, power: int) -> Node:
        links = 0
        while self.token.kind in ("symbol", "word"):
            operator = self.token.text
            strength = _POWERS.get(operator, 0)
            if strength <= power or (operator == "[" and not self._filter_follows()):
                break
            links += 1
            if links > LINKS:
                raise self.error(f"more than {LINKS} of . [ ] ( ) or comparisons follow one another", rule="limit")
            left = self._infix(left, operator, strength)
        return left

    def _infix(self, left: Node, operator: str, strength: int) -> Node:
        at = self.advance().start
        if operator in COMPARISONS:
            return Comparison(at, operator, left, self.expression(strength))
        if strength in (4, 5, 6):
            return self._arithmetic(at, operator, left, strength)
        if strength < 3:
            return self._junction(at, operator, left, strength)
        return _OTHER_INFIX[operator](self, at, left)

    def _arithmetic(self, at: int, operator: str, left: Node, strength: int) -> Node:
        rest = [Operation(at, operator, self.expression(strength))]
        while self.token.kind == "symbol" and _POWERS.get(self.token.text) == strength:
            token = self.advance()
            rest.append(Operation(token.start, token.text, self.expression(strength)))
        return Arithmetic(at, left, tuple(rest))

    def _junction(self, at: int, operator: str, left: Node, strength: int) -> Node:
        operands = [left, self.expression(strength)]
        while self.accept(operator):
            operands.append(self.expression(strength))
        return Junction(at, operator, tuple(operands))

    def _between(self, at: int, value: Node) -> Node:
        low = self.expression(SUM - 1)
        self.expect("and")
        return Between(at, value, low, self.expression(SUM - 1))

    def _in(self, at: int, value: Node) -> Node:
        if not self.at("("):
            return In(at, value, (self._unary_or_sum(),))
        opening = self.advance()
        first = self._test()
        if self.at(".."):
            return In(at, value, (self.continued(self._range(opening.start, first, False), SUM - 1),))
        tests = [first]
        while self.accept(","):
            tests.append(self._test())
        self.expect(")")
        if len(tests) == 1:
            tests = [self.continued(first, SUM - 1)]
        return In(at, value, tuple(tests))

    def _instance_of(self, at: int, value: Node) -> Node:
        self.expect("of")
        return InstanceOf(at, value, self.type())

    def _path(self, at: int, source: Node) -> Node:
        return Path(at, source, self.property_name())

    def _filter(self, at: int, source: Node) -> Node:
        condition = self._test()
        self.expect("]")
        if isinstance(condition, UnaryRange):  # [> 1] is [item > 1]
            condition = In(condition.at, Name(condition.at, "item"), (condition,))
        return Filter(at, source, condition)

    def _filter_follows(self) -> bool:
        after = self.ahead()
        if after.kind == "word":
            return after.text not in KEYWORDS or after.text in _CONSTANTS or after.text in _WORD_PREFIX or after.text == "not"
        return (
            after.kind in ("number", "string", "name")
            or after.text in ("(", "[", "{", "-", "@")
            or (after.text in COMPARISONS and not self.ends_range)
        )

    def _call(self, at: int, function: Node) -> Node:
        arguments: list[Node] = []
        names: list[str] = []
        by_name = self.name_before(":")
        while not self.accept(")"):
            if by_name:
                names.append(self.declared_name(":"))
                self.expect(":")
            arguments.append(self._test())
            if not self.at(")"):
                self.expect(",")
        return Call(at, function, tuple(arguments), tuple(names) if by_name else None)

    def _prefix(self) -> Node:
        token = self.token
        if token.kind == "number":
            self.advance()
            return Literal(token.start, Decimal(token.text))
        if token.kind == "string":
            self.advance()
            return Literal(token.start, unquote(token, self.text))
        if token.kind == "word":
            return self._word()
        if token.kind == "name":
            return Name(token.start, self.advance().text[1:-1])
        if token.text in _SYMBOL_PREFIX and token.kind == "symbol":
            self.advance()
            return _SYMBOL_PREFIX[token.text](self, token.start)
        raise self.error(f"expected a value, but found {self.found()}")

    def _word(self) -> Node:
        token = self.token
        known = self.known_name()
        if known is not None:
            return Name(token.start, known)
        if token.text in _CONSTANTS:
            self.advance()
            return Literal(token.start, _CONSTANTS[token.text])
        if token.text in _WORD_PREFIX and not (token.text == "function" and self.ahead().text != "("):
            self.advance()
            return _WORD_PREFIX[token.text](self, token.start)
        if token.text in KEYWORDS and token.text != "not":
            raise self.error(f"expected a value, but found the keyword {token.text!r}")
        return Name(token.start, self.variable_name())

    def _negation(self, at: int) -> Node:
        return Negation(at, self.expression(_MINUS))

    def _parenthesis(self, at: int) -> Node:
        node = self._test()
        if self.at("..") and not isinstance(node, UnaryRange):
            return self._range(at, node, False)
        self.expect(")")
        return node

    def _bracket(self, at: int) -> Node:
        if self.accept("]"):
            return ListLiteral(at, ())
        first = self._test()
        if self.at(".."):
            return self._range(at, first, True)
        items = [first]
        while self.accept(","):
            items.append(self._test())
        self.expect("]")
        return ListLiteral(at, tuple(items))

    def _reversed_bracket(self, at: int) -> Node:
        return self._range(at, self.expression(), False)

    def _range(self, at: int, start: Node, start_included: bool) -> Node:
        self.expect("..")
        before, self.ends_range = self.ends_range, True
        end = self.expression()
        self.ends_range = before
        closing = self.expect("]", ")", "[")
        return RangeLiteral(at, start, end, start_included, closing.text == "]")


_OTHER_INFIX: dict[str, Callable[[_Parser, int, Node], Node]] = {
    "between": _Parser._between,
    "in": _Parser._in,
    "instance": _Parser._instance_of,
    ".": _Parser._path,
    "[": _Parser._filter,
    "(": _Parser._call,
}
_SYMBOL_PREFIX: dict[str, Callable[[_Parser, int], Node]] = {
    "-": _Parser._negation,
    "(": _Parser._parenthesis,
    "[": _Parser._bracket,
    "]": _Parser._reversed_bracket,
    "{": _Parser._context,
    "@": _Parser._at_literal,
}
_WORD_PREFIX: dict[str, Callable[[_Parser, int], Node]] = {
    "if": _Parser._if,
    "for": _Parser._for,
    "some": _Parser._some,
    "every": _Parser._every,
    "function": _Parser._function,
}
