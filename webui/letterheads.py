"""Who the customer is dealing with: the company's name and where to call. Shown at the same place on every public page."""

import os
from dataclasses import dataclass

from flask import Flask, current_app


@dataclass(frozen=True)
class Letterhead:
    """The company as its customers know it; an empty `hotline` shows no number at all."""

    name: str
    name_en: str
    hotline: str
    hours: str
    hours_en: str


def init(app: Flask) -> None:
    """Give templates the letterhead."""
    app.jinja_env.globals.update(letterhead=letterhead)


def letterhead() -> Letterhead:
    """Return the letterhead from the configuration, else from the environment."""
    return Letterhead(*(_setting(name) for name in ("KESU_COMPANY", "KESU_COMPANY_EN", "KESU_HOTLINE", "KESU_HOURS", "KESU_HOURS_EN")))


def _setting(name: str) -> str:
    return str(current_app.config.get(name) or os.environ.get(name, ""))
