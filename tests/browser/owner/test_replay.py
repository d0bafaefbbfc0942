"""An auditor replays a case on its diagram; slider, drawing and list keep step, by keyboard too."""

import pytest

from kesu.engine import claims, runtime, user_tasks

pytestmark = pytest.mark.browser
CURRENT = "[...document.querySelectorAll('.djs-element.path-current')].map((element) => element.dataset.elementId)"


@pytest.fixture
def case(company):
    """A case in which Ivan has proposed and Mara is to decide; returns the instance's id."""
    moved = runtime.start(company, "small", actor="ines", business_key="KS-1")
    with company.read() as connection:
        task = user_tasks.of_instance(connection, moved.instance_id, only_open=True)[0].id
    claims.claim(company, task, actor="ivan")
    runtime.complete(company, task, actor="ivan", submission={"cause": "cracked", "remedy": "repair"})
    return moved.instance_id


@pytest.fixture
def yun(visit, case):
    """Yun with the case before her."""
    visitor = visit("yun")
    visitor.page.goto(f"/instances/{case}")
    visitor.page.wait_for_selector("#drawing[data-ready]")
    return visitor


def test_the_case_stands_where_its_open_task_is(yun):
    assert yun.page.evaluate(CURRENT) == ["decide"]
    assert yun.page.locator(".djs-element.path-done[data-element-id=propose]").count() == 1
    assert yun.page.locator(".djs-element.path-unvisited[data-element-id=sign]").count() == 1


def test_the_slider_goes_back_in_time_by_keyboard_and_the_list_follows(yun):
    slider = yun.page.locator(".replay input[type=range]")
    slider.focus()
    yun.page.keyboard.press("Home")
    assert yun.page.evaluate(CURRENT) == []
    for _ in range(40):
        yun.page.keyboard.press("ArrowRight")
        if yun.page.evaluate(CURRENT) == ["propose"]:
            break
    assert yun.page.evaluate(CURRENT) == ["propose"]
    assert yun.page.locator(".event.is-ahead").count() > 0


def test_a_line_of_the_list_shows_its_moment_on_the_drawing(yun):
    taken = yun.page.locator(".event", has_text="Taken on")
    taken.locator("[data-go]").click()
    assert taken.get_attribute("aria-current") == "step" and yun.page.evaluate(CURRENT) == ["propose"]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_pages_of_owners_and_auditors_have_no_barriers(visit, case, language, width, scheme):
    visitor = visit("olga", color_scheme=scheme)
    visitor.page.set_viewport_size({"width": width, "height": 900})
    for path in ("/diagrams", "/diagrams/small", "/diagrams/small/comparison", "/diagrams/new", "/instances", f"/instances/{case}", "/about"):
        visitor.page.goto(f"{path}?lang={language}")
        visitor.page.wait_for_load_state("networkidle")
        assert visitor.barriers() == [], path
        assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} is wider than the window"


@pytest.mark.parametrize(("language", "name"), [("en", "Propose"), ("zh", "提出方案")])
def test_the_drawing_speaks_the_readers_language(visit, case, language, name):
    visitor = visit("yun")
    visitor.page.goto(f"/instances/{case}?lang={language}")
    visitor.page.wait_for_selector("#drawing[data-ready]")
    assert name in visitor.page.locator(".djs-element[data-element-id=propose] text").text_content()
