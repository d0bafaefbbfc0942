"""`kesu company` and `kesu password`: a fresh installation gets its people, and somebody who forgot their password a new one."""

import re

import pytest
from click.testing import CliRunner

from kesu.engine import identity, passwords
from kesu.engine.database import Database
from kesu.webui import cli, sign_ins
from tests.conftest import ROOT

EXAMPLE = str(ROOT / "docs" / "company.example.yaml")


@pytest.fixture
def kesu(tmp_path, monkeypatch):
    """The command line on a database of its own."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/kesu.db")
    return lambda *words, given=None: CliRunner().invoke(cli.main, list(words), input=given)


@pytest.fixture
def kept(tmp_path):
    """That database."""
    database = Database(f"sqlite:///{tmp_path}/kesu.db")
    yield database
    database.dispose()


def fits(db, login, password):
    with db.read() as connection:
        return passwords.fits(identity.password_hash(connection, login), password)


def test_a_fresh_installation_says_what_is_next_and_then_has_people(kesu, kept):
    installed = kesu("install")
    assert installed.exit_code == 0 and "complaint version 1" in installed.output and "kesu company FILE" in installed.output
    loaded = kesu("company", EXAMPLE)
    assert loaded.exit_code == 0, loaded.output
    assert fits(kept, "agent1", re.search(r"agent1  first password (\S+)", loaded.output)[1])
    assert "kesu company" not in kesu("install").output


def test_what_does_not_hold_ends_with_the_place(kesu, tmp_path):
    kesu("install")
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("people: [{login: hong, name: 洪工, groups: [qualify]}]", "utf-8")
    told = kesu("company", str(wrong))
    assert told.exit_code == 1 and "hong names qualify" in told.output and "nothing was changed" in told.output


def test_a_new_password_signs_its_person_out_everywhere(kesu, kept):
    kesu("install")
    kesu("company", EXAMPLE)
    with kept.write() as connection:
        at = connection.execute(identity.people.select()).first().created_at
        connection.execute(sign_ins.sign_ins.insert().values(digest="x", login="mei", browser="", created_at=at, seen_at=at))
    changed = kesu("password", "mei", given="eleven chars\neleven chars\n")
    assert changed.exit_code == 0, changed.output
    assert fits(kept, "mei", "eleven chars")
    with kept.read() as connection:
        assert connection.execute(sign_ins.sign_ins.select()).one().ended_at is not None


@pytest.mark.parametrize(("login", "given", "told"), [
    ("mei", "short\nshort\n", "at least 10"), ("nobody", "eleven chars\neleven chars\n", "nobody is called")])
def test_a_password_that_cannot_be_is_refused(kesu, login, given, told):
    kesu("install")
    kesu("company", EXAMPLE)
    refused = kesu("password", login, given=given)
    assert refused.exit_code != 0 and told in refused.output


def test_a_password_of_somebody_elses_choice_has_to_be_changed_and_must_not_be_easy(kesu, kept):
    kesu("install")
    kesu("company", EXAMPLE)
    easy = kesu("password", "mei", given="1234567890\n1234567890\n")
    assert easy.exit_code == 1 and "too easy to guess" in easy.output
    with kept.write() as connection:
        assert identity.person(connection, "mei").password_given
        identity.keep_password_hash(connection, "mei", "kept", given=False)
    assert kesu("password", "mei", given="eleven chars\neleven chars\n").exit_code == 0
    with kept.read() as connection:
        assert identity.person(connection, "mei").password_given
