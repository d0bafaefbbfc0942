"""What is logged: when, which request, which case, who, and what happened; never what people wrote.

The message of an exception is left out, since it may quote what was being worked on (a database's own
words name the values of the row): its type and the places in the program stay.
"""

import contextlib
import logging
import secrets
import sys
import traceback
from types import TracebackType

from flask import Flask, Response, g, has_request_context, request

FORMAT = ("%(asctime)s %(levelname)s %(name)s request=%(request)s case=%(case)s who=%(who)s "
          "action=%(action)s %(message)s")
Info = (tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None])
NONE = "-"
log = logging.getLogger("kesu.security")


def begin() -> None:
    """Let this process log in our form, to standard error; a process that has logs already keeps them."""
    handler = logging.StreamHandler(sys.stderr)
    dress(handler)
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)


def dress(handler: logging.Handler) -> None:
    """Give a handler our form."""
    handler.setFormatter(WithoutWords(FORMAT))
    handler.addFilter(place)


def init(app: Flask) -> None:
    """Give each request an id, told to whoever sent it as `X-Request-ID`, so that it is found in the log."""
    app.before_request(_number)
    app.after_request(_tell)


def signed_in(login: str) -> None:
    """Log that somebody has signed in."""
    log.info("signed in", extra={"action": "sign_in", "who": login})


def sign_in_failed(login: str, known: bool) -> None:
    """Log a failed attempt; a login that nobody has may be a password typed into the wrong field."""
    log.warning("sign-in failed", extra={"action": "sign_in_failed",
                                         "who": login if known else "unknown"})


class WithoutWords(logging.Formatter):
    """Writes an exception as its type and the places it passed."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a line; what another handler wrote of the exception is not taken over."""
        record.exc_text = None
        line = super().format(record)
        record.exc_text = None
        return line

    def formatException(self, ei: Info) -> str:  # noqa: N802  the name is logging's
        """Return the chain of causes, the first one first."""
        parts: list[str] = []
        error = ei[1]
        while error is not None and len(parts) < 5:
            stack = "".join(traceback.format_tb(error.__traceback__))
            parts.insert(0, f"{stack}{type(error).__module__}.{type(error).__qualname__}")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n\n".join(parts)


def place(record: logging.LogRecord) -> bool:
    """Note on a line which request it belongs to, which case and whose."""
    known = {"request": NONE, "case": NONE, "who": NONE, "action": NONE}
    if has_request_context():
        with contextlib.suppress(RuntimeError):
            person = g.get("person")
            known |= {"request": g.get("request_id", NONE), "who": person.login if person else NONE,
                      "case": (request.view_args or {}).get("reference", NONE)}
    for name, value in known.items():
        if not hasattr(record, name):
            setattr(record, name, value)
    return True


def _number() -> None:
    g.request_id = secrets.token_hex(8)


def _tell(response: Response) -> Response:
    response.headers["X-Request-ID"] = g.get("request_id", NONE)
    return response
