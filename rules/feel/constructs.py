"""The constructs of the grammar that open with a word or a brace: if, for, some, every, function, contexts, at-literals."""

from kesu.rules.feel import temporal
from kesu.rules.feel.cursor import Cursor
from kesu.rules.feel.lexer import unquote
from kesu.rules.feel.tree import (
    Arm,
    ContextLiteral,
    For,
    FunctionDefinition,
    If,
    Iterator,
    Literal,
    Node,
    Parameter,
    Quantified,
)


class Constructs(Cursor):
    """Reads what follows the opening word or brace; `expression` is the parser's."""

    def expression(self, power: int = 0) -> Node:
        """Read an expression that binds tighter than `power`."""
        raise NotImplementedError

    def _context(self, at: int) -> Node:
        entries = []
        while not self.accept("}"):
            entries.append((self._key(), self.expression()))
            if not self.at("}"):
                self.expect(",")
        return ContextLiteral(at, tuple(entries))

    def _key(self) -> str:
        if self.token.kind == "string":
            name = unquote(self.advance(), self.text)
            self.names.add(name)
        else:
            name = self.declared_name(":")
        self.expect(":")
        return name

    def _at_literal(self, at: int) -> Node:
        if self.token.kind != "string":
            raise self.error("expected a string after @, such as @\"2026-03-02\"")
        token = self.advance()
        value = temporal.parse_any(unquote(token, self.text))
        if value is None:
            raise self.error(f"{token.text} is no date, time, date and time or duration", token, "literal")
        return Literal(at, value)

    def _if(self, at: int) -> Node:
        arms = [self._arm(at)]
        while self.at("if"):
            arms.append(self._arm(self.advance().start))
        return If(at, tuple(arms), self.expression())

    def _arm(self, at: int) -> Arm:
        condition = self.expression()
        self.expect("then")
        result = self.expression()
        self.expect("else")
        return Arm(at, condition, result)

    def _for(self, at: int) -> Node:
        iterators = self._iterators()
        self.names.add("partial")
        self.expect("return")
        return For(at, iterators, self.expression())

    def _some(self, at: int) -> Node:
        return self._quantified(at, "some")

    def _every(self, at: int) -> Node:
        return self._quantified(at, "every")

    def _quantified(self, at: int, kind: str) -> Node:
        iterators = self._iterators()
        self.expect("satisfies")
        return Quantified(at, kind, iterators, self.expression())

    def _iterators(self) -> tuple[Iterator, ...]:
        iterators = [self._iterator()]
        while self.accept(","):
            iterators.append(self._iterator())
        return tuple(iterators)

    def _iterator(self) -> Iterator:
        at = self.token.start
        name = self.declared_name("in")
        self.expect("in")
        domain = self.expression()
        return Iterator(at, name, domain, self.expression() if self.accept("..") else None)

    def _function(self, at: int) -> Node:
        self.expect("(")
        parameters: list[Parameter] = []
        while not self.accept(")"):
            parameters.append(self._parameter())
            if not self.at(")"):
                self.expect(",")
        return FunctionDefinition(at, tuple(parameters), external=self.accept("external"), body=self.expression())

    def _parameter(self) -> Parameter:
        at = self.token.start
        name = self.declared_name(":", ",", ")")
        return Parameter(at, name, self.type() if self.accept(":") else None)
