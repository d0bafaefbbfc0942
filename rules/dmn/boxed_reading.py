"""Elements to boxed expressions: tables, contexts, invocations and the rest."""

from collections.abc import Callable

from kesu.rules.dmn import model
from kesu.rules.dmn.xml import Element, child, child_text, children, local_name
from kesu.rules.errors import Problem, RuleError
from kesu.rules.limits import RULES


def read_boxed(parent: Element | None) -> model.Boxed | None:
    """Return the boxed expression inside an element, or None if there is none."""
    element = child(parent, *_READERS) if parent is not None else None
    return None if element is None else _READERS[local_name(element)](element)


def read_text(element: Element) -> model.Text:
    """Read a literal expression, a cell or a list of allowed values."""
    return model.Text(element.get("id"), element.get("typeRef"), child_text(element), element.get("expressionLanguage"))


def read_entry(element: Element) -> model.Entry:
    """Read a context entry, a formal parameter or a binding."""
    variable = child(element, "variable", "parameter")
    named = element if variable is None and local_name(element) == "formalParameter" else variable
    name = named.get("name") if named is not None else None
    return model.Entry(name, named.get("typeRef") if named is not None else None, read_boxed(element))


def _context(element: Element) -> model.BoxedContext:
    return model.BoxedContext(*_marks(element), tuple(read_entry(entry) for entry in children(element, "contextEntry")))


def _invocation(element: Element) -> model.Invocation:
    bindings = tuple(read_entry(binding) for binding in children(element, "binding"))
    return model.Invocation(*_marks(element), read_boxed(element), bindings)


def _list(element: Element) -> model.BoxedList:
    items = tuple(_READERS[local_name(one)](one) for one in children(element, *_READERS))
    return model.BoxedList(*_marks(element), items)


def _relation(element: Element) -> model.Relation:
    columns = tuple(column.get("name", "") for column in children(element, "column"))
    rows = tuple(_list(row).items for row in children(element, "row"))
    if any(len(row) != len(columns) for row in rows):
        raise _refusal("a row of the relation has not as many cells as there are columns", element)
    return model.Relation(*_marks(element), columns, rows)


def _function(element: Element) -> model.BoxedFunction:
    parameters = tuple(read_entry(parameter) for parameter in children(element, "formalParameter"))
    return model.BoxedFunction(*_marks(element), element.get("kind", "FEEL"), parameters, read_boxed(element))


def _conditional(element: Element) -> model.Conditional:
    condition, result, otherwise = (read_boxed(child(element, name)) for name in ("if", "then", "else"))
    return model.Conditional(*_marks(element), condition, result, otherwise)


def _loop(element: Element) -> model.BoxedLoop:
    kind = local_name(element)
    body = child(element, "return" if kind == "for" else "satisfies")
    variable = element.get("iteratorVariable", "")
    return model.BoxedLoop(*_marks(element), kind, variable, read_boxed(child(element, "in")), read_boxed(body))


def _filter(element: Element) -> model.BoxedFilter:
    return model.BoxedFilter(*_marks(element), read_boxed(child(element, "in")), read_boxed(child(element, "match")))


def _table(element: Element) -> model.DecisionTable:
    rules = [_rule(rule, number) for number, rule in enumerate(children(element, "rule"), 1)]
    if len(rules) > RULES:
        raise _refusal(f"the table has more than {RULES} rules", element)
    inputs = tuple(map(_input_clause, children(element, "input")))
    outputs = tuple(map(_output_clause, children(element, "output")))
    _check_widths(rules, len(inputs), len(outputs))
    policy = element.get("hitPolicy", "UNIQUE").replace("_", " ")
    return model.DecisionTable(*_marks(element), policy, element.get("aggregation"), inputs, outputs, tuple(rules))


def _rule(element: Element, number: int) -> model.Rule:
    inputs = tuple(map(read_text, children(element, "inputEntry")))
    outputs = tuple(map(read_text, children(element, "outputEntry")))
    return model.Rule(element.get("id") or f"rule {number}", number, inputs, outputs)


def _check_widths(rules: list[model.Rule], inputs: int, outputs: int) -> None:
    for rule in rules:
        if len(rule.inputs) != inputs or len(rule.outputs) != outputs:
            message = f"rule {rule.number} has {len(rule.inputs)} + {len(rule.outputs)} cells for {inputs} + {outputs} columns"
            raise RuleError(message, [Problem(message, "table", rule.id)])


def _input_clause(element: Element) -> model.InputClause:
    expression = child(element, "inputExpression")
    read = model.Text(element.get("id"), None, "") if expression is None else read_text(expression)
    label = element.get("label") or read.text
    return model.InputClause(element.get("id"), label, read, _optional(child(element, "inputValues")))


def _output_clause(element: Element) -> model.OutputClause:
    name, label = element.get("name"), element.get("label")
    return model.OutputClause(
        element.get("id"), name, label or name or "", element.get("typeRef"),
        _optional(child(element, "outputValues")), _optional(child(element, "defaultOutputEntry")),
    )  # fmt: skip


def _optional(element: Element | None) -> model.Text | None:
    found = None if element is None else read_text(element)
    return found if found is not None and found.text else None


def _marks(element: Element) -> tuple[str | None, str | None]:
    return element.get("id"), element.get("typeRef")


def _refusal(message: str, element: Element) -> RuleError:
    return RuleError(message, [Problem(message, "table", element.get("id"))])


_READERS: dict[str, Callable[[Element], model.Boxed]] = {
    "literalExpression": read_text,
    "decisionTable": _table,
    "context": _context,
    "invocation": _invocation,
    "list": _list,
    "relation": _relation,
    "functionDefinition": _function,
    "conditional": _conditional,
    "for": _loop,
    "some": _loop,
    "every": _loop,
    "filter": _filter,
}
