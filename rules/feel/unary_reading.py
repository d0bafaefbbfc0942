"""The unary tests of the grammar: the cells of decision tables, and `> 5` inside an expression."""

from kesu.rules.errors import FeelSyntaxError
from kesu.rules.feel.constructs import Constructs
from kesu.rules.feel.names import NameTable
from kesu.rules.feel.tree import Node, UnaryRange, UnaryTests

COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
SUM = 4  # how tight + and - bind


class UnaryTestReader(Constructs):
    """Reads unary tests; `expression` is the parser's."""

    ends_range = False  # whether a [ may close a range: what stands here is its upper end

    def unary_tests(self) -> Node:
        at = self.token.start
        if self.at("-") and self.ahead().kind == "end":
            self.advance()
            return UnaryTests(at, ())
        if self.at("not") and self.ahead().text == "(" and self.tokens[-2].text == ")":
            return self._negated(at)
        return UnaryTests(at, self._tests())

    def _negated(self, at: int) -> UnaryTests:
        """Read `not(...)` around all that is there, or where it is less, as in `not(a) and (b)`, a test.

        Only reading tells which: a bracket may also close a range, as in `not([1..5), 7)`.
        """
        begun, names, refused = self.index, self.names, None
        self.names = NameTable((), names)  # what is declared on the way is forgotten with it
        try:
            self.move(2)
            tests = self._tests()
            self.expect(")")
            if self.token.kind == "end":
                return UnaryTests(at, tests, negated=True)
        except FeelSyntaxError as wrong:
            refused = wrong
        self.move(begun - self.index)
        self.names, self.depth, self.ends_range = names, 0, False
        try:
            return UnaryTests(at, self._tests())
        except FeelSyntaxError as wrong:
            raise refused or wrong from None

    def _tests(self) -> tuple[Node, ...]:
        tests = [self._test()]
        while self.accept(","):
            tests.append(self._test())
        return tuple(tests)

    def _test(self) -> Node:
        """Read an expression, or a unary test such as `> 5`, which as a value is a range."""
        before, self.ends_range = self.ends_range, False
        unary = self.token.text in COMPARISONS and self.token.kind == "symbol"
        node = self._unary_range() if unary else self.expression()
        self.ends_range = before
        return node

    def _unary_or_sum(self) -> Node:
        return self._unary_range() if self.token.text in COMPARISONS else self.expression(SUM - 1)

    def _unary_range(self) -> Node:
        operator = self.advance()
        return UnaryRange(operator.start, operator.text, self.expression(SUM - 1))
