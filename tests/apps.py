"""One application a set of settings, handed from test to test with another database behind it.

Putting together the routes of an application takes longer than most tests of a page.
"""

from collections.abc import Callable

from flask import Flask

from kesu.engine.database import Database
from kesu.webui.context import Parts

_kept: dict[str, tuple[Flask, dict[str, object]]] = {}


def over(db: Database, make: Callable[[Database], Flask]) -> Flask:
    """Return the application that `make` makes, over this database, its settings as they were at first.

    A test that hangs something into an application makes one of its own.
    """
    name = f"{make.__module__}.{make.__qualname__}"
    if name not in _kept:
        app = make(db)
        _kept[name] = app, dict(app.config)
    app, config = _kept[name]
    app.config.clear()
    app.config.update(config)
    before: Parts = app.extensions["kesu"]
    app.extensions["kesu"] = Parts(db, before.registry, before.recognisers)
    return app
