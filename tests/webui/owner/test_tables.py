"""Decision tables in the browser: read, tried, edited as a draft, checked at the cell, published; by the same path as diagrams."""

import pytest

from kesu.engine import clock, definitions, drafts, packages, resources
from kesu.engine.resources import DMN
from tests.engine.diagrams import diagram, extension
from tests.rules.tables import decision, dmn, inputs, table
from tests.webui.pages import words

RULES = ['>= 1000 => "big"', '< 1000 => "small"']
ASKING = diagram("start:s rule:r user:u end:e", key="asking", inner={
    "r": extension("<spiffworkflow:calledDecisionId>size</spiffworkflow:calledDecisionId>")})


def sized(*rules):
    """The table of the tests: an amount is big or small."""
    return dmn(inputs(x="number"), decision("size", table(list(rules or RULES)), "in_x"))


@pytest.fixture
def sizes(company):
    """The table published, and a process that asks it."""
    definitions.deploy_decisions(company, "sizes", sized().encode(), actor="olga")
    definitions.deploy(company, ASKING, actor="olga")


@pytest.fixture
def owner(sizes, as_person):
    """Olga at her browser."""
    return as_person("olga")


def send(reader, path, method="POST", **body):
    """Send JSON as the editor does."""
    return reader.browser.open(path, method=method, json=body, headers={"X-CSRFToken": reader.token()})


def test_the_list_names_who_asks_a_table(owner):
    page = words(owner.get("/tables").text)
    assert "sizes" in page and "asking" in page


def test_the_page_of_a_process_leads_to_its_tables(owner):
    assert "/tables/sizes" in owner.get("/diagrams/asking").text


def test_a_table_is_read_and_tried_and_the_rule_that_fired_is_marked(owner):
    page = owner.get("/tables/sizes?in.x=1500").text
    assert "Answer: big" in words(page) and page.count('class="fired-rule"') == 1 and 'class="fired-rule" id="rule-r1"' in page


def test_an_input_that_cannot_be_read_is_said(owner):
    assert "Expected x as a FEEL value" in words(owner.get("/tables/sizes?in.x=1+2+").text)


@pytest.mark.parametrize(("login", "status"), [("yun", 200), ("mara", 200), ("otto", 403), ("ines", 403)])
def test_tables_are_read_by_owners_managers_and_auditors(sizes, as_person, login, status):
    as_person(login).get("/tables/sizes", status=status)


def test_only_owners_edit(sizes, as_person):
    yun = as_person("yun")
    yun.get("/tables/sizes/designer", status=403)
    assert send(yun, "/tables/sizes/draft", "PUT", xml=sized(), seen=0).status_code == 403


def test_findings_come_with_their_cell_or_rule(owner):
    problems = send(owner, "/tables/sizes/validation", xml=sized('> 1000 => "big"', '>= 1000 => 1 +')).json["problems"]
    told = {(problem["rule"], problem["element"]) for problem in problems}
    assert ("overlap", "r2") in told and ("syntax", "r2o0") in told and ("gap", "table") in told
    assert {"Rules overlap", "Not covered"} <= {problem["kind"] for problem in problems}


def test_a_trial_speaks_of_what_is_on_the_screen_and_stores_nothing(company, owner):
    told = send(owner, "/tables/sizes/trials", xml=sized('- => "any"'), decision="size", inputs={"x": "3"}).json
    assert told["value"] == "any" and told["fired"] == [{"decision": "size", "rule": "r1", "number": 1}]
    with company.read() as connection:
        assert drafts.find(connection, DMN, "sizes") is None


def test_the_draft_is_published_as_the_next_version_and_new_cases_follow_it(company, owner):
    before = packages.newest(company, "asking")
    draft = send(owner, "/tables/sizes/draft", "PUT", xml=sized('- => "any"'), seen=0).json
    published = send(owner, "/tables/sizes/deployments", seen=draft["version"], comment="sizes no longer matter")
    assert published.status_code == 201 and published.json["version"] == 2
    after = packages.newest(company, "asking")
    with company.read() as connection:
        assert drafts.find(connection, DMN, "sizes") is None
        assert resources.latest(connection, DMN, "sizes").comment == "sizes no longer matter"
        old, new = (packages.load(company, connection, each) for each in (before, after))
    assert old.decide("size", {"x": 5}, clock.now())[0] == "small" and new.decide("size", {"x": 5}, clock.now())[0] == "any"


def test_a_table_that_does_not_hold_is_not_published(company, owner):
    draft = send(owner, "/tables/sizes/draft", "PUT", xml=sized('> 1 => 1 +'), seen=0).json
    refused = send(owner, "/tables/sizes/deployments", seen=draft["version"])
    assert refused.status_code == 422 and refused.json["problems"][0]["element"] == "r1o0"
    with company.read() as connection:
        assert resources.latest(connection, DMN, "sizes").version == 1


def test_nobody_overwrites_a_draft_that_somebody_saved_meanwhile(owner, as_person):
    send(owner, "/tables/sizes/draft", "PUT", xml=sized(), seen=0)
    late = send(as_person("root"), "/tables/sizes/draft", "PUT", xml=sized(), seen=0)
    assert late.status_code == 409 and "Olga saved version 1" in late.json["detail"]


@pytest.mark.parametrize("xml", ["", "no xml", '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'])
def test_what_is_not_harmless_dmn_is_never_kept(company, owner, xml):
    answer = send(owner, "/tables/sizes/draft", "PUT", xml=xml, seen=0)
    assert answer.status_code == 422 and answer.json["detail"]
    with company.read() as connection:
        assert drafts.find(connection, DMN, "sizes") is None


def test_a_draft_is_dropped(company, owner):
    send(owner, "/tables/sizes/draft", "PUT", xml=sized(), seen=0)
    owner.post("/tables/sizes/draft?_method=DELETE")
    with company.read() as connection:
        assert drafts.find(connection, DMN, "sizes") is None


def test_a_table_that_is_not_there_is_a_sentence(owner):
    assert "there is none called nothing" in words(owner.get("/tables/nothing", status=404).text)
