"""A real server, a real mail server and a real Chromium: the demo company with its shipped process, at a clock that the test turns."""

import email
import email.policy
import pathlib
import socket

import pytest
from aiosmtpd.controller import Controller

from kesu.complaints.deadlines import CaseDeadlines
from kesu.engine import clock, deadlines, identity, service_tasks, worker
from kesu.engine.database import Database, metadata
from kesu.handlers import registry
from kesu.webui import installations, tables  # noqa: F401  every room hangs its tables off the one metadata
from kesu.webui.app import create_app
from kesu.webui.demo import company
from tests.conftest import ROOT
from tests.serving import served

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


class Letters:
    """Keeps every mail that arrives."""

    def __init__(self):
        self.arrived = []

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802  the name aiosmtpd calls
        self.arrived.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"

    def to(self, address):
        """Return the mails to an address, in order of arrival, as (subject, text)."""
        return [(str(each["subject"]), each.get_body(("plain",)).get_content()) for each in self.arrived if address in str(each["to"])]


@pytest.fixture
def letters(monkeypatch):
    """A real mail server of our own, told to the application as KESU_SMTP_URL."""
    kept = Letters()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    monkeypatch.setenv("KESU_SMTP_URL", f"smtp://127.0.0.1:{port}")
    yield kept
    controller.stop()


class Site:
    """The served application, with the worker in the test's own hand."""

    def __init__(self, db, address, manual):
        self.db, self.address, self.clock = db, address, manual

    def work(self):
        """Fire what is due and do what is ready."""
        return worker.drain(self.db)


@pytest.fixture
def site(tmp_path, turned, letters, monkeypatch):
    """The demo company on SQLite with everything that is shipped, served on a free port."""
    outbox = tmp_path / "outbox"
    outbox.mkdir()
    monkeypatch.setenv("KESU_REMEDY_OUTBOX", str(outbox))
    before = service_tasks.plug(registry.build()), deadlines.plug(CaseDeadlines())
    db = Database(f"sqlite:///{tmp_path}/kesu.db")
    metadata.create_all(db.engine)
    with db.write() as connection:
        company.found(connection, clock.now())
    installations.publish(db)
    with served(create_app(db, registry=service_tasks.registry(), config={"SECRET_KEY": "not a secret"})) as address:
        monkeypatch.setenv("KESU_BASE_URL", address)
        yield Site(db, address, turned)
    db.dispose()
    service_tasks.plug(before[0])
    deadlines.plug(before[1])


def speaking(db, locale):
    """Let everybody at the company read this language."""
    with db.write() as connection:
        connection.execute(identity.people.update().values(locale=locale))


class Visitor:
    """Somebody in front of a browser of their own, who looks at every page with axe."""

    def __init__(self, browser, site, language, login=None, width=1280):
        self.site, self.language = site, language
        self.context = browser.new_context(viewport={"width": width, "height": 900}, locale={"zh": "zh-CN", "en": "en-GB"}[language])
        self.page = self.context.new_page()
        self.troubles = []
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("console", lambda message: self.troubles.append(message.text) if message.type == "error" else None)
        if login:
            self.sign_in(login)

    def sign_in(self, login):
        """Sign in with the demo password."""
        self.go("/sign-in")
        self.page.fill("#login", login)
        self.page.fill("#password", company.PASSWORD)
        self.page.press("#password", "Enter")
        self.page.wait_for_url(lambda url: "/sign-in" not in url)

    def go(self, path):
        """Open a page and look at it."""
        self.page.goto(path if path.startswith("http") else self.site.address + path)
        self.look()

    def look(self):
        """Wait for the page to settle, and have axe find nothing."""
        self.page.wait_for_load_state("networkidle")
        faults = violations(self.page)
        assert not faults, f"{self.page.url}: {faults}"
        assert self.page.locator("html").get_attribute("lang")[:2] == self.language

    def leave(self):
        """Close the browser; nothing may have gone wrong in any page's script."""
        self.context.close()
        assert not self.troubles, self.troubles


def violations(page):
    """Return what axe finds on a page, as rule and first element."""
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(pathlib.Path(AXE).read_text())
    found = page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", STANDARD)
    return [(each["id"], each["nodes"][0]["target"], each["nodes"][0]["html"][:200]) for each in found["violations"]]
