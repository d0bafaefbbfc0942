"""An owner redraws a process in the browser: fields, checks, draft, publishing; by keyboard too; nothing that is drawn is lost."""

import pytest

from kesu.engine import definitions, diffs, drafts
from kesu.engine.resources import BPMN
from tests.browser.owner.drawings import drawn
from tests.conftest import ROOT
from tests.webui.conftest import small_process

pytestmark = pytest.mark.browser
DESIGNER = "/diagrams/small/designer"
SAVED = "kesuDesigner.saveXML({format: true}).then(({xml}) => xml)"


@pytest.fixture
def olga(visit):
    """Olga with the small process open in the designer, in English."""
    return opened(visit("olga"), DESIGNER)


def opened(visitor, path):
    """Open a designer and wait until it can be used."""
    visitor.page.goto(path)
    visitor.page.wait_for_selector("#designer[data-ready]")
    return visitor


def select(page, element):
    """Select an element through the outline, as the keyboard does."""
    page.click(f'[data-outline] [data-element="{element}"]')


def field(page, entry):
    """Return a field of the panel, its group opened."""
    group = page.locator(".bio-properties-panel-group", has=page.locator(f'[data-entry-id="{entry}"]'))
    header = group.locator(".bio-properties-panel-group-header").first
    if "open" not in header.get_attribute("class").split():
        header.click()
    return page.locator(f'[data-entry-id="{entry}"]')


def saved(page):
    """Press save and wait until it is said."""
    page.click("[data-act=save]")
    page.wait_for_selector("#designer[data-changed=false]")


def test_a_change_in_the_panel_becomes_a_draft_and_then_a_version_that_new_cases_follow(company, olga):
    page = olga.page
    select(page, "propose")
    field(page, "kesu-Deadline-duration").locator("input").fill("PT12H")
    field(page, "kesu-Assignment-candidateGroups").get_by_label("Legal").check()
    saved(page)
    with company.read() as connection:
        kept = drafts.find(connection, BPMN, "small")
        before = definitions.diagram(connection, definitions.latest(connection, "small"))
    assert [(c.element, d.what, d.before, d.after) for c in diffs.compare(before, kept.content) for d in c.differences] == [
        ("propose", "assignment/@candidateGroups", "quality", "quality,legal"), ("propose", "deadline/@duration", "PT8H", "PT12H")]
    page.click("[data-act=publish]")
    dialog = page.locator("dialog[open]")
    assert "8 hours" in dialog.inner_text() and "12 hours" in dialog.inner_text() and "Quality, Legal" in dialog.inner_text()
    dialog.get_by_label("What changed and why").fill("Legal looks too")
    with page.expect_navigation():
        dialog.get_by_role("button", name="Publish").click()
    assert "Published as version 2" in page.inner_text("main") and "Legal looks too" in page.inner_text("main")
    with company.read() as connection:
        assert definitions.latest(connection, "small").version == 2


def test_a_handler_is_picked_from_the_catalogue_with_its_typed_parameters(olga):
    page = olga.page
    select(page, "sign")
    page.evaluate("""() => { const shape = kesuDesigner.get('elementRegistry').get('sign');
        kesuDesigner.get('bpmnReplace').replaceElement(shape, {type: 'bpmn:ServiceTask'}); }""")
    field(page, "kesu-topic").locator("select").select_option(label="Notify")
    editor = field(page, "kesu-parameter-whom").locator("[role=textbox]")
    editor.click()
    page.keyboard.type('"quality"')
    page.keyboard.press("Tab")
    page.wait_for_function(f"""() => {SAVED}.then((xml) => xml.includes('value="&#34;quality&#34;"'))""")


