"""Small wishes kept in the browser, not with the person: light or dark, single-letter keys or not, the time zone."""

from flask import Flask, request

YEAR = 31536000
CHOICES = {"theme": ("auto", "light", "dark"), "keys": ("on", "off")}


def init(app: Flask) -> None:
    """Give templates the wishes of this browser."""
    app.jinja_env.globals.update(preference=preference)


def preference(name: str) -> str:
    """Return the wish of this browser; the first choice where it has none."""
    wished = request.cookies.get(f"kesu_{name}", "")
    return wished if wished in CHOICES[name] else CHOICES[name][0]
