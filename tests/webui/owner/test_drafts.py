"""The designer saves, checks and publishes in JSON; nobody overwrites anybody, and nothing harmful is kept."""

import io

import pytest

from kesu.engine import definitions, drafts, runtime
from kesu.engine.resources import BPMN
from tests.engine.diagrams import diagram
from tests.webui.conftest import small_process
from tests.webui.pages import words

LONGER = small_process().replace(b'duration="PT8H"', b'duration="PT12H"').decode()
HOSTILE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'


@pytest.fixture
def owner(as_person):
    """Olga at her browser."""
    return as_person("olga")


def send(reader, path, method="POST", **body):
    """Send JSON as the designer does."""
    return reader.browser.open(path, method=method, json=body, headers={"X-CSRFToken": reader.token()})


def save(reader, xml=LONGER, seen=0):
    """Save a draft as the designer does."""
    return send(reader, "/diagrams/small/draft", "PUT", xml=xml, seen=seen)


def kept(company, key="small"):
    """Return the draft that is kept, or None."""
    with company.read() as connection:
        return drafts.find(connection, BPMN, key)


def test_a_draft_is_saved_and_running_cases_know_nothing_of_it(company, owner):
    assert save(owner).json["version"] == 1
    with company.read() as connection:
        assert definitions.latest(connection, "small").version == 1


def test_the_second_to_save_over_the_same_version_is_told_who_was_first(company, owner, as_person):
    save(owner)
    late = save(as_person("root"))
    assert late.status_code == 409 and "Olga saved version 1" in late.json["detail"]
    assert kept(company).saved_by == "olga"


@pytest.mark.parametrize("xml", ["", "no xml", HOSTILE, "<other/>"])
def test_what_is_not_harmless_bpmn_is_never_kept(company, owner, xml):
    answer = save(owner, xml)
    assert answer.status_code == 422 and answer.json["detail"] and kept(company) is None


def test_without_the_token_nothing_is_saved(company, app, owner):
    app.config["WTF_CSRF_ENABLED"] = True
    answer = owner.browser.put("/diagrams/small/draft", json={"xml": LONGER, "seen": 0})
    assert answer.status_code == 400 and "another session" in answer.json["detail"] and kept(company) is None


def test_checking_tells_every_problem_with_its_element(owner):
    xml = diagram("start:s service:w end:e", key="small").decode()
    problems = send(owner, "/diagrams/small/validation", xml=xml).json["problems"]
    assert [(problem["element"], problem["severity"]) for problem in problems] == [("w", "error")]


def test_checking_names_an_unknown_form(owner):
    xml = small_process().replace(b'key="proposal"', b'key="nothing"').decode()
    assert "nothing" in send(owner, "/diagrams/small/validation", xml=xml).json["problems"][0]["message"]


def test_checking_what_is_no_xml_is_a_problem_not_an_error(owner):
    answer = send(owner, "/diagrams/small/validation", xml="no xml")
    assert answer.status_code == 200 and answer.json["problems"][0]["severity"] == "error"


def test_publishing_makes_the_next_version_and_drops_the_draft(company, owner):
    running = runtime.start(company, "small", actor="ines", business_key="KS-1")
    save(owner)
    answer = send(owner, "/diagrams/small/deployments", comment="more time", seen=1)
    assert (answer.status_code, answer.json["version"]) == (201, 2) and kept(company) is None
    fresh = runtime.start(company, "small", actor="ines", business_key="KS-2")
    page = words(owner.get("/instances").text)
    assert "KS-1 small version 1" in page and "KS-2 small version 2" in page and running.instance_id != fresh.instance_id


def test_what_cannot_be_executed_right_is_not_published_and_stays_a_draft(company, owner):
    save(owner, diagram("start:s service:w end:e", key="small").decode())
    answer = send(owner, "/diagrams/small/deployments", seen=1)
    assert answer.status_code == 422 and answer.json["problems"][0]["element"] == "w"
    with company.read() as connection:
        assert definitions.latest(connection, "small").version == 1
    assert kept(company).version == 1


def test_a_draft_that_changed_after_it_was_looked_at_is_not_published(owner):
    save(owner)
    save(owner, LONGER.replace("PT12H", "PT16H"), seen=1)
    assert send(owner, "/diagrams/small/deployments", seen=1).status_code == 409


def test_a_drawing_that_lost_its_process_id_is_not_published_under_another(owner):
    save(owner, LONGER.replace('process id="small"', 'process id="other"'))
    answer = send(owner, "/diagrams/small/deployments", seen=1)
    assert answer.status_code == 422 and "no longer called small" in answer.json["detail"]


def test_a_dropped_draft_is_gone(company, owner):
    save(owner)
    owner.post("/diagrams/small/draft?_method=DELETE")
    assert kept(company) is None


def test_a_new_process_begins_blank_and_can_be_published_as_it_is(company, owner):
    owner.post("/diagrams", key="returns", name="退货")
    assert "退货" in owner.get("/diagrams/returns/designer").text
    assert send(owner, "/diagrams/returns/deployments", seen=1).json["version"] == 1


@pytest.mark.parametrize(("key", "status", "said"), [("2 words", 422, "begins with a letter"), ("", 422, "begins with a letter"),
                                                     ("small", 409, "a process small already")])
def test_a_new_process_needs_a_key_of_its_own(owner, key, status, said):
    assert said in words(owner.post("/diagrams", status=status, key=key, name="x").text)


def test_a_file_of_another_tool_becomes_a_draft(company, owner):
    data = {"csrf_token": owner.token(), "file": (io.BytesIO(diagram("start:s user:a end:e", key="foreign")), "foreign.bpmn")}
    assert owner.browser.post("/diagrams", data=data).status_code == 303
    assert kept(company, "foreign").version == 1


def test_a_hostile_file_is_refused_in_a_sentence(company, owner):
    data = {"csrf_token": owner.token(), "file": (io.BytesIO(HOSTILE.encode()), "x.bpmn")}
    answer = owner.browser.post("/diagrams", data=data)
    assert answer.status_code == 422 and "document type" in words(answer.text)


@pytest.mark.parametrize("login", ["ivan", "mara", "yun", "otto"])
def test_only_owners_draw_and_publish(company, as_person, login):
    person = as_person(login)
    assert save(person).status_code == 403
    assert send(person, "/diagrams/small/deployments", seen=1).status_code == 403
    assert kept(company) is None
