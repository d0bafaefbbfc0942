"""Which language a page speaks. English sentences are the source; every `.po` below `translations/` is merged at start.

There are no compiled catalogues: Babel reads the `.po` files when the application starts.
"""

import io
import pathlib
import re
from collections.abc import Iterable
from datetime import tzinfo
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import flask_babel
from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, Response, current_app, g, has_request_context, request
from flask_babel import Babel, Domain, get_locale

from kesu.complaints import profiles
from kesu.webui import proxies
from kesu.webui.context import database, is_api, me

LANGUAGES = {"zh": "中文", "en": "English"}
FORMATS = {"zh": "zh_Hans_CN", "en": "en_GB"}  # 24 hours, day before month
TWO_LANGUAGES = re.compile(r"([^/]*[\u4e00-\u9fff][^/]*) / ([^/\u4e00-\u9fff]+)")
COOKIE = "kesu_language"
GIVEN = "zh"  # what everybody has who never chose: it yields to the browser, until they choose in it
FOLDER = pathlib.Path(__file__).parent / "translations"


class MergedDomain(Domain):  # type: ignore[misc]
    """All areas' catalogues as one, by language rather than by territory."""

    def __init__(self, catalogs: dict[str, Translations]) -> None:
        super().__init__()
        self.catalogs = catalogs

    def get_translations(self) -> NullTranslations:
        """Return the catalogue of the language in use."""
        locale = get_locale()
        return self.catalogs.get(locale.language if locale else "en") or NullTranslations()


class MergedBabel(Babel):  # type: ignore[misc]
    """Flask-Babel over the merged catalogues."""

    domain_instance: Any = None


def init(app: Flask) -> None:
    """Choose the language of each request and give templates what they need to speak it."""
    babel = MergedBabel(app, default_locale="en_GB", locale_selector=_chosen_locale, timezone_selector=_zone_name)
    babel.domain_instance = MergedDomain({language: merged(FOLDER / language) for language in LANGUAGES if language != "en"})
    app.jinja_env.globals.update(language=language, html_language=html_language, LANGUAGES=LANGUAGES, named=named, comma=comma)
    app.jinja_env.filters["listed"] = listed
    app.after_request(_remember)


@cache
def merged(folder: pathlib.Path) -> Translations:
    """Read and merge every `.po` of one language."""
    whole = Catalog(locale=folder.name)
    for path in sorted(folder.glob("LC_MESSAGES/*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=folder.name):
                if message.id and message.string and not message.fuzzy:
                    whole[message.id] = message
    buffer = io.BytesIO()
    write_mo(buffer, whole)
    buffer.seek(0)
    return Translations(buffer)


def language() -> str:
    """Return the two letters of the language in use."""
    locale = get_locale()
    return locale.language if locale else "en"


def own_half(text: str) -> str:
    """Return the reader's half of what somebody wrote in both languages, Chinese / English; any other text as it is."""
    halves = TWO_LANGUAGES.fullmatch(text)
    return text if halves is None else halves[1] if language() == "zh" else halves[2]


def listed(texts: Iterable[str]) -> str:
    """Return several texts as one enumeration, with the comma of the language in use."""
    return comma().join(texts)


def comma() -> str:
    """Return what stands between the parts of an enumeration."""
    return "、" if language() == "zh" else ", "


def html_language() -> str:
    """Return the language as HTML wants it said."""
    return "zh-CN" if language() == "zh" else language()


def named(thing: Any) -> str:
    """Return the name of a row or mapping that carries `name` and perhaps `name_en`, in the language in use."""
    if thing is None:
        return ""
    read = thing.get if hasattr(thing, "get") else lambda key: getattr(thing, key, None)
    return str(read("name") if language() == "zh" else (read("name_en") or read("name")) or "")


def zone() -> tzinfo:
    """Return the time zone in which this reader is shown times."""
    return ZoneInfo(_zone_name())


def _chosen_locale() -> Locale:
    return Locale.parse(FORMATS[_chosen_language()])


def _chosen_language() -> str:
    if "language" in g:
        return str(g.language)
    if is_api():  # a program is answered in English unless it asks for something else
        g.language = request.accept_languages.best_match(list(LANGUAGES)) or "en"
        return str(g.language)
    person = None if g.get("degraded") else me()
    own = person.locale if person else ""
    chosen = own if own[:2].lower() != GIVEN else ""
    browser = request.accept_languages.best_match(list(LANGUAGES))
    wished = (request.args.get("lang"), chosen, request.cookies.get(COOKIE), browser, own)
    found = next((short for wish in wished if wish and (short := wish[:2].lower()) in LANGUAGES), None)
    g.language = found or current_app.config["KESU_LANGUAGE"]
    return str(g.language)


def _zone_name() -> str:
    if "zone" not in g:
        g.zone = _wished_zone() if has_request_context() else ""
    return g.zone or str(current_app.config["KESU_TIME_ZONE"])


def _wished_zone() -> str:
    person = None if is_api() or g.get("degraded") else me()
    if person is None:
        return ""
    with database().read() as connection:
        return profiles.of_person(connection, person.login).time_zone


def _remember(response: Response) -> Response:
    if request.endpoint == "static":
        return response
    wished = request.args.get("lang", "")[:2].lower()
    if wished in LANGUAGES:
        response.set_cookie(COOKIE, wished, max_age=31536000, samesite="Lax", httponly=True, secure=proxies.is_https())
    response.headers.setdefault("Content-Language", html_language())
    return response


force = flask_babel.force_locale
