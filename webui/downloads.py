"""Files on their way to a browser: pictures and films may be looked at in place, everything else is saved. Nothing in them can run."""

import io
from typing import Any

from flask import Response, send_file
from sqlalchemy import Row

SANDBOX = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"


def file(row: Row[Any], content: bytes) -> Response:
    """Answer with an attachment under its own name and examined type."""
    in_place = row.content_type.startswith(("image/", "video/"))
    response = send_file(io.BytesIO(content), row.content_type, as_attachment=not in_place, download_name=row.name, etag=row.sha256)
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cache-Control"] = "private, no-store"  # gone from the browser with the sign-in
    return response


def size_words(size: int) -> str:
    """Say a number of bytes briefly."""
    return f"{size / 1048576:.1f} MB" if size >= 1048576 else f"{max(1, round(size / 1024))} KB"
