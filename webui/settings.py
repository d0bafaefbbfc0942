"""What the web application is set to: given configuration first, then the environment, then safe defaults."""

import contextlib
import os
import pathlib
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Flask

from kesu.webui import proxies

DEFAULTS: dict[str, Any] = {
    "SESSION_COOKIE_NAME": "kesu_session",
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "PERMANENT_SESSION_LIFETIME": timedelta(hours=12),
    "SESSION_REFRESH_EACH_REQUEST": False,
    # Whoever hides where they come from may still send a form: its token counts, and `protections` refuses other sites.
    "WTF_CSRF_SSL_STRICT": False,
    "WTF_CSRF_TIME_LIMIT": None,  # as long as the session: a form left open over lunch must still be accepted
    "MAX_CONTENT_LENGTH": 220 * 1024 * 1024,
    "MAX_FORM_MEMORY_SIZE": 8 * 1024 * 1024,
    "MAX_FORM_PARTS": 2000,
    "KESU_TIME_ZONE": "Asia/Shanghai",
    "KESU_LANGUAGE": "zh",
}


def load(app: Flask, config: Mapping[str, Any] | None) -> None:
    """Put the settings into the application."""
    app.config.update(DEFAULTS)
    app.config.update({name: os.environ[name] for name in ("KESU_TIME_ZONE", "KESU_LANGUAGE") if os.environ.get(name)})
    app.config.update(proxies.settings())
    https = os.environ.get("KESU_HTTPS", "") not in ("", "0")
    app.config.update(KESU_HTTPS=https, SESSION_COOKIE_SECURE=https)
    app.config.update(config or {})
    if not app.config.get("SECRET_KEY"):
        app.config["SECRET_KEY"] = os.environ.get("KESU_SECRET_KEY") or _kept_secret(pathlib.Path(app.instance_path))


def secret() -> str:
    """Return the secret of a process that serves no pages, the same as that of the pages: links in mails are signed with it."""
    return os.environ.get("KESU_SECRET_KEY") or _kept_secret(secret_file().parent)


def secret_file() -> pathlib.Path:
    """Return where the secret is kept when the environment does not say it."""
    return pathlib.Path.cwd() / "instance" / "secret_key"


def _kept_secret(folder: pathlib.Path) -> str:
    """Return the kept secret, made at the first time: written under another name and linked, so that nobody reads half of one.

    An empty file, as an earlier version could leave behind when it was killed, is replaced.
    """
    path = folder / "secret_key"
    if not path.exists() or not path.read_text().strip():
        folder.mkdir(parents=True, exist_ok=True)
        if path.exists():
            path.unlink(missing_ok=True)
        draft = folder / f".secret_key.{os.getpid()}"
        try:
            with open(os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48))
            with contextlib.suppress(FileExistsError):
                os.link(draft, path)  # another process of ours was first: its key is the key
        finally:
            draft.unlink(missing_ok=True)
    return path.read_text().strip()
