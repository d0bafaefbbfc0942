"""How large a request may be, by its address: checked before its body is taken from the wire.

Only addresses that take files from their senders admit large bodies; strangers' other doors admit
what a form of a few texts needs.
"""

import re

from flask import Flask, current_app, request

FILES = re.compile(
    r"/complaints|/track/[^/]+/(answers|messages)|/tasks/\d+/.+|/cases/[^/]+/attachments"
    r"|/intake|/api/v1/complaints"
)
STRANGERS = re.compile(
    r"/sign-(in|out)|/profile/(language|preferences)|/track|/track/[^/]+/(survey|withdrawal)"
    r"|/(survey|answers)/[^/]+"
)
MOST_OF_STRANGERS = 256 * 1024  # bytes: ten thousand Chinese characters in a form, and more
MOST_OF_FORMS = 8 * 1024 * 1024  # bytes: a large diagram with what is drawn in it


def init(app: Flask) -> None:
    """Refuse larger bodies here too, whichever server stands in front."""
    app.before_request(_limit)


def most(path: str, most_of_files: int) -> int:
    """Return how many bytes a request to this path may have."""
    if FILES.fullmatch(path):
        return most_of_files
    return min(MOST_OF_STRANGERS if STRANGERS.fullmatch(path) else MOST_OF_FORMS, most_of_files)


def _limit() -> None:
    largest = current_app.config["MAX_CONTENT_LENGTH"]
    if largest is not None:
        request.max_content_length = most(request.path, largest)
