"""Owners look at processes, compare versions, and open the designer; others see only what is published."""

import json
import re

import pytest

from kesu.engine import definitions, drafts, runtime
from kesu.engine.resources import BPMN
from tests.webui.conftest import small_process
from tests.webui.pages import words

LONGER = small_process().replace(b'duration="PT8H"', b'duration="PT12H"')


@pytest.fixture
def owner(as_person):
    """Olga at her browser."""
    return as_person("olga")


def draft(company, xml=LONGER):
    """Olga has drawn something and not published it."""
    return drafts.save(company, BPMN, "small", xml, seen=0, actor="olga")


def test_the_list_says_how_many_cases_run_on_which_version(company, owner):
    runtime.start(company, "small", actor="ines", business_key="KS-1")
    definitions.deploy(company, LONGER, actor="olga", comment="more time")
    page = words(owner.get("/diagrams").text)
    assert "version 2" in page and "1 on older versions" in page


def test_a_process_is_told_step_by_step(owner):
    page = words(owner.get("/diagrams/small").text)
    assert "Propose a remedy" in page and "decision =" in page and "8 hours" in page and "Quality" in page


def test_an_older_version_stays_readable(company, owner):
    definitions.deploy(company, LONGER, actor="olga")
    assert "8 hours" in words(owner.get("/diagrams/small?version=1").text)
    assert "12 hours" in words(owner.get("/diagrams/small").text)


def test_a_published_file_comes_back_byte_for_byte(company, owner):
    answer = owner.get("/diagrams/small/versions/1.bpmn")
    assert (answer.data, answer.mimetype) == (small_process(), "application/xml")


def test_a_comparison_says_what_changed_in_words(company, owner):
    definitions.deploy(company, LONGER, actor="olga")
    page = words(owner.get("/diagrams/small/comparison").text)
    assert "Time allowed" in page and "8 hours" in page and "12 hours" in page


def test_a_comparison_with_nothing_new_says_so(owner):
    assert "Nothing has changed in meaning" in words(owner.get("/diagrams/small/comparison?before=1&after=1").text)


def test_the_dialog_before_publishing_says_what_would_change(company, owner):
    draft(company)
    assert "12 hours" in words(owner.get("/diagrams/small/draft/changes").text)


def test_the_designer_carries_diagram_and_catalogue_and_may_style_itself(owner):
    answer = owner.get("/diagrams/small/designer")
    settings = json.loads(re.search(r'id="designer-settings">(.*?)</script>', answer.text, re.S)[1])
    assert settings["xml"] == small_process().decode() and settings["draft_version"] == 0
    assert [form["key"] for form in settings["catalogue"]["forms"]] == ["proposal"]
    assert {"key": "remedy", "name": "措施", "name_en": "Remedy"} in settings["catalogue"]["variables"]
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy and "style-src-attr 'unsafe-inline'" in policy and "'nonce-" in policy


def test_only_the_designer_relaxes_the_policy(owner):
    for path in ("/diagrams", "/diagrams/small", "/diagrams/small/comparison"):
        assert "unsafe-inline" not in owner.get(path).headers["Content-Security-Policy"]


def test_the_designer_goes_on_with_the_draft(company, owner):
    draft(company)
    assert "PT12H" in owner.get("/diagrams/small/designer").text
    assert "PT12H" not in owner.get("/diagrams/small/designer?version=1").text


@pytest.mark.parametrize("path", ["/diagrams/nothing", "/diagrams/small?version=9", "/diagrams/small/versions/9.bpmn", "/diagrams/small/draft.bpmn"])
def test_what_is_not_there_is_said_in_a_sentence(owner, path):
    assert "Expected" in words(owner.get(path, status=404).text) or "There is no draft" in words(owner.get(path, status=404).text)


@pytest.mark.parametrize("path", ["/diagrams/small/designer", "/diagrams/small/draft.bpmn", "/diagrams/small/draft/changes", "/diagrams/new",
                                  "/diagrams/small/comparison?after=draft"])
def test_drafts_and_the_designer_are_for_owners(company, as_person, path):
    draft(company)
    as_person("ivan").get(path, status=403)


def test_anybody_signed_in_may_look_at_a_published_process_but_sees_no_draft(company, as_person):
    draft(company)
    page = words(as_person("otto").get("/diagrams/small").text)
    assert "Propose a remedy" in page and "Draft" not in page and "Redraw" not in page


def test_nobody_else_sees_anything(reader):
    assert "/sign-in" in reader.get("/diagrams/small", status=303).location
