"""The stage of the case tests: the company with the shipped process, people who can sign in, and complaints to look at."""

from kesu.complaints import receipts
from kesu.engine import clock, identity, worker
from kesu.webui.app import create_app
from tests.complaints import companies
from tests.webui.conftest import HASH

CONFIG = {"SECRET_KEY": "not a secret", "TESTING": True, "KESU_LANGUAGE": "en", "KESU_HOTLINE": "400-820-0000"}
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082"
)


def build(db):
    """Found the company in a database, publish what Kesu comes with, give everybody the password of the tests."""
    companies.found(db)
    companies.publish_shipped(db)
    with db.write() as connection:
        for login, name, groups in (("yun", "Yun", ["auditor"]), ("olga", "Olga", ["owner"]), ("lin", "Lin", ["investigator", "logistics"])):
            identity.add_person(connection, login, at=clock.now(), groups=groups, name=name, name_en=name, locale="en")
        connection.execute(identity.people.update().values(password_hash=HASH))
    return db


def application(db):
    """The whole web application over it."""
    return create_app(db, config=CONFIG)


def receive(db, channel="web", actor=identity.CUSTOMER, **changes):
    """Receive Carol's complaint, with changes, and let the process run to its first wait."""
    receipt = receipts.receive(
        db, companies.complaint(**{"category": "quality", "subcategory": "part_damaged", **changes}), channel=channel, actor=actor
    )
    worker.drain(db)
    return receipt
