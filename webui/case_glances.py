"""A case at a glance: the few words that stand beside a task in a list."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, Select, select, union

from kesu.complaints.cases import cases
from kesu.complaints.complainants import complainants
from kesu.complaints.products import products
from kesu.complaints.routings import routings


def glances(connection: Connection, references: Iterable[str | None]) -> dict[str, Row[Any]]:
    """Return title, complainant, grade and the like of these cases, by reference."""
    wanted = {reference for reference in references if reference}
    if not wanted:
        return {}
    columns = (cases.c.reference, cases.c.title, cases.c.status, cases.c.safety, cases.c.unread_since, cases.c.amount, cases.c.currency,
               complainants.c.name.label("complainant"))
    query = select(*columns).join(complainants, complainants.c.id == cases.c.complainant_id)
    return {row.reference: row for row in connection.execute(query.where(cases.c.reference.in_(wanted)))}


def whole(connection: Connection, reference: str | None) -> Row[Any] | None:
    """Return a case with the names of complainant and product, or None where a task stands on no case."""
    names = (complainants.c.name.label("complainant"), products.c.name.label("product_name"), products.c.name_en.label("product_name_en"))
    query = select(cases, *names).join(complainants, complainants.c.id == cases.c.complainant_id)
    query = query.outerjoin(products, products.c.code == cases.c.product)
    return connection.execute(query.where(cases.c.reference == (reference or ""))).one_or_none()


def of_product(code: str) -> Select[Any]:
    """Select the references of the cases about a product."""
    return select(cases.c.reference).where(cases.c.product == code)


def of_department(key: str) -> Select[Any]:
    """Select the references of the cases that a department owns or that were sent to it."""
    owned = select(cases.c.reference).where(cases.c.owner_department == key)
    sent = select(routings.c.reference).where(routings.c.department == key)
    return select(union(owned, sent).subquery().c.reference)
