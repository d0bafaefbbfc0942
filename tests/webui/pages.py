"""What every page owes its reader, checked on every answer that a test gets."""

import re
import warnings
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import html5lib
from flask import Flask
from html5lib.constants import E as MESSAGES
from werkzeug.exceptions import HTTPException

# html5lib knows the HTML of 2014: these are valid today.
FORGIVEN = {"unknown-attribute"}


class Outline(HTMLParser):
    """The parts of a page that the rules below speak of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.h1: list[str] = []
        self.title = ""
        self.ids: list[str] = []
        self.forms: list[dict] = []
        self.sent_to: list[str] = []
        self.leads_to: list[str] = []
        self.tables: list[int] = []
        self.inline: list[str] = []
        self.unlabelled: list[str] = []
        self.labels: set[str] = set()
        self._inside: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if "id" in found:
            self.ids.append(found["id"])
        self._inside.append(tag) if tag in ("h1", "title", "form", "table", "label", "svg") else None
        self._look(tag, found)
        self.leads_to += [found["href"]] if found.get("href", "").startswith("/") else []
        self.sent_to += [found["formaction"]] if "formaction" in found else []
        if "style" in found or any(name.startswith("on") for name in found):
            self.inline.append(f"<{tag} {found}>")

    def _look(self, tag, found):
        if tag == "h1":
            self.h1.append("")
        elif tag == "form":
            self.forms.append({"action": found.get("action"), "method": (found.get("method") or "get").lower(), "csrf": False})
            self.sent_to += [found["action"]] if found.get("action") and found.get("method") == "post" else []
        elif tag == "input" and found.get("name") == "csrf_token" and self.forms:
            self.forms[-1]["csrf"] = True
        elif tag == "table":
            self.tables.append(0)
        elif tag == "th" and self.tables:
            self.tables[-1] += 1
        elif tag == "label":
            self.labels.add(found.get("for") or "")
        elif tag == "style" or (tag == "script" and "src" not in found and found.get("type") != "application/json"):
            self.inline.append(f"<{tag}>")
        if tag in ("input", "select", "textarea") and found.get("type") not in ("hidden", "submit") and "label" not in self._inside:
            if "aria-label" not in found and "aria-labelledby" not in found:
                self.unlabelled.append(found.get("id") or f"<{tag} name={found.get('name')}>")

    def handle_endtag(self, tag):
        if tag in self._inside:
            self._inside.reverse()
            self._inside.remove(tag)
            self._inside.reverse()

    def handle_data(self, data):
        if "h1" in self._inside:
            self.h1[-1] += data
        elif "title" in self._inside and "svg" not in self._inside:
            self.title += data


def faults(text: str) -> list[str]:
    """Return a sentence for every rule that a whole page breaks."""
    page = Outline(text)
    headings = [" ".join(heading.split()) for heading in page.h1]
    title = " ".join(page.title.split())
    found = [f"one h1 is wanted, there are {len(headings)}: {headings}"] if len(headings) != 1 else []
    if headings and not title.startswith(headings[0]):
        found.append(f"the title begins with something else than the h1: {title!r}, {headings[0]!r}")
    return found + _structure(page) + [f"not valid HTML: {error}" for error in _invalid(text)]


def _structure(page: Outline) -> list[str]:
    twice = {name for name in page.ids if page.ids.count(name) > 1}
    found = [f"the id {name} is used twice" for name in sorted(twice)]
    found += [f"inline script or style: {element}" for element in page.inline]
    found += [f"a form without action: {form}" for form in page.forms if not form["action"]]
    found += [f"a form that changes something, without CSRF token: {form}" for form in page.forms
              if form["method"] == "post" and not form["csrf"]]
    found += ["a table without headers"] * page.tables.count(0)
    return found + [f"an input without label: {name}" for name in page.unlabelled if name not in page.labels]


def _invalid(text: str) -> list[str]:
    parser = html5lib.HTMLParser()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parser.parse(text)
    return [f"{MESSAGES.get(code, code)} {data} at {place}" for place, code, data in parser.errors if code not in FORGIVEN]


def dead_ends(text: str, app: Flask) -> list[str]:
    """Return a sentence for every address of a page that nobody answers: where links lead, and where forms are sent, which can only POST."""
    page = Outline(text)
    wanted = [(address, "GET") for address in page.leads_to]
    wanted += [(address, parse_qs(urlsplit(address).query).get("_method", ["POST"])[0]) for address in page.sent_to]
    return [f"{method} {address} answers {code}" for address, method in wanted if (code := _refused(app, address, method))]


def _refused(app: Flask, address: str, method: str) -> int | None:
    try:
        app.url_map.bind("localhost").match(urlsplit(address).path, method=method)
    except HTTPException as refusal:
        return refusal.code
    return None


def token(text: str) -> str:
    """Return the CSRF token of a page."""
    found = re.search(r'name="csrf-token" content="([^"]+)"', text)
    assert found, "the page has no CSRF token"
    return found.group(1)


def words(text: str) -> str:
    """Return what a reader sees of a page: its text without tags, spaces run together."""
    body = re.sub(r"<(script|style|head)\b.*?</\1>", " ", text, flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", body).replace("&#39;", "'").replace("&amp;", "&").split())
