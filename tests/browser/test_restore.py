"""The database is deleted, the newest backup restored, and a colleague opens a case with its photo."""

import pytest

from kesu.complaints import attachments, receipts
from kesu.complaints.attachments import Upload
from kesu.engine import clock, service_tasks, worker
from kesu.engine.backups import restore
from kesu.engine.backups.restoring import find
from kesu.engine.database import Database
from kesu.webui import backups, installations
from kesu.webui.app import create_app
from tests.browser.conftest import Site, Visitor, speaking
from tests.complaints import companies
from tests.serving import served
from tests.webui.cases.stage import PNG

pytestmark = pytest.mark.browser


def _stamp(connection):
    """Say of tables made from the code that they are the newest, as the migrations would."""
    connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)")
    newest = installations.revisions()[-1]
    connection.exec_driver_sql(f"INSERT INTO alembic_version VALUES ('{newest}')")


def test_what_was_lost_is_opened_again_with_its_photo(chromium, site, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    speaking(site.db, "zh")
    receipt = receipts.receive(
        site.db, companies.complaint(product="", description="热水器漏水"), channel="web", actor="customer"
    )
    worker.drain(site.db)
    with site.db.write() as connection:
        _stamp(connection)
        photo = attachments.accept([Upload("漏水.png", PNG)])
        attachments.add(connection, receipt.reference, photo, at=clock.now(), actor="customer")
    backups.make(site.db, tmp_path / "backups")
    site.db.dispose()
    for left in tmp_path.glob("kesu.db*"):
        left.unlink()

    url = f"sqlite:///{tmp_path}/kesu.db"
    restore(
        find(tmp_path / "backups"),
        url,
        migrate=installations.migrate,
        revisions=installations.revisions(),
    )
    again = Database(url)
    app = create_app(
        again, registry=service_tasks.registry(), config={"SECRET_KEY": "not a secret"}
    )
    with served(app) as address:
        visitor = Visitor(chromium, Site(again, address, site.clock), "zh", "ines")
        visitor.go(f"/cases/{receipt.reference}")
        shown = visitor.page.locator("img[src*=attachments], a[href*=attachments]").first
        assert shown.count() and "漏水.png" in visitor.page.content()
        visitor.leave()
    again.dispose()
