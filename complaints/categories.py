"""The tree of complaint categories in Chinese and English, each with the fields that a complaint of it must fill."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Boolean, Column, Connection, ForeignKey, Integer, Row, String, Table, select

from kesu.engine.database import Json, metadata
from kesu.engine.errors import sentence

FIELD_NAMES = {
    "title": sentence("Title"),
    "description": sentence("Description"),
    "name": sentence("Name"),
    "phone": sentence("Phone"),
    "email": sentence("E-mail"),
    "product": sentence("Product"),
    "model": sentence("Model"),
    "batch": sentence("Batch"),
    "serial": sentence("Serial number"),
    "order_number": sentence("Order number"),
    "purchased_on": sentence("Date of purchase"),
    "amount": sentence("Amount claimed"),
    "address": sentence("Address"),
    "category": sentence("Category"),
    "subcategory": sentence("Subcategory"),
    "since": sentence("Since when"),
    "how_often": sentence("How often"),
    "expected_on": sentence("Date promised"),
    "occurred_on": sentence("Date it happened"),
    "attachments": sentence("Attachments"),
}

categories = Table(
    "categories",
    metadata,
    Column("code", String, primary_key=True),
    Column("parent", String, ForeignKey("categories.code")),
    Column("name", String, nullable=False),
    Column("name_en", String, nullable=False),
    Column("required", Json, nullable=False),  # names of fields, see FIELD_NAMES
    Column("position", Integer, nullable=False),
    Column("retired", Boolean, nullable=False, default=False),
)


def keep(
    connection: Connection,
    code: str,
    *,
    name: str,
    name_en: str,
    parent: str | None = None,
    required: Iterable[str] = (),
    position: int = 0,
) -> None:
    """Write a category, in place of the one of the same code."""
    columns = {"name": name, "name_en": name_en, "parent": parent, "required": list(required), "position": position}
    if connection.execute(categories.update().where(categories.c.code == code).values(columns)).rowcount == 0:
        connection.execute(categories.insert().values(code=code, **columns))


def find(connection: Connection, code: str) -> Row[Any] | None:
    """Return a category in use, or None."""
    return connection.execute(select(categories).where(categories.c.code == code, ~categories.c.retired)).one_or_none()


def tree(connection: Connection) -> list[dict[str, Any]]:
    """Return the categories in use as a tree: top categories with their `children`, in order."""
    rows = connection.execute(select(categories).where(~categories.c.retired).order_by(categories.c.position, categories.c.code))
    nodes = {row.code: {**row._mapping, "children": []} for row in rows}
    for node in nodes.values():
        if node["parent"] in nodes:
            nodes[node["parent"]]["children"].append(node)
    return [node for node in nodes.values() if node["parent"] is None]


def required_fields(connection: Connection, category: str | None, subcategory: str | None) -> list[str]:
    """Return the names of the fields that a complaint of this category must fill, its subcategory's included."""
    chosen = [code for code in (category, subcategory) if code]
    rows = connection.execute(select(categories.c.required).where(categories.c.code.in_(chosen))).scalars()
    return list(dict.fromkeys(field for required in rows for field in required))
