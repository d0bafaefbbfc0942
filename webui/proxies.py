"""Who is asking, how and under which name, where web servers stand in front of this one.

`KESU_PROXIES` says how many of them there are; each adds the address that it saw to X-Forwarded-For.
What stands further left was written by the client and counts for nothing. `KESU_HOSTS` lists the
names under which this server may be asked (a name that begins with a dot: all below it too).
"""

import ipaddress
import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app, request
from flask.sessions import SecureCookieSessionInterface
from werkzeug.sansio.utils import host_is_trusted

from kesu.engine.errors import Rejected, sentence

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FOREIGN = sentence(
    "This server does not answer under the name {host}. Expected one of the names in KESU_HOSTS; "
    "use the address that you were given."
)


class Forwarded:
    """Puts what the trusted servers in front have said in the place of what the last of them is."""

    def __init__(self, app: "WSGIApplication", hops: int) -> None:
        self.app = app
        self.hops = hops

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Answer a request that came through so many servers."""
        seen = self._said(environ, "FOR")
        if len(seen) >= self.hops and (address := _address(seen[-self.hops])):
            environ["REMOTE_ADDR"] = address
        scheme = self._one(environ, "PROTO").lower()
        if scheme in ("http", "https"):
            environ["wsgi.url_scheme"] = scheme
        if host := self._one(environ, "HOST"):
            environ["HTTP_HOST"] = host
        return self.app(environ, start)

    def _one(self, environ: "WSGIEnvironment", name: str) -> str:
        """Return what the outermost trusted server said; some replace the header, some add to it."""
        said = self._said(environ, name)
        return said[-min(self.hops, len(said))] if said else ""

    @staticmethod
    def _said(environ: "WSGIEnvironment", name: str) -> list[str]:
        told = str(environ.get(f"HTTP_X_FORWARDED_{name}", ""))
        return [word.strip() for word in told.split(",") if word.strip()]


class _Sessions(SecureCookieSessionInterface):
    def get_cookie_secure(self, app: Flask) -> bool:
        """Say whether the session's cookie is for HTTPS only: wherever it is set over HTTPS."""
        return bool(app.config["SESSION_COOKIE_SECURE"]) or request.is_secure


def init(app: Flask) -> None:
    """Believe the servers in front, and only them; answer only under our own names."""
    if hops := app.config["KESU_PROXIES"]:
        app.wsgi_app = Forwarded(app.wsgi_app, hops)  # type: ignore[method-assign]
    app.session_interface = _Sessions()
    app.before_request(_refuse_foreign_host)


def settings() -> dict[str, Any]:
    """Return what the environment says about proxies and hosts.

    Raises `Rejected` where it cannot be understood.
    """
    told = os.environ.get("KESU_PROXIES", "").strip() or "0"
    if not (told.isascii() and told.isdigit() and len(told) < 3):
        raise Rejected(
            sentence(
                "Expected in KESU_PROXIES how many web servers stand in front of this one (0, 1, 2), "
                "but found {told}."
            ),
            told=told,
        )
    hosts = os.environ.get("KESU_HOSTS", "").lower().replace(",", " ").split()
    return {"KESU_PROXIES": int(told), "KESU_HOSTS": tuple(hosts)}


def is_https() -> bool:
    """Say whether the person who asks came by HTTPS."""
    return request.is_secure or bool(current_app.config["KESU_HTTPS"])


def sender() -> str:
    """Return whom to count together: an IPv4 address, or the /64 that a household has in IPv6."""
    told = _address(request.remote_addr or "")
    address = ipaddress.ip_address(told or "0.0.0.0")  # noqa: S104  nobody is bound to it
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((int(address), 64), strict=False))


def _refuse_foreign_host() -> None:
    names = current_app.config["KESU_HOSTS"]
    host = request.headers.get("Host", "").lower()
    if names and request.endpoint != "home.healthz" and not host_is_trusted(host, names):
        raise Rejected(FOREIGN, host=host[:100])


def _address(told: str) -> str:
    """Return the address without port and brackets, or nothing where it is none."""
    bare = told[1:].partition("]")[0] if told.startswith("[") else told
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        found = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return ""
    return str(getattr(found, "ipv4_mapped", None) or found)
