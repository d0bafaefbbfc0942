"""Danger is judged before anything is guessed: told at any hour, on a clock that never sleeps, and taken back by two people only."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from kesu.complaints import (
    all_clears,
    announcements,
    cases,
    clocks,
    corrections,
    escalations,
    mail_wishes,
    mails,
    missing_details,
    new_complaints,
    notices,
    receipts,
)
from kesu.engine import instances, notifications, runtime, user_tasks, worker
from kesu.engine.errors import Conflict, Forbidden, Invalid, Rejected
from tests.conftest import shared
from tests.handlers.stories import Story

SATURDAY = datetime(2026, 3, 7, 13, 36, tzinfo=UTC)  # 21:36 in Shanghai
HALF_AN_HOUR = timedelta(minutes=30)
UNSURE = [  # none of these says what kind of complaint it is
    "插座起火冒烟，差点烧了房子", "孩子被电了一下送医院了", "The heater gave me an electric shock", "燃气灶漏气闻到煤气味", "爆炸了玻璃划伤手",
    "一碰外壳就麻手，老人触电了", "Smoke came out of it and my daughter is in hospital",
]


@pytest.fixture
def saturday(company, turned):
    """A Saturday night, when nobody works."""
    turned.advance(SATURDAY - turned.now())
    return company


def receive(db, text, channel="web", **fields):
    actor = "customer" if channel == "web" else "ines"
    told = {"name": "王测试", "phone": "13600001111", "description": text, **fields}
    receipt = receipts.receive(db, new_complaints.from_fields(told), channel=channel, actor=actor)
    return receipt.reference


def open_tasks(db, reference):
    with db.read() as connection:
        instance = instances.by_business_key(connection, reference)
        return {task.element_id: task for task in user_tasks.of_instance(connection, instance.id, only_open=True)}


def variables(db, reference):
    with db.read() as connection:
        return instances.by_business_key(connection, reference).variables


def case_of(db, reference):
    with db.read() as connection:
        return cases.find(connection, reference)


def told(db, reference):
    """Return who was told of a danger in the program, and to which addresses a mail went."""
    with db.read() as connection:
        rows = connection.execute(notices.notices.select().where(notices.notices.c.reference == reference,
                                                                 notices.notices.c.template == "danger"))
        sent = connection.execute(mails.mails.select().where(mails.mails.c.reference == reference,
                                                             mails.mails.c.template == "danger"))
        return {row.login for row in rows}, {row.to_address for row in sent}


@pytest.mark.parametrize("channel", ["web", "phone", "api", "csv", "email"])
@pytest.mark.parametrize("text", UNSURE[:3])
def test_danger_is_told_at_once_whatever_the_category_and_the_channel(saturday, channel, text):
    reference = receive(saturday, text, channel)
    assert told(saturday, reference) == ({"ines", "ivan", "mara"}, {f"{login}@kesu.example" for login in ("ines", "ivan", "mara")})
    with saturday.read() as connection:
        assert [(each.level, each.to) for each in escalations.of_case(connection, reference)] == [(2, "mara")]
    assert (case_of(saturday, reference).safety, case_of(saturday, reference).priority) == (True, 1)


@pytest.mark.parametrize("text", UNSURE)
def test_whoever_is_to_classify_it_has_half_an_hour_day_and_night(saturday, text):
    reference = receive(saturday, text)
    task = open_tasks(saturday, reference)["confirm_classification"]
    assert (task.priority, task.due_at) == (1, SATURDAY + HALF_AN_HOUR)
    with saturday.read() as connection:
        assert clocks.of_task(connection, task.id).calendar == "always"


def test_the_own_written_dangers_without_a_category_are_all_told(saturday):
    lines = shared("faults", "inputs", "danger-without-category.json").read_text("utf-8").splitlines()
    for line in lines:
        fields = json.loads(line)
        reference = receive(saturday, fields.pop("description"), "api", **fields)
        assert told(saturday, reference)[0] == {"ines", "ivan", "mara"}


def test_nobody_looking_in_half_an_hour_goes_up_the_ladder(saturday, turned):
    before = notifications.plug(announcements.tell)
    reference = receive(saturday, UNSURE[0])
    turned.advance(HALF_AN_HOUR + timedelta(minutes=1))
    worker.drain(saturday)
    notifications.plug(before)
    with saturday.read() as connection:
        assert len(escalations.of_case(connection, reference)) == 2


def test_a_mail_about_danger_does_not_wait_for_the_daily_digest(saturday):
    with saturday.write() as connection:
        mail_wishes.choose(connection, "mara", {"escalation": "daily"})
    assert "mara@kesu.example" in told(saturday, receive(saturday, UNSURE[1]))[1]


def test_a_danger_that_is_sure_of_its_category_runs_day_and_night_too(saturday):
    reference = receive(saturday, "The kettle caught fire and my hand was burned, the part is broken", product="kettle",
                        category="quality", subcategory="part_damaged")
    tasks = open_tasks(saturday, reference)
    assert case_of(saturday, reference).grade == "major"
    assert {(task.priority, task.due_at) for task in tasks.values()} == {(1, SATURDAY + timedelta(hours=12))}


def test_a_diagram_that_does_not_ask_about_danger_does_not_keep_it_quiet(company):
    from tests.complaints import companies

    companies.publish_small(company)
    assert told(company, receive(company, UNSURE[0]))[0] == {"ines", "ivan", "mara"}


def test_a_complaint_without_danger_tells_nobody_and_keeps_its_clock(saturday):
    reference = receive(saturday, "上次说的事到现在也没个准信，你们自己看着办吧。")
    task = open_tasks(saturday, reference)["confirm_classification"]
    assert told(saturday, reference) == (set(), set()) and task.due_at > SATURDAY + timedelta(days=1)
    assert variables(saturday, reference)["safety"] is False


@pytest.mark.parametrize("fields", [{"category": "quality"}, {"category": "service", "subcategory": "attitude"}, {"category": "delivery"},
                                    {"name": ""}, {"phone": ""}])
def test_an_empty_field_never_holds_up_somebody_who_was_hurt(saturday, fields):
    reference = receive(saturday, "水壶把手断了，开水烫伤了孩子", **fields)
    task = open_tasks(saturday, reference)["complete_details"]
    assert (task.priority, task.due_at) == (1, SATURDAY + HALF_AN_HOUR)
    with saturday.read() as connection:
        missing = missing_details.of_case(connection, cases.find(connection, reference))
    assert set(variables(saturday, reference)["missing"]) <= set(missing) and variables(saturday, reference)["missing"]


def test_an_empty_field_is_still_owed_where_nobody_was_hurt(company):
    with pytest.raises(Invalid):
        receive(company, "水壶把手断了", category="quality")
    with pytest.raises(Invalid):
        receive(company, "水壶把手断了", phone="")


def test_an_answer_that_is_silent_about_danger_does_not_lower_it(saturday):
    reference = receive(saturday, UNSURE[0])
    task = open_tasks(saturday, reference)["confirm_classification"]
    runtime.complete(saturday, task.id, actor="ines", submission={"category": "quality", "subcategory": "malfunction"})
    assert variables(saturday, reference)["safety"] is True
    assert (case_of(saturday, reference).safety, case_of(saturday, reference).grade) == (True, "major")


@pytest.mark.parametrize("said", [False, None, "", "false"])
def test_an_answer_that_would_lower_danger_is_refused_and_says_how_it_is_done(saturday, said):
    reference = receive(saturday, UNSURE[0])
    task = open_tasks(saturday, reference)["confirm_classification"]
    with pytest.raises(Invalid) as refused:
        runtime.complete(saturday, task.id, actor="ines",
                         submission={"category": "quality", "subcategory": "malfunction", "safety": said})
    assert [(each.field, each.message) for each in refused.value.problems] == [("safety", all_clears.ITS_OWN_ACT)]
    assert "confirm_classification" in open_tasks(saturday, reference)


def test_a_danger_that_only_the_agent_sees_is_told_as_well(company):
    reference = receive(company, "上次说的事到现在也没个准信，你们自己看着办吧。")
    runtime.complete(company, open_tasks(company, reference)["confirm_classification"].id, actor="ines",
                     submission={"category": "quality", "subcategory": "malfunction", "safety": True})
    assert told(company, reference)[0] == {"ines", "ivan", "mara"} and case_of(company, reference).safety


def test_a_message_cannot_lower_danger(company):
    reference = receive(company, UNSURE[0])
    with pytest.raises(Conflict):
        runtime.correlate(company, "customer_withdrew", {"reference": reference}, {"safety": False}, actor="ines")
    assert variables(company, reference)["safety"] is True and open_tasks(company, reference)


def test_the_case_file_is_lowered_by_nobody_alone(company):
    reference = receive(company, UNSURE[0])
    with company.write() as connection:
        cases.set_columns(connection, reference, safety=False)
        cases.correct(connection, reference, {"safety": False}, actor="ines", at=SATURDAY, seen=cases.find(connection, reference).version,
                      reason="x")
        with pytest.raises(Conflict):
            cases.lower_safety(connection, reference, asked_by="ines", actor="ines", at=SATURDAY, reason="x")
    assert case_of(company, reference).safety


def test_two_people_take_a_danger_back_with_a_reason(company):
    reference = receive(company, UNSURE[0])
    with pytest.raises(Rejected):
        all_clears.ask(company, reference, reason=" ", actor="ines")
    all_clears.ask(company, reference, reason="客户说是别人家的插座", actor="ines")
    for who in ("ines", "ivan"):  # whoever asked, and whoever may not
        with pytest.raises(Forbidden):
            all_clears.answer(company, reference, agreed=True, reason="看过了", actor=who)
    assert case_of(company, reference).safety
    all_clears.answer(company, reference, agreed=True, reason="电话核实", actor="mara")
    assert case_of(company, reference).safety is False and variables(company, reference)["safety"] is False
    with company.read() as connection:
        assert [(each.field, each.actor) for each in cases.changes_of(connection, reference)] == [("safety", "mara")]


def test_a_refused_all_clear_leaves_the_danger_where_it_is(company):
    reference = receive(company, UNSURE[0])
    all_clears.ask(company, reference, reason="看错了", actor="ines")
    all_clears.answer(company, reference, agreed=False, reason="还没核实", actor="mara")
    assert case_of(company, reference).safety and variables(company, reference)["safety"] is True
    with pytest.raises(Conflict):
        all_clears.answer(company, reference, agreed=True, reason="x", actor="mara")


def test_a_correction_that_tells_of_danger_raises_it(company):
    story = Story(company)
    changed = corrections.correct(company, story.reference, {"title": "手柄断裂，开水烫伤了孩子"}, actor="ines",
                                  seen=story.case().version, reason="客户来电补充")
    assert changed == ["title"] and story.case().safety
    assert story.instance().variables["safety"] is True
    assert told(company, story.reference)[0] == {"ines", "ivan", "mara"}
