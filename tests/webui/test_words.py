"""Small words of every page: enumerations, texts written in two languages, the round of a step."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from kesu.engine import user_tasks
from kesu.webui.languages import listed, own_half
from kesu.webui.task_rounds import rounds


@pytest.mark.parametrize(("language", "enumeration", "half"), [("zh", "甲、乙", "已超时"), ("en", "甲, 乙", "overdue: quality")])
def test_an_enumeration_and_a_text_in_two_languages_are_read_in_ones_own(app, language, enumeration, half):
    with app.test_request_context(f"/?lang={language}"):
        assert listed(["甲", "乙"]) == enumeration
        assert own_half("已超时 / overdue: quality") == half
        for text in ("and/or", "red / green", "已超时", "中文 / 还是中文", "一 / a / b"):
            assert own_half(text) == text


def test_steps_asked_at_the_same_moment_are_one_round_and_a_step_gone_through_again_is_the_next(company, as_person, proposed, turned):
    decision = proposed()
    turned.advance(timedelta(hours=1))
    as_person("mara").post(f"/tasks/{decision}/completion", outcome="rejected", comment="no", f__comment="no")
    with company.write() as connection:
        tasks = user_tasks.of_instance(connection, user_tasks.find(connection, decision).instance_id)
        first, again = [task for task in tasks if task.element_id == tasks[0].element_id]
        assert rounds(connection, tasks)[again.id] == 2

        connection.execute(update(user_tasks.user_tasks).where(user_tasks.user_tasks.c.id == again.id).values(created_at=first.created_at))
        assert rounds(connection, [first, again]) == {first.id: 1, again.id: 1}
