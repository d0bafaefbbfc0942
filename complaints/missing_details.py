"""What a complaint should have said and does not: required fields never hold up a text with danger in it, so they are asked for later."""

from typing import Any

from sqlalchemy import Connection, Row

from kesu.complaints import attachments, categories, complainants

NO_NAME = "（未留姓名 / name not given）"


def of_case(connection: Connection, case: Row[Any]) -> list[str]:
    """Return the names of the fields that a case of its category must have and has not, those of the customer first."""
    customer = complainants.of_case(connection, case.reference)
    missing = [name for name, empty in (("name", customer.name == NO_NAME), ("phone", not customer.phone and not customer.email))
               if empty]
    wanted = categories.required_fields(connection, case.category, case.subcategory)
    return missing + [name for name in wanted if not _given(connection, case, name)]


def _given(connection: Connection, case: Row[Any], name: str) -> bool:
    if name == "attachments":
        return bool(attachments.of_case(connection, case.reference))
    return bool(str(getattr(case, name, None) or case.details.get(name) or "").strip())
