"""The unary tests of the grammar: the cells of decision tables, and `> 5` inside an expression."""

from kesu.rules.feel.constructs import Constructs
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
        if self.at("not") and self.ahead().text == "(" and self._closes_at_end():
            self.advance()
            self.advance()
            tests = self._tests()
            self.expect(")")
            return UnaryTests(at, tests, negated=True)
        return UnaryTests(at, self._tests())

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

    def _closes_at_end(self) -> bool:
        depth = 0
        for index in range(self.index + 1, len(self.tokens)):
            token = self.tokens[index]
            if token.kind == "symbol":
                depth += (token.text == "(") - (token.text == ")")
            if depth == 0:
                return self.tokens[index + 1].kind == "end"
        return True

    def _unary_or_sum(self) -> Node:
        return self._unary_range() if self.token.text in COMPARISONS else self.expression(SUM - 1)

    def _unary_range(self) -> Node:
        operator = self.advance()
        return UnaryRange(operator.start, operator.text, self.expression(SUM - 1))
