"""The word for where a case stands, as colleagues say it."""

from flask_babel import gettext as _

from kesu.complaints import statuses


def status_words(status: str) -> str:
    """Return the word; that of a fresh case must not be confused with the moment at which it was received."""
    return str(_("New")) if status == "received" else str(_(statuses.WORDS[status]))
