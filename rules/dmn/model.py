"""What a DMN file says, read but not yet compiled: decisions, knowledge, inputs, services, types, and boxed expressions."""

from dataclasses import dataclass, field

from kesu.rules.feel.tree import TypeNode


@dataclass(frozen=True, slots=True)
class Boxed:
    """Any boxed expression; `id` is that of its element, `type_ref` the type it promises."""

    id: str | None
    type_ref: str | None


@dataclass(frozen=True, slots=True)
class Text(Boxed):
    """A literal expression, or the text of a cell."""

    text: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a context, a binding or a parameter: a name and what stands behind it."""

    name: str | None
    type_ref: str | None
    value: Boxed | None


@dataclass(frozen=True, slots=True)
class BoxedContext(Boxed):
    """Entries one below the other; one without a name is the result."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Invocation(Boxed):
    """A function and the values for its parameters."""

    function: Boxed | None
    bindings: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class BoxedList(Boxed):
    """Elements one below the other."""

    items: tuple[Boxed, ...]


@dataclass(frozen=True, slots=True)
class Relation(Boxed):
    """A list of contexts with the same keys, as a table."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Boxed, ...], ...]


@dataclass(frozen=True, slots=True)
class BoxedFunction(Boxed):
    """A function; of the kinds only FEEL is executed."""

    kind: str
    parameters: tuple[Entry, ...]
    body: Boxed | None


@dataclass(frozen=True, slots=True)
class Conditional(Boxed):
    """if, then, else"""

    condition: Boxed | None
    result: Boxed | None
    otherwise: Boxed | None


@dataclass(frozen=True, slots=True)
class BoxedLoop(Boxed):
    """for, some or every"""

    kind: str
    variable: str
    domain: Boxed | None
    body: Boxed | None


@dataclass(frozen=True, slots=True)
class BoxedFilter(Boxed):
    """The elements of a list that match"""

    domain: Boxed | None
    match: Boxed | None


@dataclass(frozen=True, slots=True)
class InputClause:
    """A column of conditions."""

    id: str | None
    label: str
    expression: Text
    allowed: Text | None


@dataclass(frozen=True, slots=True)
class OutputClause:
    """A column of results."""

    id: str | None
    name: str | None
    label: str
    type_ref: str | None
    allowed: Text | None
    default: Text | None


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: one cell a column."""

    id: str
    number: int
    inputs: tuple[Text, ...]
    outputs: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class DecisionTable(Boxed):
    """Columns, rows, and what to do when several rows match."""

    hit_policy: str
    aggregation: str | None
    inputs: tuple[InputClause, ...]
    outputs: tuple[OutputClause, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Requirement:
    """A reference to something that a decision or a piece of knowledge needs; `href` as written."""

    kind: str  # input, decision, knowledge
    href: str


@dataclass(frozen=True, slots=True)
class Node:
    """An input, a decision, a business knowledge model or a decision service."""

    kind: str
    id: str
    name: str
    variable: str
    type_ref: str | None
    logic: Boxed | None = None
    requirements: tuple[Requirement, ...] = ()
    outputs: tuple[str, ...] = ()
    encapsulated: tuple[str, ...] = ()
    input_decisions: tuple[str, ...] = ()
    input_data: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemDefinition:
    """A named type: `type` without its restrictions, and those of itself and its components."""

    name: str
    type: TypeNode
    allowed: Text | None
    components: "tuple[ItemDefinition, ...]" = ()
    collection: bool = False
    base: str | None = None


@dataclass(frozen=True, slots=True)
class Import:
    """Another model whose names are known here behind a prefix."""

    name: str
    namespace: str


@dataclass(frozen=True, slots=True)
class Model:
    """Everything in one file."""

    name: str
    namespace: str
    nodes: dict[str, Node]
    types: dict[str, ItemDefinition]
    imports: tuple[Import, ...]
    language: str | None
    ids: frozenset[str] = field(default_factory=frozenset)
