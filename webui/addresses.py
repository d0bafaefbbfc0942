"""Addresses: those in a request are followed only within this application, ids in them only as large as ids can be; those in pages say their verb."""

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, abort, url_for
from werkzeug.routing import IntegerConverter

LARGEST = 2**31 - 1  # what an integer column holds on every database


class IdConverter(IntegerConverter):
    """`<int:...>` in an address: an id that can exist. Anything larger is simply not there."""

    def to_python(self, value: str) -> int:
        """Return the id, or 0, which nothing has: refused here, werkzeug would say that the method is wrong where the address is."""
        number = int(value) if len(value) < 20 else 0
        return number if number <= LARGEST else 0


def init(app: Flask) -> None:
    """Bound the ids in addresses, and let those that templates make carry the verb that a form means."""
    app.url_map.converters["int"] = IdConverter
    app.jinja_env.globals["url_for"] = address


def address(endpoint: str, *, _method: str | None = None, **values: Any) -> str:
    """Return the address of an endpoint; with `_method`, the verb goes along as `?_method=`, where `protections` looks for it.

    Flask's own `url_for` takes a `_method` too, but only to find the rule: a form sent there would POST.
    """
    found = url_for(endpoint, _method=_method, **values)
    return found if _method is None else f"{found}{'&' if '?' in found else '?'}_method={_method}"


def id_in(text: str | None) -> int | None:
    """Return the id that a part of an address gives, or None."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def number(text: str) -> int:
    """Return the number that an argument or a field gives, for `type=`; one that no column can hold leads nowhere (404).

    Raises `ValueError` where it is none, which werkzeug takes as nothing given.
    """
    found = int(text)
    if abs(found) > LARGEST:
        abort(404)
    return found


def version_in(told: object) -> int:
    """Return the version that a page says it has seen, 0 where it says none; anything else is refused (400, 404)."""
    try:
        return number(str(told or 0))
    except ValueError:
        abort(400)


def inside(address: str | None, otherwise: str) -> str:
    """Return the address if it leads to one of our own pages, else the other one."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")) or "\n" in address or "\r" in address:
        return otherwise
    split = urlsplit(address)
    return otherwise if split.scheme or split.netloc else address
