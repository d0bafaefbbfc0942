"""Where to go next: addresses that come with a request are only followed within this application."""

from urllib.parse import urlsplit


def inside(address: str | None, otherwise: str) -> str:
    """Return the address if it leads to one of our own pages, else the other one."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")) or "\n" in address or "\r" in address:
        return otherwise
    split = urlsplit(address)
    return otherwise if split.scheme or split.netloc else address
