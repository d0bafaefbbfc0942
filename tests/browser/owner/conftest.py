"""A real Chromium before a real server: the whole application, the cast, a small drawn process. Nothing a page logs goes unseen."""

import json
import subprocess
import sys

import pytest
from playwright.sync_api import Browser, Page

from kesu.engine import clock, definitions, identity, service_tasks
from kesu.engine.database import Database, metadata
from kesu.engine.service_tasks import Registry, Topic, done
from kesu.webui.app import create_app
from tests.browser.owner.drawings import drawn
from tests.conftest import ROOT
from tests.serving import served
from tests.webui.conftest import CAST, DEPARTMENTS, HASH, PASSWORD, PROPOSAL, small_process

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="session")
def bundles():
    """The browser bundles as the sources are now."""
    subprocess.run([sys.executable, str(ROOT / "bin" / "build-assets")], check=True)


@pytest.fixture
def company(tmp_path, turned):
    """The cast, one service task, and the small process with a drawing, in an SQLite database."""
    registry = Registry([Topic("notify", _notify, inside=True, label={"zh": "通知", "en": "Notify"})])
    before = service_tasks.plug(registry)
    db = Database(f"sqlite:///{tmp_path}/kesu.db")
    import kesu.complaints.tables  # noqa: F401  every room's tables hang off the one metadata

    metadata.create_all(db.engine)
    _people(db)
    definitions.deploy_form(db, json.dumps(PROPOSAL).encode(), actor="olga")
    definitions.deploy(db, drawn(small_process()), actor="olga")
    yield db
    db.dispose()
    service_tasks.plug(before)


def _notify(task, whom: str):
    return done()


def _people(db):
    with db.write() as connection:
        for key in sorted({group for _, _, groups in CAST.values() for group in groups}):
            identity.add_group(connection, key, kind="department" if key in DEPARTMENTS else "role", name=key, name_en=key.title())
        for login, (name, name_en, groups) in CAST.items():
            identity.add_person(connection, login, at=clock.now(), groups=groups, name=name, name_en=name_en, locale="en", password_hash=HASH)


@pytest.fixture
def address(company, bundles):
    """The address of the application, served for one test."""
    app = create_app(company, registry=service_tasks.registry(), config={"SECRET_KEY": "not a secret", "TESTING": True, "KESU_LANGUAGE": "en"})
    with served(app) as address:
        yield address


class Visitor:
    """Somebody at a browser; `page` is Playwright's. What the console said and the policy refused is kept in `complaints`."""

    def __init__(self, chromium: Browser, address: str, **context) -> None:
        self.address = address
        self.context = chromium.new_context(base_url=address, viewport={"width": 1440, "height": 900}, reduced_motion="reduce", **context)
        self.context.set_default_timeout(10_000)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def sign_in(self, login: str) -> "Visitor":
        """Sign in through the page."""
        self.page.goto("/sign-in")
        self.page.fill("input[name=login]", login)
        self.page.fill("input[name=password]", PASSWORD)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        return self

    def barriers(self) -> list[str]:
        """Return what axe finds on the page as it stands now."""
        self.page.evaluate(AXE.read_text())
        found = self.page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
        return [f"{v['id']}: {n['html'][:200]} {n['failureSummary']}" for v in found["violations"] for n in v["nodes"]]


@pytest.fixture
def visit(chromium, address):
    """Return a signed-in visitor of anybody of the cast; at the end nobody's console may have complained."""
    visitors = []

    def arrive(login: str, **context) -> Visitor:
        visitors.append(Visitor(chromium, address, **context).sign_in(login))
        return visitors[-1]

    yield arrive
    for visitor in visitors:
        visitor.context.close()
    assert [complaint for visitor in visitors for complaint in visitor.complaints] == []
