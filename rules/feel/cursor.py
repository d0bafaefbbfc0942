"""Reading tokens one after the other, names and types: what the parser of expressions stands on."""

from kesu.rules.errors import FeelSyntaxError
from kesu.rules.feel.lexer import Token, tokenize
from kesu.rules.feel.names import KEYWORDS, NAME_SYMBOLS, NameTable, spelled
from kesu.rules.feel.tree import ContextType, FunctionType, ListType, RangeType, TypeNode
from kesu.rules.limits import NESTING

_TYPE_NAMES = NameTable(["date and time", "days and time duration", "years and months duration"])


class Cursor:
    """A place in the tokens of one text, with the names known there.

    `lenient` joins neighbouring words to one name although nobody has declared it: for finding out the names in a text.
    """

    def __init__(self, text: str, names: NameTable, lenient: bool) -> None:
        self.text = text
        self.tokens = tokenize(text)
        self.index = 0
        self.token = self.tokens[0]  # the one to be read next
        self.names = names
        self.lenient = lenient
        self.depth = 0

    def ahead(self, by: int = 1) -> Token:
        """Return the token `by` places further on."""
        return self.tokens[min(self.index + by, len(self.tokens) - 1)]

    def at(self, *texts: str) -> bool:
        """Say whether the next token is one of these symbols or words."""
        return self.token.text in texts and self.token.kind in ("symbol", "word")

    def move(self, by: int = 1) -> None:
        """Go on by so many tokens."""
        self.index += by
        self.token = self.tokens[self.index]

    def advance(self) -> Token:
        """Take the next token."""
        token = self.token
        if token.kind != "end":
            self.move()
        return token

    def accept(self, *texts: str) -> bool:
        """Take the next token if it is one of these."""
        if self.at(*texts):
            self.move()
            return True
        return False

    def expect(self, *texts: str) -> Token:
        """Take the next token, which must be one of these; raises FeelSyntaxError."""
        if not self.at(*texts):
            raise self.error(f"expected {' or '.join(texts)}, but found {self.found()}")
        return self.advance()

    def found(self) -> str:
        """Describe the next token for a sentence."""
        return "the end of the expression" if self.token.kind == "end" else f"{self.token.text!r}"

    def error(self, message: str, token: Token | None = None, rule: str = "syntax") -> FeelSyntaxError:
        """Make the error that says what is wrong at the next token."""
        return FeelSyntaxError(message, self.text, (token or self.token).start, rule)

    def deeper(self) -> None:
        """Count one level of nesting; raises FeelSyntaxError beyond the limit."""
        self.depth += 1
        if self.depth > NESTING:
            raise self.error(
                f"more than {NESTING} brackets, operators or conditions stand inside one another; give a"
                " part a name of its own ({part: ..., result: ...}), or make it a decision table",
                rule="limit",
            )

    def known_name(self) -> str | None:
        """Take the longest known name of several tokens, if one stands here."""
        found = self.names.longest(self.tokens, self.index)
        if found is None:
            return None
        self.move(found[1])
        return found[0]

    def variable_name(self) -> str:
        """Take a name where a value is expected."""
        return self.known_name() or self._words(self.lenient)

    def property_name(self) -> str:
        """Take the name after a dot, where neighbouring words can only be one name."""
        if self.token.kind == "name":
            return self.advance().text[1:-1]
        if self.token.kind != "word":
            raise self.error(f"expected a name after the dot, but found {self.found()}")
        return self.known_name() or self._words(True)

    def declared_name(self, *stops: str) -> str:
        """Take the tokens up to one of `stops` as a new name and make it known from here on.

        A name between backticks is one however it is spelled.
        """
        if self.token.kind == "name":
            return self.advance().text[1:-1]
        taken: list[Token] = []
        while not (self.at(*stops) and taken):
            if not self._may_be_in_name(first=not taken):
                raise self.error(f"expected a name, but found {self.found()}")
            taken.append(self.advance())
        name = spelled(taken)
        self.names.add(name)
        return name

    def name_before(self, stop: str) -> bool:
        """Say whether a name and then `stop` follow."""
        at = self.index
        if self.tokens[at].kind == "name":
            return self.tokens[at + 1].text == stop
        if self.tokens[at].kind != "word":
            return False
        while self.tokens[at].kind in ("word", "number") or self.tokens[at].text in NAME_SYMBOLS:
            at += 1
        return self.tokens[at].text == stop and self.tokens[at].kind == "symbol"

    def type(self) -> TypeNode:
        """Read a type: a name, or list<>, range<>, context<> or function<>->."""
        self.deeper()
        start = self.token
        name = self._type_name()
        node = TypeNode(start.start, name)
        if name in ("list", "range", "context", "function") and self.accept("<"):
            node = self._generic(name, start.start)
        self.depth -= 1
        return node

    def _words(self, join: bool) -> str:
        taken = [self.advance()]
        while join and self._joins():
            taken.append(self.advance())
        return " ".join(token.text for token in taken)

    def _joins(self) -> bool:
        token = self.token
        return (token.kind == "word" and token.text not in KEYWORDS) or (token.kind == "number" and token.text.isdigit())

    def _may_be_in_name(self, first: bool) -> bool:
        kind = self.token.kind
        return kind == "word" or (not first and (kind == "number" or self.token.text in NAME_SYMBOLS))

    def _type_name(self) -> str:
        if self.token.kind != "word":
            raise self.error(f"expected a type, but found {self.found()}")
        found = _TYPE_NAMES.longest(self.tokens, self.index) or self.names.longest(self.tokens, self.index)
        if found is not None:
            self.move(found[1])
            return found[0]
        name = self._words(True)
        while self.at(".") and self.ahead().kind == "word":
            self.advance()
            name += "." + self._words(True)
        return name

    def _generic(self, name: str, at: int) -> TypeNode:
        if name == "context":
            return ContextType(at, name, self._fields())
        if name == "function":
            return self._function_type(at)
        element = self.type()
        self.expect(">")
        return ListType(at, name, element) if name == "list" else RangeType(at, name, element)

    def _fields(self) -> tuple[tuple[str, TypeNode], ...]:
        fields = []
        while not self.accept(">"):
            name = self.declared_name(":")
            self.expect(":")
            fields.append((name, self.type()))
            if not self.at(">"):
                self.expect(",")
        return tuple(fields)

    def _function_type(self, at: int) -> FunctionType:
        parameters = []
        while not self.accept(">"):
            parameters.append(self.type())
            if not self.at(">"):
                self.expect(",")
        self.expect("->")
        return FunctionType(at, "function", tuple(parameters), self.type())
