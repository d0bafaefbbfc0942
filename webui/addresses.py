"""Addresses that come with a request: followed only within this application; ids in them only as large as ids can be."""

from urllib.parse import urlsplit

from flask import Flask
from werkzeug.routing import IntegerConverter

LARGEST = 2**31 - 1  # what an integer column holds on every database


class IdConverter(IntegerConverter):
    """`<int:...>` in an address: an id that can exist. Anything larger is simply not there."""

    def to_python(self, value: str) -> int:
        """Return the id, or 0, which nothing has: refused here, werkzeug would say that the method is wrong where the address is."""
        number = int(value) if len(value) < 20 else 0
        return number if number <= LARGEST else 0


def init(app: Flask) -> None:
    """Bound the ids in addresses."""
    app.url_map.converters["int"] = IdConverter


def id_in(text: str | None) -> int | None:
    """Return the id that a part of an address gives, or None."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def inside(address: str | None, otherwise: str) -> str:
    """Return the address if it leads to one of our own pages, else the other one."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")) or "\n" in address or "\r" in address:
        return otherwise
    split = urlsplit(address)
    return otherwise if split.scheme or split.netloc else address
