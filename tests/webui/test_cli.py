"""Every command of `kesu` is run once for real: what it says, and how it ends."""

import json

import pytest
from click import Group
from click.testing import CliRunner

from kesu.complaints import intakes, new_complaints, receipts
from kesu.engine.database import Database
from kesu.webui import cli, installations, servers
from tests.conftest import ROOT, shared

DIAGRAM = ROOT / "processes" / "complaint.bpmn"
STORY = ROOT / "processes" / "scenarios" / "general_quality.yaml"
TRIED = {
    "audit verify",
    "backup",
    "clock accept",
    "clock show",
    "company",
    "decide",
    "deploy",
    "incidents list",
    "incidents retry",
    "incidents skip",
    "install",
    "migrate",
    "password",
    "restore",
    "serve",
    "token",
    "try",
    "validate",
    "worker",
}  # backup, clock, restore, company, password and incidents have test files of their own


@pytest.fixture
def kesu(tmp_path, monkeypatch):
    """The command line on an installed database of its own."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/kesu.db")
    ran = CliRunner().invoke(cli.main, ["install"])
    assert ran.exit_code == 0, ran.output
    return lambda *words: CliRunner().invoke(cli.main, list(map(str, words)))


def commands(group, before=""):
    for name, command in group.commands.items():
        if isinstance(command, Group):
            yield from commands(command, f"{before}{name} ")
        else:
            yield f"{before}{name}"


def test_no_command_is_left_out_here():
    assert set(commands(cli.main)) == TRIED


@pytest.mark.parametrize("words", sorted(TRIED))
def test_every_command_says_what_it_is_for(words):
    told = CliRunner().invoke(cli.main, [*words.split(), "--help"])
    assert told.exit_code == 0 and "Usage:" in told.output


def test_try_plays_a_scenario_and_says_how_it_went(kesu):
    told = kesu("try", DIAGRAM, STORY)
    assert told.exit_code == 0, told.output
    assert "ok  " in told.output and "came true; the instance is completed" in told.output


def test_try_names_what_did_not_come_true(kesu, tmp_path):
    folder = tmp_path / "scenarios"
    folder.mkdir()
    story = folder / "wrong.yaml"
    lines = STORY.read_text("utf-8").replace("grade: general", "grade: major", 1)
    story.write_text(lines, "utf-8")
    (folder / "company.yaml").write_bytes((STORY.parent / "company.yaml").read_bytes())
    told = kesu("try", DIAGRAM, story)
    assert told.exit_code == 1 and "expected major, found general" in told.output
    assert "did not come true" in told.output


def test_migrate_and_install_can_be_said_again(kesu):
    assert "up to date" in kesu("migrate").output
    assert kesu("install").exit_code == 0


def test_token_is_printed_for_the_administrator_and_for_a_person(kesu):
    made = kesu("token", "--admin")
    assert made.exit_code == 0 and len(made.output.strip()) > 20
    assert kesu("token", "--for", "admin").exit_code == 0
    assert kesu("token").exit_code == 2
    assert kesu("token", "--for", "nobody").exit_code == 1


def test_validate_says_what_speaks_against_a_diagram(kesu):
    assert kesu("validate", DIAGRAM).exit_code == 0
    told = kesu("validate", "--json", shared("faults", "inputs", "calls-a-global-task.bpmn"))
    assert isinstance(json.loads(told.output)["problems"], list)


def test_deploy_publishes_files(kesu):
    told = kesu("deploy", DIAGRAM, "--comment", "again")
    assert told.exit_code == 0 and "complaint version" in told.output


def test_decide_evaluates_a_table(kesu):
    table = sorted((ROOT / "processes").glob("*.dmn"))[0]
    assert kesu("decide", table, "--decision", "none of ours").exit_code == 1
    assert kesu("decide", table, "--decision", "x", "--input", "[]").exit_code == 2


def test_audit_verify_checks_the_histories_and_what_came_in(kesu, tmp_path):
    db = Database(f"sqlite:///{tmp_path}/kesu.db")
    installations.plug()
    given = {"name": "Carol", "phone": "13800001111", "description": "The handle broke"}
    reference = receipts.receive(db, new_complaints.from_fields(given), channel="web").reference
    held = kesu("audit", "verify")
    assert held.exit_code == 0 and "1 histories checked, 0 broken." in held.output
    assert "1 receipts checked, 0 changed." in held.output
    with db.write() as connection:  # somebody with the database in hand
        connection.exec_driver_sql("DROP TRIGGER intakes_stay_update")
        connection.execute(intakes.intakes.update().values(payload={"fields": {"name": "Dora"}}))
    changed = kesu("audit", "verify", "--case", reference)
    assert changed.exit_code == 1 and f"{reference}: what came in was changed" in changed.output
    db.dispose()


def test_serve_and_worker_begin_what_they_say(kesu, monkeypatch):
    begun = []
    monkeypatch.setattr(servers, "serve", lambda db, **how: begun.append(how["port"]))
    monkeypatch.setattr(cli.schedules, "run_forever", lambda db: begun.append("worker"))
    assert kesu("serve", "--port", "9123").exit_code == 0 and kesu("worker").exit_code == 0
    assert begun == [9123, "worker"]
