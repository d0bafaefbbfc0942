"""No text that comes in holds a NUL character: PostgreSQL can neither keep nor look for one, and nobody types it."""

from flask import Flask, request

from kesu.engine.errors import Invalid, NotFound, sentence

NUL = "\0"


def init(app: Flask) -> None:
    """Look at every request before anything else does."""
    app.before_request(_refuse)


def _refuse() -> None:
    if NUL in request.path:
        raise NotFound(sentence("This page does not exist, or it has been moved. Check the address, or go back to where you were."))
    for values in (request.args, request.form):
        if any(NUL in text for item in values.items(multi=True) for text in item):
            raise Invalid(sentence("A text holds a character (NUL) that no text can have. Remove it and send it again."))
