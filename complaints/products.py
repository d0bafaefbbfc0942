"""Products, models and batches: master data that ties a complaint to what was made, and says whether warranty covers it."""

import calendar
from datetime import date
from typing import Any

from sqlalchemy import Column, Connection, Date, ForeignKey, Integer, Row, String, Table, select

from kesu.engine.database import metadata
from kesu.engine.errors import NotFound, sentence

products = Table(
    "products",
    metadata,
    Column("code", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("name_en", String, nullable=False, server_default=""),
    Column("type", String, nullable=False, server_default=""),
    Column("warranty_months", Integer, nullable=False),
)

product_models = Table(
    "product_models",
    metadata,
    Column("code", String, primary_key=True),
    Column("product", String, ForeignKey("products.code"), nullable=False, index=True),
    Column("name", String, nullable=False, server_default=""),
)

batches = Table(
    "batches",
    metadata,
    Column("code", String, primary_key=True),
    Column("model", String, ForeignKey("product_models.code"), nullable=False, index=True),
    Column("made_on", Date, nullable=False),
    Column("quantity", Integer, nullable=False),
)


def add_product(connection: Connection, code: str, *, name: str, name_en: str = "", kind: str = "", warranty_months: int = 12) -> None:
    """Write a new product with its warranty in months."""
    connection.execute(products.insert().values(code=code, name=name, name_en=name_en, type=kind, warranty_months=warranty_months))


def add_model(connection: Connection, code: str, *, product: str, name: str = "") -> None:
    """Write a new model of a product."""
    connection.execute(product_models.insert().values(code=code, product=product, name=name))


def add_batch(connection: Connection, code: str, *, model: str, made_on: date, quantity: int) -> None:
    """Write a new batch of a model: when it was made and how many."""
    connection.execute(batches.insert().values(code=code, model=model, made_on=made_on, quantity=quantity))


def find(connection: Connection, code: str) -> Row[Any]:
    """Return a product.

    Raises `NotFound`.
    """
    row = connection.execute(select(products).where(products.c.code == code)).one_or_none()
    if row is None:
        raise NotFound(sentence("There is no product {product}."), product=code)
    return row


def offered(connection: Connection) -> list[dict[str, Any]]:
    """Return all products with their models, for a form to choose from."""
    models: dict[str, list[str]] = {}
    for row in connection.execute(select(product_models).order_by(product_models.c.code)):
        models.setdefault(row.product, []).append(row.code)
    listed = connection.execute(select(products).order_by(products.c.code))
    return [{**row._mapping, "models": models.get(row.code, [])} for row in listed]


def model_codes(connection: Connection, product: str | None = None) -> list[str]:
    """Return the codes of all models, or of those of a product."""
    query = select(product_models.c.code).order_by(product_models.c.code)
    return list(connection.execute(query if product is None else query.where(product_models.c.product == product)).scalars())


def batch_codes(connection: Connection, model: str | None = None) -> list[str]:
    """Return the codes of all batches, or of those of a model."""
    query = select(batches.c.code).order_by(batches.c.code)
    return list(connection.execute(query if model is None else query.where(batches.c.model == model)).scalars())


def product_of_model(connection: Connection, model: str) -> str | None:
    """Return the product that a model belongs to, or None."""
    return connection.execute(select(product_models.c.product).where(product_models.c.code == model)).scalar()


def warranty_ends(bought_on: date, months: int) -> date:
    """Return the last day of warranty: the same day of the month, or the month's last where it has none."""
    year, month = divmod(bought_on.month - 1 + months, 12)
    year, month = bought_on.year + year, month + 1
    return date(year, month, min(bought_on.day, calendar.monthrange(year, month)[1]))


def in_warranty(connection: Connection, product: str, bought_on: date | None, on: date) -> bool | None:
    """Say whether a product bought on a day is in warranty on another; None where the day of purchase is not known."""
    if bought_on is None:
        return None
    return on <= warranty_ends(bought_on, find(connection, product).warranty_months)
