"""What the browser is told to refuse: foreign scripts, frames, forged forms. The policy is that of the front-end study.

Editor pages that carry third-party widgets call `relax_styles()`: styles only, scripts stay `'self'`.
"""

import secrets
from typing import cast

from flask import Flask, Request, Response, g, request
from flask_wtf.csrf import CSRFError, CSRFProtect

from kesu.webui import proxies

csrf = CSRFProtect()

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "media-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "object-src": "'none'",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
}


class OverridableRequest(Request):
    """A request whose POST may say `?_method=DELETE`, since HTML forms know no other verbs."""

    def __init__(self, environ, populate_request=True, shallow=False):  # type: ignore[no-untyped-def]
        super().__init__(environ, populate_request, shallow)
        wanted = self.args.get("_method", "").upper()
        if self.method == "POST" and wanted in ("DELETE", "PUT"):
            self.method = environ["REQUEST_METHOD"] = wanted


def init(app: Flask) -> None:
    """Check every form, and send the headers with every answer."""
    app.before_request(_refuse_other_sites)
    csrf.init_app(app)
    app.request_class = OverridableRequest
    app.after_request(_protect)


def relax_styles() -> str:
    """Let this page's widgets style themselves; returns the nonce that their style elements need."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return cast(str, g.csp_nonce)


def _refuse_other_sites() -> None:
    """Refuse what a page of another site sends; browsers say so, and none lets a page change it."""
    unsafe = request.method not in ("GET", "HEAD", "OPTIONS")
    if unsafe and request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
        raise CSRFError


def _protect(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", "; ".join(f"{name} {value}" for name, value in _policy().items()))
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if proxies.is_https():
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.path.startswith("/static/dist/assets/") and response.status_code == 200:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"  # the name carries the content's hash
    elif request.endpoint != "static" and "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "private, no-store"  # what was on the screen is not kept after signing out
    return response


def _policy() -> dict[str, str]:
    if "csp_nonce" not in g:
        return POLICY
    return POLICY | {
        "style-src-attr": "'unsafe-inline'",
        "style-src-elem": f"'self' 'nonce-{g.csp_nonce}'",
        "img-src": "'self' data:",
    }
