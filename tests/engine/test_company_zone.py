"""What has no zone is meant in the company's: today(), now(), dates in conditions, timers, scripts and tables."""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from kesu.engine import clock, deadlines, definitions, instances, runtime, start_timers, timers, user_tasks
from kesu.engine.errors import Invalid
from tests.engine.diagrams import diagram, extension

EVENING = datetime(2026, 3, 1, 20, 30, tzinfo=UTC)  # 04:30 on 2 March in Shanghai


@pytest.fixture
def evening(cast):
    before = clock.use(clock.ManualClock(EVENING))
    yield cast
    clock.use(before)


def variables(db, xml):
    key = definitions.deploy(db, xml, actor="olga")[0].key
    moved = runtime.start(db, key, actor="ines")
    with db.read() as connection:
        return instances.find(connection, moved.instance_id).variables


def script(text):
    return diagram(
        "start:s script:a user:z end:e", key="scripted", inner={"a": f"<b:script>{text}</b:script>"}
    )


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("string(today())", "2026-03-02"),
        ('now() > date and time("2026-03-02T04:00:00")', True),
        ('now() > date and time("2026-03-02T05:00:00")', False),
        ('date and time("2026-03-02T04:30:00") = date and time("2026-03-01T20:30:00Z")', True),
        ("now().hour", 4),
    ],
)
def test_an_expression_is_told_the_companys_day(evening, expression, value):
    assert (
        variables(evening, script(f"{{ found: {expression} }}".replace(">", "&gt;")))["found"]
        == value
    )


def test_another_company_has_another_day(evening):
    class Elsewhere(deadlines.PlainDeadlines):
        def company_zone(self, connection):
            return ZoneInfo("America/New_York")

    before = deadlines.plug(Elsewhere())
    try:
        assert variables(evening, script("{ found: string(today()) }"))["found"] == "2026-03-01"
    finally:
        deadlines.plug(before)


def test_a_condition_and_a_table_are_told_it_too(evening):
    xml = diagram(
        'start:s xor:g\n g user:a [today() = date("2026-03-02")]\n g user:b\n a end:e\n b end:e2',
        key="chosen",
        attributes={"g": 'default="f2_0"'},
    )
    key = definitions.deploy(evening, xml, actor="olga")[0].key
    runtime.start(evening, key, actor="ines")
    table = (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">'
        '<decision id="day" name="day"><variable name="day"/><literalExpression><text>string(today())</text></literalExpression>'
        "</decision></definitions>"
    )
    definitions.deploy_decisions(evening, "day", table.encode(), actor="olga")
    rule = extension(
        '<zeebe:calledDecision xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" decisionId="day"'
        ' resultVariable="day"/>'
    )
    asked = diagram("start:s rule:r user:z end:e", key="asked", inner={"r": rule})
    assert variables(evening, asked)["day"] == "2026-03-02"
    with evening.read() as connection:
        assert [task.element_id for task in user_tasks.of_instance(connection, 1)] == ["a"]


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("2026-03-05T09:00:00", datetime(2026, 3, 5, 1, 0, tzinfo=UTC)),
        ("2026-03-05", datetime(2026, 3, 4, 16, 0, tzinfo=UTC)),
        ('=date and time("2026-03-05T09:00:00")', datetime(2026, 3, 5, 1, 0, tzinfo=UTC)),
        ("=today() + duration(&quot;P1D&quot;)", datetime(2026, 3, 2, 16, 0, tzinfo=UTC)),
        ("2026-03-05T09:00:00Z", datetime(2026, 3, 5, 9, 0, tzinfo=UTC)),
    ],
)
def test_a_timer_is_due_by_the_companys_clock(evening, text, due):
    event = f"<b:timerEventDefinition><b:timeDate>{text}</b:timeDate></b:timerEventDefinition>"
    variables(
        evening,
        diagram("start:s intermediateCatchEvent:t user:z end:e", key="timed", inner={"t": event}),
    )
    with evening.read() as connection:
        assert connection.execute(select(timers.timers.c.due_at)).scalars().all() == [due]


def test_a_start_timer_too(evening):
    event = "<b:timerEventDefinition><b:timeDate>2026-03-05T09:00:00</b:timeDate></b:timerEventDefinition>"
    definitions.deploy(
        evening, diagram("start:s end:e", key="begun", inner={"s": event}), actor="olga"
    )
    with evening.read() as connection:
        assert connection.execute(select(start_timers.start_timers.c.due_at)).scalar() == datetime(
            2026, 3, 5, 1, tzinfo=UTC
        )


def test_a_form_hides_its_fields_by_the_companys_day(evening):
    asked = {"type": "textfield", "key": "why", "label": "Why", "validate": {"required": True}}
    late = {**asked, "conditional": {"hide": '=today() < date("2026-03-02")'}}
    definitions.deploy_form(evening, json.dumps({"id": "late", "components": [late]}).encode(), actor="olga")
    form = extension('<kesu:assignment assignee="ada"/>', '<kesu:form key="late"/>')
    definitions.deploy(evening, diagram("start:s user:a end:e", key="asked", inner={"a": form}), actor="olga")
    moved = runtime.start(evening, "asked", actor="ines")
    with evening.read() as connection:
        [task] = user_tasks.of_instance(connection, moved.instance_id)
    with pytest.raises(Invalid):
        runtime.complete(evening, task.id, actor="ada", submission={})
