"""What of a customer is shown only in shortened form to those who need not know them: on the case's page and on every task's."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row

from kesu.complaints import complainants
from kesu.complaints.cases import changes_of
from kesu.complaints.corrections import OF_THE_CUSTOMER
from kesu.engine.identity import Person
from kesu.webui.case_scopes import knows_customer, masked


@dataclass(frozen=True)
class Hidden:
    """Words of a customer and their short forms; nothing is hidden where `words` is empty."""

    words: Mapping[str, str]

    def text(self, text: str) -> str:
        """Return a text in which every word to be hidden is shortened."""
        for word, short in self.words.items():
            text = text.replace(word, short)
        return text

    def value(self, value: Any) -> Any:
        """Return an answer of a form, however deep, with the customer shortened in it."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.value(each) for each in value]
        return {key: self.value(each) for key, each in value.items()} if isinstance(value, dict) else value


def hidden_from(connection: Connection, case: Row[Any] | None, person: Person) -> Hidden:
    """Return what a reader is not shown of a case's customer: name, number and addresses, the present ones and those corrected since."""
    if case is None or knows_customer(connection, person, case.reference):
        return Hidden({})
    customer = complainants.find(connection, case.complainant_id)
    former = [str(change.before) for change in changes_of(connection, case.reference) if change.field in OF_THE_CUSTOMER and change.before]
    parts = {part for part in (customer.name, customer.phone, customer.email, customer.address, *former) if part}
    return Hidden({part: masked(part) for part in sorted(parts, key=len, reverse=True)})
