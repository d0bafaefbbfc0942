"""Forms in the browser: read, begun, changed field by field in a draft, checked, published; what the editor does not know stays as it was."""

import json

import pytest

from kesu.engine import definitions, drafts, resources
from kesu.engine.resources import FORM
from tests.engine.diagrams import diagram, extension
from tests.webui.pages import words

CALL = {"id": "call", "type": "default", "properties": {"title": "回访", "title_en": "Call"}, "components": [
    {"type": "radio", "key": "content", "label": "满意", "values": [{"value": "yes", "label": "是", "properties": {"label_en": "Yes"}},
                                                                {"value": "no", "label": "否", "note": "kept"}],
     "validate": {"required": True}, "properties": {"label_en": "Content", "keep": "process", "colour": "kept"}},
    {"type": "textarea", "key": "said", "label": "原话", "properties": {"label_en": "Said"}, "conditional": {"hide": 'content = "yes"'}}]}
SHOWING = diagram("start:s user:u end:e", key="showing", inner={"u": extension('<kesu:form key="call"/>')})


@pytest.fixture
def owner(company, as_person):
    """Olga at her browser, with a form that a process shows."""
    definitions.deploy_form(company, json.dumps(CALL).encode(), actor="olga")
    definitions.deploy(company, SHOWING, actor="olga")
    return as_person("olga")


def entries(schema):
    """What the editor's page sends for a form that nobody has changed."""
    sent = {"title": schema["properties"]["title"], "title_en": schema["properties"]["title_en"]}
    for number, field in enumerate(schema["components"]):
        properties, validate = field.get("properties", {}), field.get("validate", {})
        given = {"type": field["type"], "key": field["key"], "label": field["label"], "label_en": properties["label_en"],
                 "hide": field.get("conditional", {}).get("hide", ""), "help": "", "help_en": ""}
        if "values" in field:
            given["options"] = "\n".join(f"{option['value']} = {option['label']} | {option.get('properties', {}).get('label_en', '')}"
                                         for option in field["values"])
        given |= {"required": "true"} if validate.get("required") else {}
        given |= {"keep": "true"} if properties.get("keep") == "process" else {}
        sent |= {f"field.{number}.{name}": value for name, value in given.items()}
    return sent


def save(owner, seen, status=303, **sent):
    """Press a button of the editor."""
    return owner.post("/forms/call/draft?_method=PUT", status, seen=str(seen), **sent)


def draft(db):
    """The draft as data."""
    with db.read() as connection:
        found = drafts.find(connection, FORM, "call")
    return json.loads(found.content) if found else None


def test_the_list_and_the_page_say_who_shows_a_form_and_how_it_looks(owner):
    assert "showing" in words(owner.get("/forms").text)
    page = owner.get("/forms/call").text
    assert "Content" in words(page) and "Said" in words(page) and "/diagrams/showing" in page


def test_what_nobody_changed_stays_as_it_was_also_what_the_editor_does_not_know(owner, company):
    save(owner, 0, **entries(CALL), act="save")
    assert draft(company) == CALL


def test_fields_are_changed_moved_added_and_removed(owner, company):
    changed = entries(CALL) | {"field.0.label": "满意吗", "field.0.options": "yes = 是 | Yes\nso-so = 一般 | So-so\nno = 否", "act": "down.0"}
    assert save(owner, 0, **changed).headers["Location"].endswith("#field-1")
    said, content = draft(company)["components"]
    assert (said["key"], content["label"]) == ("said", "满意吗")
    assert [option["value"] for option in content["values"]] == ["yes", "so-so", "no"] and content["values"][2]["note"] == "kept"

    owner.get("/forms/call/designer")
    assert save(owner, 1, act="add.number").headers["Location"].endswith("#field-2")
    save(owner, 2, act="remove.0")
    assert [field["type"] for field in draft(company)["components"]] == ["radio", "number"]


def test_what_does_not_hold_is_said_at_its_field_and_not_published(owner, company):
    save(owner, 0, **entries(CALL), act="add.select")
    page = words(owner.get("/forms/call/designer").text)
    assert "Field 3 has no key" in page and "Field 3 offers nothing to choose from." in page
    refused = owner.post("/forms/call/deployments", 422, seen="1", comment="too early")
    assert "The form cannot be published: 3 problems must be settled first." in words(refused.text)
    with company.read() as connection:
        assert resources.latest(connection, FORM, "call").version == 1 and drafts.find(connection, FORM, "call") is not None


def test_a_draft_is_published_as_the_next_version(owner, company):
    save(owner, 0, **entries(CALL) | {"field.1.label": "客户原话"}, act="save")
    owner.post("/forms/call/deployments", 303, seen="1", comment="clearer")
    with company.read() as connection:
        newest = resources.latest(connection, FORM, "call")
        assert (newest.version, newest.comment, drafts.find(connection, FORM, "call")) == (2, "clearer", None)
    assert [owner.get(f"/forms/call/versions/{number}.json").json["components"][1]["label"] for number in (1, 2)] == ["原话", "客户原话"]
    assert owner.get("/forms/call?version=1").status_code == 200
    owner.get("/forms/call?version=9", status=404)


def test_a_draft_that_somebody_else_saved_is_neither_overwritten_nor_published(owner, as_person, company):
    save(owner, 0, **entries(CALL), act="save")
    assert "in between" in words(save(as_person("olga"), 0, 409, **entries(CALL) | {"title": "别的"}, act="save").text)
    assert draft(company) == CALL
    owner.post("/forms/call/deployments", 409, seen="7", comment="")


def test_a_new_form_begins_as_a_draft(owner):
    made = owner.post("/forms", 303, key="visit", title="上门")
    page = words(owner.get(made.headers["Location"]).text)
    assert "It asks for nothing yet." in page
    assert "not published yet" in words(owner.get("/forms").text) and "上门" in words(owner.get("/forms/visit").text)
    for key, status in (("Visit us", 422), ("call", 409), ("visit", 409)):
        owner.post("/forms", status, key=key, title="x")


def test_a_draft_is_dropped(owner, company):
    save(owner, 0, **entries(CALL), act="add.number")
    owner.post("/forms/call/draft?_method=DELETE", 303)
    assert draft(company) is None


@pytest.mark.parametrize(("login", "status"), [("yun", 200), ("mara", 200), ("otto", 403), ("ines", 403)])
def test_forms_are_read_by_owners_managers_and_auditors_and_changed_by_owners(owner, as_person, login, status):
    reader = as_person(login)
    reader.get("/forms/call", status=status)
    reader.get("/forms/call/designer", status=403)
    save(reader, 0, 403, **entries(CALL), act="save")