def test_what_speaks_against_publishing_is_listed_and_leads_to_its_element(olga):
    page = olga.page
    page.evaluate("""() => { const shape = kesuDesigner.get('elementRegistry').get('sign');
        kesuDesigner.get('bpmnReplace').replaceElement(shape, {type: 'bpmn:ServiceTask'}); }""")
    problem = page.locator("[data-problems] .is-error button").first
    problem.wait_for()
    page.click("[data-act=publish]")
    page.wait_for_selector("dialog[open]")
    assert page.locator("[data-confirm]").is_disabled() and page.locator("[data-blocked]").is_visible()
    page.click("[data-cancel]")
    select(page, "begin")
    problem.click()
    assert page.evaluate("kesuDesigner.get('selection').get()[0].type") == "bpmn:ServiceTask"


def test_undo_takes_a_change_back_in_one_step(olga):
    page = olga.page
    before = page.evaluate(SAVED)
    select(page, "decide")
    field(page, "kesu-Form-key").locator("select").select_option("proposal")
    page.wait_for_selector("[data-act=undo]:not([disabled])")
    page.click("[data-act=undo]")
    assert page.evaluate(SAVED) == before and page.locator("[data-act=undo]").is_disabled()


def test_a_draft_that_somebody_else_saved_meanwhile_is_not_overwritten(company, visit, olga):
    other = opened(visit("root"), DESIGNER)
    select(other.page, "decide")
    field(other.page, "kesu-Form-key").locator("select").select_option("proposal")
    saved(other.page)
    select(olga.page, "propose")
    field(olga.page, "kesu-Deadline-duration").locator("input").fill("PT12H")
    olga.page.click("[data-act=save]")
    olga.page.wait_for_selector("[data-said].is-trouble")
    assert "Root saved version 1 in between" in olga.page.inner_text("[data-said]")
    with company.read() as connection:
        assert drafts.find(connection, BPMN, "small").saved_by == "root"
    olga.complaints.clear()  # the browser itself logs the 409 that is expected here


def test_publishing_while_the_draft_is_still_being_saved_waits_for_it(olga):
    page, held = olga.page, []
    select(page, "propose")
    field(page, "kesu-Deadline-duration").locator("input").fill("PT12H")
    page.route("**/*", lambda route: held.append(route) if route.request.method == "PUT" and not held else route.continue_())
    with page.expect_request(lambda request: request.method == "PUT"):
        page.click("[data-act=save]")
    page.click("[data-act=publish]")
    held[0].continue_()
    page.wait_for_selector("dialog[open]")


def test_a_step_is_appended_connected_and_deleted_by_keyboard_alone(olga):
    page = olga.page
    page.focus('[data-element="propose"]')
    page.keyboard.press("Enter")
    page.focus("[data-append]")
    page.keyboard.press("Enter")
    fresh = page.evaluate("kesuDesigner.get('selection').get()[0].id")
    assert page.locator(f'[data-element="{fresh}"]').get_attribute("aria-pressed") == "true"
    page.focus("[data-target]")
    page.select_option("[data-target]", "finished")
    page.focus("[data-connect]")
    page.keyboard.press("Enter")
    assert page.evaluate(f"kesuDesigner.get('elementRegistry').get('{fresh}').outgoing[0].target.id") == "finished"
    page.focus("[data-remove]")
    page.keyboard.press("Enter")
    assert page.locator(f'[data-element="{fresh}"]').count() == 0


def test_opening_and_saving_the_shipped_process_loses_nothing(company, olga):
    shipped = (ROOT / "processes" / "complaint.bpmn").read_bytes()
    drafts.save(company, BPMN, "complaint", shipped, seen=0, actor="olga")
    opened(olga, "/diagrams/complaint/designer")
    assert diffs.compare(shipped, olga.page.evaluate(SAVED).encode()) == []
    assert "lost when saved" not in olga.page.inner_text("[data-problems]")


