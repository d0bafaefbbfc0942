"""A clock that has jumped, as administrators see it: the page, the sign of life, the command line; and all recurring work waits."""

from datetime import timedelta

import pytest
from click.testing import CliRunner

from kesu.engine import clock, clock_watch
from kesu.webui import cli, schedules
from tests.engine.test_clock_watch import Machine


@pytest.fixture
def jumped(company):
    """The company's machine, whose clock has jumped by three days, with one piece of recurring work and what it did."""
    used, done = Machine(), []
    used.wall = clock.now()
    before = clock.use(used)
    clock_watch.holds(company)
    used.is_set(days=3)
    work = schedules.Recurring("count", 1.0, done.append)

    def goes_round():
        schedules._guarded(work, company)
        return len(done)

    assert goes_round() == 0
    yield goes_round
    clock.use(before)


@pytest.mark.usefixtures("company")
def test_nothing_is_said_while_the_clock_is_right(app, as_person):
    assert app.test_client().get("/healthz").json["clock"] is None
    assert "The time is right" not in as_person("root").get("/setup/operation").text


def test_the_page_says_it_and_its_button_lets_all_go_on(jumped, app, as_person):
    told = app.test_client().get("/healthz").json
    assert told["status"] == "clock_jumped" and told["clock"][0]["jump_seconds"] == timedelta(days=3).total_seconds()
    root = as_person("root")
    assert "has jumped by +72.0 hours" in root.get("/setup/operation").text
    as_person("olga").post("/setup/operation/clock", status=403)
    root.post("/setup/operation/clock")
    assert jumped() == 1
    assert app.test_client().get("/healthz").json["status"] == "ok"
    assert "has jumped" not in root.get("/setup/operation").text


def test_the_incident_is_listed_with_the_others(jumped, as_person):
    page = as_person("root").get("/incidents").text
    assert "The machine&#39;s clock has jumped" in page


def test_the_command_line_shows_it_and_says_that_the_time_is_right(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/kesu.db")

    def kesu(*words):
        return CliRunner().invoke(cli.main, words)

    assert kesu("install").exit_code == 0
    db, used = cli._database(), Machine()
    before = clock.use(used)
    try:
        clock_watch.holds(db)
        used.is_set(days=-2)
        assert clock_watch.holds(db)
        shown = kesu("clock", "show")
        assert shown.exit_code == 1 and "one: off by -2 days" in shown.output
        assert kesu("clock", "accept", "--by", "nobody").exit_code == 1
        assert "taken as right" in kesu("clock", "accept").output
        assert not clock_watch.holds(db) and kesu("clock", "show").exit_code == 0
    finally:
        clock.use(before)
        db.dispose()
