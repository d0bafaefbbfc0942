"""Pages and assets go over the wire compressed (gzip), as browsers ask for it.

What the build made has its compressed form beside it; our own style sheets are compressed once a
process, pages each time. BREACH (guessing a secret from the length of compressed pages into which
a stranger puts text) does not work here: the session's cookie is SameSite=Lax, so another site's
requests come without it; CSRF tokens are signed anew each second, nonces are new in each page; and
what another site asks for is not compressed at all.
"""

import functools
import gzip
import pathlib

from flask import Flask, Response, current_app, request
from werkzeug.utils import safe_join

from kesu.webui.permissions import public

LEAST = 1024  # bytes; below, the packet is not smaller
LEVEL = 5  # of a page: 1 to 9, where 9 takes three times as long for a hundredth
KINDS = ("text/", "application/json", "application/problem+json", "application/javascript",
         "application/xml", "image/svg+xml", "font/ttf")


def init(app: Flask) -> None:
    """Answer compressed from now on."""
    app.view_functions["static"] = public(_static)
    app.after_request(_compress)


def _static(filename: str) -> Response:
    """Give an asset, compressed where that is wished and worth it."""
    plain = current_app.send_static_file(filename)
    if not _is_worth_it(plain):
        return plain
    path = pathlib.Path(safe_join(current_app.static_folder or "", filename) or "")
    packed = Response(_packed(path, path.stat().st_mtime_ns), mimetype=plain.mimetype)
    packed.headers["Cache-Control"] = plain.headers.get("Cache-Control", "no-cache")
    packed.set_etag(plain.get_etag()[0] or "")
    plain.close()
    return _mark(packed).make_conditional(request)


def _compress(response: Response) -> Response:
    """Compress an answer that is worth it."""
    if (response.mimetype or "").startswith(KINDS):
        response.vary.add("Accept-Encoding")
    if response.is_streamed or response.direct_passthrough or not _is_worth_it(response):
        return response
    response.set_data(gzip.compress(response.get_data(), LEVEL, mtime=0))
    return _mark(response)


def _is_worth_it(response: Response) -> bool:
    """Say whether an answer is long text as it stands, for somebody who takes it compressed."""
    return (
        (response.mimetype or "").startswith(KINDS)
        and response.status_code not in (204, 206, 304)
        and "Content-Encoding" not in response.headers
        and (response.content_length or 0) >= LEAST
        and _wished()
    )


@functools.lru_cache(maxsize=64)
def _packed(path: pathlib.Path, _stamp: int) -> bytes:
    """Return what the build has put beside an asset, else compress it."""
    built = path.with_name(f"{path.name}.gz")
    return built.read_bytes() if built.is_file() else gzip.compress(path.read_bytes(), 9, mtime=0)


def _mark(response: Response) -> Response:
    response.headers["Content-Encoding"] = "gzip"
    tag, weak = response.get_etag()
    if tag and not weak:
        response.set_etag(f"{tag}-gz")
    return response


def _wished() -> bool:
    """Say whether who asks takes gzip, and is no page of another site."""
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        return False
    return bool(request.accept_encodings.quality("gzip") > 0)