def test_a_file_without_a_drawing_is_laid_out_and_loses_nothing(company, olga):
    plain = small_process()
    assert b"BPMNShape" not in plain
    drafts.save(company, BPMN, "plain", plain.replace(b'id="small"', b'id="plain"'), seen=0, actor="olga")
    page = opened(olga, "/diagrams/plain/designer").page
    assert "has been added" in page.inner_text("[data-said]") and page.locator('[data-canvas] [data-element-id="propose"]').is_visible()
    assert diffs.compare(plain.replace(b'id="small"', b'id="plain"'), page.evaluate(SAVED).encode()) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_state_of_the_designer_is_open_to_everybody_in_both_languages(visit, scheme, language):
    visitor = opened(visit("olga", color_scheme=scheme), f"{DESIGNER}?lang={language}")
    page = visitor.page
    assert visitor.barriers() == []
    for element in ("propose", "decided", "sign"):
        select(page, element)
        while (closed := page.locator(".bio-properties-panel-group-header:not(.open)")).count():
            closed.first.click()
        assert visitor.barriers() == []
    assert page.evaluate("[...kesuUntranslated]") == []


def test_the_mark_of_bpmn_io_stays_in_sight(olga):
    page = olga.page
    covered = """() => { const mark = document.querySelector('.bjs-powered-by'), box = mark.getBoundingClientRect();
        const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
        return !(mark.contains(top) || mark === top); }"""
    assert page.locator(".bjs-powered-by").is_visible() and page.evaluate(covered) is False


def test_on_a_phone_the_outline_stands_for_the_drawing(olga):
    olga.page.set_viewport_size({"width": 390, "height": 844})
    opened(olga, DESIGNER)
    assert not olga.page.locator("[data-canvas]").is_visible()
    assert olga.page.locator('[data-element="propose"]').is_visible() and olga.barriers() == []


def test_while_a_change_is_not_checked_yet_nothing_is_said_of_it(olga):
    page, held = olga.page, []
    page.wait_for_selector("[data-problems] .problems-none")
    page.route("**/validation", lambda route: held.append(route))
    page.evaluate("kesuDesigner.get('modeling').updateProperties(kesuDesigner.get('elementRegistry').get('sign'), {name: 'x'})")
    assert "Checking…" in page.inner_text("[data-problems]")
    assert "Nothing speaks against" not in page.inner_text("[data-problems]")
    with page.expect_request("**/validation"):
        page.click("[data-act=check]")
    assert page.locator("#designer[data-checking]").count() == 1
    for each in held:
        each.continue_()
    page.wait_for_selector("#designer:not([data-checking])")


def test_a_comparison_shows_the_place_of_a_change_in_both_drawings(company, olga):
    drafts.save(company, BPMN, "small", drawn(small_process().replace(b'duration="PT8H"', b'duration="PT12H"')), seen=0, actor="olga")
    page = olga.page
    page.goto("/diagrams/small/comparison")
    page.wait_for_selector("#drawing-2[data-ready]")
    page.click("[data-show-element=propose]")
    for number in (1, 2):
        frame = page.locator(f"#drawing-{number}").bounding_box()
        box = page.locator(f"#drawing-{number} [data-element-id=propose]").first.bounding_box()
        assert frame["x"] <= box["x"] and box["x"] + box["width"] <= frame["x"] + frame["width"]
        assert frame["y"] <= box["y"] and box["y"] + box["height"] <= frame["y"] + frame["height"]


def test_the_head_of_the_panel_is_chinese_for_every_kind_of_flow(visit):
    page = opened(visit("olga"), f"{DESIGNER}?lang=zh").page
    page.evaluate("""() => { const d = kesuDesigner, r = d.get('elementRegistry'), m = d.get('modeling');
        const flow = r.get('decided').outgoing[0];
        m.updateProperties(r.get('decided'), {default: flow.businessObject});
        d.get('selection').select(flow); }""")
    page.wait_for_function("() => /流/.test(document.querySelector('.bio-properties-panel-header-type')?.textContent ?? '')")


def test_feel_can_be_read_by_night(visit):
    page = opened(visit("olga", color_scheme="dark"), DESIGNER).page
    page.evaluate("kesuDesigner.get('selection').select(kesuDesigner.get('elementRegistry').get('decided').outgoing[0])")
    page.wait_for_selector(".designer .cm-line span")
    colours = page.evaluate("[...document.querySelectorAll('.designer .cm-line span')].map((each) => getComputedStyle(each).color)")
    assert set(colours) == {"rgb(207, 227, 255)"}
