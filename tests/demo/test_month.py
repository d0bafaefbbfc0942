"""The demo month: every stage of the process is there, by the real engine, and it can be loaded once only."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from kesu.complaints import cases, clocks, intakes, mails, new_complaints, receipts, statuses
from kesu.complaints.deadlines import CaseDeadlines
from kesu.engine import ballots, clock, deadlines, history, identity, inbox, incidents, instances, passwords, service_tasks, trials, user_tasks
from kesu.engine.database import Database, metadata
from kesu.engine.errors import Conflict
from kesu.handlers import registry
from kesu.webui import report_figures
from kesu.webui.demo import company, habits, month
from tests.conftest import ROOT

NOW = datetime(2026, 4, 15, 6, 20, tzinfo=UTC)  # a Wednesday afternoon in Shanghai


@pytest.fixture(scope="module")
def plugged():
    before = clock.use(clock.ManualClock(NOW)), service_tasks.plug(registry.build()), deadlines.plug(CaseDeadlines())
    yield
    clock.use(before[0])
    service_tasks.plug(before[1])
    deadlines.plug(before[2])


@pytest.fixture(scope="module")
def demo(plugged, tmp_path_factory):
    import kesu.complaints.tables  # noqa: F401  every room's tables hang off the one metadata

    db = Database(f"sqlite:///{tmp_path_factory.mktemp('demo')}/kesu.db")
    metadata.create_all(db.engine)
    trials.publish(db, trials.read_folder(ROOT / "processes"))
    month.load(db)
    yield db
    db.dispose()


def open_tasks(db):
    with db.read() as connection:
        table = user_tasks.user_tasks
        return connection.execute(select(table).where(table.c.state.in_(user_tasks.OPEN))).all()


def case_of(db, title):
    with db.read() as connection:
        return connection.execute(select(cases.cases).where(cases.cases.c.title == title)).one()


def test_every_complaint_of_the_month_is_there_and_marked_as_demo_data(demo):
    with demo.read() as connection:
        payloads = connection.execute(select(intakes.intakes.c.payload)).scalars().all()
    assert len(payloads) == len(month.stories()) >= 30
    assert all(payload["fields"]["demo"] is True for payload in payloads)


def test_cases_stand_at_every_status(demo):
    with demo.read() as connection:
        found = set(connection.execute(select(cases.cases.c.status).distinct()).scalars())
    assert found == set(statuses.WORDS)


@pytest.mark.parametrize("story", [story for story in month.stories() if "#" not in story.get("stop", "") and story.get("stop") not in
                                   (None, "rating", "answer")], ids=lambda story: story["title"])
def test_a_story_that_stops_at_a_step_waits_at_that_step(demo, story):
    reference = case_of(demo, story["title"]).reference
    assert story["stop"] in [task.element_id for task in open_tasks(demo) if task.business_key == reference]


def test_every_story_told_to_its_end_is_archived(demo):
    told = [story["title"] for story in month.stories() if not {"stop", "withdraw", "fails"} & set(story)]
    assert len(told) >= 12
    assert {case_of(demo, title).status for title in told} == {"closed"}


def test_one_case_is_overdue_and_has_been_escalated(demo):
    late = [task for task in open_tasks(demo) if task.due_at and task.due_at < NOW]
    assert [task.business_key for task in late] == [case_of(demo, "热水器保温效果差").reference]
    with demo.read() as connection:
        assert report_figures.overdue_cases(connection, NOW) == 1


@pytest.mark.parametrize("login", ["ada", "bo", "ivan", "ines", "mara"])
def test_whoever_of_the_tour_signs_in_has_something_waiting(demo, login):
    with demo.read() as connection:
        assert inbox.counts(connection, identity.person(connection, login), now=NOW)["mine"] >= 1


def test_no_time_limit_ends_while_everybody_sleeps(demo):
    with demo.read() as connection:
        usual = select(clocks.clocks.c.due_at).where(clocks.clocks.c.calendar != "always")  # danger to people does not sleep
        ends = [at.astimezone(habits.ZONE) for at in connection.execute(usual).scalars()]
    assert [str(at) for at in ends if not 9 <= at.hour + at.minute / 60 <= 18 or at.weekday() > 4] == []


def test_one_case_is_in_the_middle_of_a_countersign(demo):
    task = next(task for task in open_tasks(demo) if task.element_id == "countersign")
    with demo.read() as connection:
        states = [ballot.state for ballot in ballots.of_task(connection, task.id)]
    assert sorted(set(states)) == ["open", "yes"]


def test_one_case_has_an_incident_that_trying_again_resolves(demo):
    with demo.read() as connection:
        found = incidents.listed(connection)
    assert [incident.element_id for incident in found] == ["carry_out"]
    assert found[0].kind == incidents.JOB_FAILED


def test_a_case_was_reopened_and_nobody_forgot_how_often(demo):
    assert case_of(demo, "修了三次还是不排水").cycle == 3


def test_no_mail_left_the_house(demo):
    with demo.read() as connection:
        found = connection.execute(select(mails.mails.c.state, func.count()).group_by(mails.mails.c.state)).all()
    assert [state for state, _ in found] == [mails.KEPT]


def test_every_chain_of_history_holds(demo):
    with demo.read() as connection:
        every = connection.execute(select(instances.instances.c.id)).scalars().all()
        assert all(history.verify(connection, instance_id).intact for instance_id in every)


def test_nothing_happened_after_now_and_the_month_before_it_is_full(demo):
    with demo.read() as connection:
        first, last = connection.execute(select(func.min(history.history.c.at), func.max(history.history.c.at))).one()
        started = connection.execute(select(func.max(clocks.clocks.c.started_at))).scalar()
    assert last <= NOW and started <= NOW
    assert (NOW - first).days >= 30


def test_everybody_can_sign_in_with_the_password_that_is_printed(demo):
    with demo.read() as connection:
        kept = connection.execute(select(identity.people.c.password_hash)).scalars().all()
    assert len(kept) == len(company.PEOPLE) and passwords.fits(kept[0], company.PASSWORD) and len(set(kept)) == 1
    assert any(company.PASSWORD in line for line in month.greeting(demo))


def test_loading_it_again_changes_nothing(demo):
    with demo.read() as connection:
        before = connection.execute(select(func.count()).select_from(history.history)).scalar()
    month.load(demo)
    with demo.read() as connection:
        assert connection.execute(select(func.count()).select_from(history.history)).scalar() == before


def test_a_database_with_complaints_of_its_own_is_left_alone(plugged, tmp_path):
    db = Database(f"sqlite:///{tmp_path}/kesu.db")
    metadata.create_all(db.engine)
    trials.publish(db, trials.read_folder(ROOT / "processes"))
    with db.write() as connection:
        company.found(connection, NOW)
    receipts.receive(db, new_complaints.NewComplaint("坏了", name="甲", phone="13800000001"), channel="web")
    with pytest.raises(Conflict, match="needs an empty database"):
        month.load(db)
    assert month.greeting(db) == []
    db.dispose()
