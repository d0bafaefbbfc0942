"""Browsers in which somebody has signed in before: strangers who guess at their login cannot keep them out there.

A signed cookie says whose browser it is; it opens nothing (OWASP, "Device cookies").
"""

import hashlib
from datetime import timedelta

from flask import Response, current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

from kesu.webui import proxies

COOKIE = "kesu_device"
KEPT = timedelta(days=180)


def knows(login: str) -> bool:
    """Say whether this person has signed in in this browser in the last half year."""
    try:
        told = _signer().loads(request.cookies.get(COOKIE, ""), max_age=int(KEPT.total_seconds()))
    except BadData:
        return False
    return bool(told == _mark(login))


def remember(response: Response, login: str) -> None:
    """Note in the browser that this person has signed in in it."""
    response.set_cookie(
        COOKIE,
        _signer().dumps(_mark(login)),
        max_age=KEPT,
        path="/sign-in",
        httponly=True,
        samesite="Lax",
        secure=proxies.is_https(),
    )


def _mark(login: str) -> str:
    return hashlib.sha256(login.encode()).hexdigest()[:32]


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="kesu.device")
