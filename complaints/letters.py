"""The texts of letters in Chinese and English: one file each in `mail_texts/`, the first line its subject."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache
from importlib import resources
from string import Template
from typing import Any

from kesu.complaints.numbers import ZONE
from kesu.engine.errors import NotFound, sentence

TO_CUSTOMER = ("acknowledgement", "question", "result", "survey", "withdrawn", "closed", "reply")
TO_STAFF = (
    "reminder",
    "escalation",
    "danger",
    "heard",
    "heard_danger",
    "assignment",
    "copy",
    "digest",
    "late_backup",
    "late_restore_test",
)
COMPANY = {"zh": "客户服务中心", "en": "Customer Service"}
IN_THE_MAIL = {"zh": "（链接见邮件）", "en": "(the link is in the mail)"}


@dataclass(frozen=True)
class Letter:
    """A letter ready to be sent."""

    subject: str
    body: str


def write(template: str, locale: str, values: Mapping[str, Any]) -> Letter:
    """Fill a template in a language; what is not known is a dash. `below` goes under the text where it is given.

    Raises `NotFound` for an unknown template.
    """
    language = "zh" if locale.startswith("zh") else "en"
    subject, body = _texts(template, language)
    company = os.environ.get("KESU_COMPANY", COMPANY[language])
    filled = _Dashes({"company": company} | {name: str(value) for name, value in values.items() if value not in (None, "")})
    return Letter(_one_line(Template(subject).substitute(filled)), Template(body).substitute(filled) + str(values.get("below") or ""))


def kept(template: str, locale: str, values: Mapping[str, Any]) -> str:
    """Return the text of a letter as the contact log keeps it: colleagues must not hold the customer's own links."""
    told = IN_THE_MAIL["zh" if locale.startswith("zh") else "en"]
    return write(template, locale, {**values, "link": told, "survey_link": told}).body


def moment(at: datetime, zone: tzinfo = ZONE) -> str:
    """Return an instant as a letter says it, in the company's own time or the reader's."""
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M")


class _Dashes(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "-"


@lru_cache(maxsize=64)
def _texts(template: str, language: str) -> tuple[str, str]:
    if template not in TO_CUSTOMER + TO_STAFF:
        raise NotFound(
            sentence("Expected one of the letters {letters}, got {letter}."),
            letters=", ".join(TO_CUSTOMER + TO_STAFF),
            letter=template,
        )
    text = resources.files("kesu.complaints").joinpath("mail_texts", f"{template}.{language}.txt").read_text("utf-8")
    subject, _, body = text.partition("\n")
    return subject, body


def _one_line(text: str) -> str:
    # A line break in a subject would let a customer's title write headers of its own.
    return re.sub(r"[\x00-\x1f\x7f\s]+", " ", text).strip()[:200]
