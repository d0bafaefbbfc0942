"""What kind of value an expression gives whatever its variables hold: for checking a value before there are any variables."""

from kesu.rules.errors import RuleError
from kesu.rules.feel.expressions import expression_text
from kesu.rules.feel.inference import infer
from kesu.rules.feel.parser import parse


def kind_of(expression: str) -> str | None:
    """Return the FEEL type ("string", "number", "list", "Null"...) that an expression gives, None where that depends or cannot be read."""
    try:
        kind = infer(parse(expression_text(expression), lenient=True), {}, {})
    except (RuleError, RecursionError):
        return None
    return None if kind is None or kind.name == "Any" else kind.name
