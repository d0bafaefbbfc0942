"""A colleague is found by letters: name in either language, login, department, first letters of the pinyin."""

import pytest

from kesu.engine import clock, identity
from tests.webui.conftest import HASH, find_task
from tests.webui.test_inbox_in_a_browser import violations

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("db", ["sqlite"], indirect=True)]


@pytest.mark.parametrize("typed", ["zhud", "朱", "zd", "Zhu Dan"])
def test_a_task_is_passed_on_to_somebody_found_by_letters(desk, company, proposed, typed):
    with company.write() as connection:
        identity.add_person(connection, "u17", at=clock.now(), groups=(), name="朱丹", name_en="Zhu Dan", locale="en", password_hash=HASH)
    task_id = proposed()
    page = desk("mara")
    page.goto(f"/tasks/{task_id}/moves/transfer")
    page.fill(".people-find", typed)
    assert page.input_value("#people") == "u17"
    assert violations(page) == []
    page.fill("[name=reason]", "knows the product")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/inbox**")
    assert find_task(company, task_id).assignee == "u17"


def test_boxes_are_narrowed_and_what_is_ticked_stays(desk, proposed):
    task_id = proposed()
    page = desk("mara")
    page.goto(f"/tasks/{task_id}/moves/copy")
    page.check("input[value=bo]")
    page.fill(".people-find", "ivan")
    assert page.locator("input[value=ivan]").is_visible() and page.locator("input[value=bo]").is_visible()
    assert not page.locator("input[value=ada]").is_visible()
