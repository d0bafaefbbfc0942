"""A file that its tool did not mark as executable is a draft; Check asks for one tick, and then it is published."""

import pytest

from kesu.engine import definitions, drafts
from kesu.engine.resources import BPMN
from tests.browser.owner.test_designer import opened, saved
from tests.webui.conftest import small_process

pytestmark = pytest.mark.browser


def test_one_tick_makes_a_drawn_process_publishable(company, visit):
    xml = small_process().replace(b'id="small"', b'id="drawn_only"').replace(b'isExecutable="true"', b'isExecutable="false"')
    drafts.save(company, BPMN, "drawn_only", xml, seen=0, actor="olga")
    page = opened(visit("olga"), "/diagrams/drawn_only/designer").page
    tick = page.locator("[data-problems] input[type=checkbox]")
    tick.check()
    page.wait_for_selector("[data-problems] .problems-none:not(.muted)")
    saved(page)
    page.click("[data-act=publish]")
    with page.expect_navigation():
        page.locator("dialog[open] [data-confirm]").click()
    with company.read() as connection:
        assert definitions.latest(connection, "drawn_only").version == 1
