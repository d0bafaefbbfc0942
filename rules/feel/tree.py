"""The syntax tree: what an expression says, before anything is evaluated. Every node knows its place in the text."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Node:
    """Any part of an expression; `at` is its position in the text."""

    at: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A number, string, boolean, null or at-literal, already a value."""

    value: Any


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A variable, a function, or `?` for the value a unary test tests."""

    name: str


@dataclass(frozen=True, slots=True)
class Path(Node):
    """source.name"""

    source: Node
    name: str


@dataclass(frozen=True, slots=True)
class Filter(Node):
    """source[condition], or an index"""

    source: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    """function(arguments); `names` holds a name per argument when they are passed by name."""

    function: Node
    arguments: tuple[Node, ...]
    names: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Negation(Node):
    """-operand"""

    operand: Node


@dataclass(frozen=True, slots=True)
class Operation(Node):
    """operator operand, behind something else"""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """first operator operand operator operand ..., all + and -, all * and /, or all **, from the left"""

    first: Node
    rest: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """left operator right, with = != < <= > >="""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Junction(Node):
    """operands joined by `and` or by `or`"""

    operator: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Between(Node):
    """value between low and high"""

    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class In(Node):
    """value in one of the tests"""

    value: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    """value instance of type"""

    value: Node
    type: "TypeNode"


@dataclass(frozen=True, slots=True)
class Arm(Node):
    """if condition then result"""

    condition: Node
    result: Node


@dataclass(frozen=True, slots=True)
class If(Node):
    """if ... then ... else if ... then ... else otherwise: the result of the first arm that holds"""

    arms: tuple[Arm, ...]
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Iterator(Node):
    """name in domain, or name in domain..end"""

    name: str
    domain: Node
    end: Node | None = None


@dataclass(frozen=True, slots=True)
class For(Node):
    """for iterators return body"""

    iterators: tuple[Iterator, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    """some or every iterators satisfies condition"""

    kind: str
    iterators: tuple[Iterator, ...]
    condition: Node


@dataclass(frozen=True, slots=True)
class Parameter(Node):
    """A formal parameter, perhaps with its type."""

    name: str
    type: "TypeNode | None" = None


@dataclass(frozen=True, slots=True)
class FunctionDefinition(Node):
    """function(parameters) body; an external one has no meaning here and fails when called."""

    parameters: tuple[Parameter, ...]
    body: Node
    external: bool = False


@dataclass(frozen=True, slots=True)
class ContextLiteral(Node):
    """{key: value, ...}; a later entry sees the earlier ones."""

    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class ListLiteral(Node):
    """[items]"""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class RangeLiteral(Node):
    """[start..end] and its open variants"""

    start: Node
    end: Node
    start_included: bool
    end_included: bool


@dataclass(frozen=True, slots=True)
class UnaryRange(Node):
    """operator endpoint, with = != < <= > >="""

    operator: str
    endpoint: Node


@dataclass(frozen=True, slots=True)
class UnaryTests(Node):
    """What a cell of a decision table says: any of the tests, or none of them when negated; no tests is `-`."""

    tests: tuple[Node, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class TypeNode(Node):
    """A type by name."""

    name: str


@dataclass(frozen=True, slots=True)
class ListType(TypeNode):
    """list<element>"""

    element: TypeNode


@dataclass(frozen=True, slots=True)
class RangeType(TypeNode):
    """range<element>"""

    element: TypeNode


@dataclass(frozen=True, slots=True)
class ContextType(TypeNode):
    """context<key: type, ...>"""

    fields: tuple[tuple[str, TypeNode], ...]


@dataclass(frozen=True, slots=True)
class FunctionType(TypeNode):
    """function<parameters> -> result"""

    parameters: tuple[TypeNode, ...]
    result: TypeNode
