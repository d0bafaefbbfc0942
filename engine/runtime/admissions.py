"""What a message or signal may bring along: the variables that the event in the diagram declares (`kesu:received`), by default none.

What a diagram throws comes from whoever drew it, and is taken as it is. The customer's own pages send what they were written to send, also
to events of diagrams from before there were declarations.
"""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from kesu.engine.errors import Forbidden, Invalid, sentence
from kesu.engine.identity import CUSTOMER, SYSTEM
from kesu.engine.spiff import Element
from kesu.engine.spiff.extensions import Received

CUSTOMERS = "customer_"  # before the names of messages that mean that the customer said something
OF_TYPE: Mapping[str, Callable[[Any], bool]] = {
    "text": lambda value: isinstance(value, str),
    "number": lambda value: isinstance(value, int | float | Decimal) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "date": lambda value: isinstance(value, date) or (isinstance(value, str) and _is_day(value)),
    "list": lambda value: isinstance(value, list),
}


def admitted(element: Element, name: str, variables: Mapping[str, Any], actor: str) -> dict[str, Any]:
    """Return what of a message may become variables of the instance.

    Raises `Forbidden` where somebody speaks for the customer, `Invalid` naming everything that was not declared or is not of its type.
    """
    declared = Received.of(element.settings)
    if actor == SYSTEM:
        return dict(variables)
    check_sender(name, actor, customers=declared.from_customer)
    if actor == CUSTOMER and Received.TAG not in element.settings:
        return dict(variables)
    kinds = dict(declared.sets)
    strange = sorted(set(variables) - set(kinds))
    if strange:
        raise Invalid(sentence("The message {name} may not set {names} here: the diagram takes {declared} from it. Nothing was changed."),
                      [{"field": each, "message": "not taken"} for each in strange], name=name, names=", ".join(strange),
                      declared=", ".join(kinds) or "-")
    wrong = sorted(each for each, value in variables.items() if value is not None and not OF_TYPE.get(kinds[each], _anything)(value))
    if wrong:
        raise Invalid(sentence("The message {name} expected {kinds}, but got something else. Nothing was changed."),
                      [{"field": each, "message": f"expected {kinds[each]}"} for each in wrong], name=name,
                      kinds=", ".join(f"{each}: {kinds[each]}" for each in wrong))
    return dict(variables)


def check_sender(name: str, actor: str, *, customers: bool = False) -> None:
    """Raise `Forbidden` where somebody else sends what only the customer can say."""
    if (customers or name.startswith(CUSTOMERS)) and actor not in (CUSTOMER, SYSTEM):
        raise Forbidden(sentence("The message {name} says that the customer said something, so only the customer's own pages send it. "
                                 "Write what they told you into the case instead."), name=name)


def _anything(_value: Any) -> bool:
    return True


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text[:10])
    except ValueError:
        return False
    return True
