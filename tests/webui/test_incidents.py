"""Where cases stand still: owners and managers see it by name, try again, edit first or skip, one or many, and read what came of it."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner

from kesu.engine import definitions, history, incidents, runtime, service_tasks, user_tasks, worker
from kesu.engine.errors import Failed, sentence
from kesu.engine.service_tasks import Registry, Topic, done
from kesu.webui.incident_commands import group
from tests.engine.diagrams import diagram, extension
from tests.webui.pages import words

PAYING = diagram("start:s service:pay user:after end:e", key="paying", inner={
    "pay": "<b:documentation>Pay the customer</b:documentation>" + extension(
        '<spiffworkflow:serviceTaskOperator id="pay" resultVariable=""><spiffworkflow:parameters>'
        '<spiffworkflow:parameter id="amount" type="int" value="amount"/></spiffworkflow:parameters></spiffworkflow:serviceTaskOperator>'),
    "after": "<b:documentation>Tell the customer</b:documentation>" + extension('<kesu:assignment candidateGroups="agent"/>')})


def pay(task, amount: int):
    """Pay small amounts only."""
    if amount > 100:
        raise Failed(sentence("The bank refuses amounts above 100."), permanent=True)
    return done()


@pytest.fixture
def stuck(company):
    """Three cases of which the bank refuses each payment; returns the ids of their incidents, the first case's first."""
    service_tasks.plug(Registry([Topic("pay", pay)]))
    definitions.deploy(company, PAYING, actor="olga")
    for number in (1, 2, 3):
        runtime.start(company, "paying", actor="ines", business_key=f"KS-{number}", variables={"amount": 500 + number, "name": "Li"})
    worker.drain(company)
    return [incident.id for incident in reversed(open_ones(company))]


def open_ones(db):
    with db.read() as connection:
        return incidents.listed(connection)


def events(db, incident_id, kind):
    with db.read() as connection:
        instance_id = incidents.find(connection, incident_id).instance_id
        return [event for event in history.of_instance(connection, instance_id) if event["kind"] == kind]


def chosen(ids):
    return "/incidents/resolutions/new?" + "&".join(f"id={each}" for each in ids)


@pytest.mark.parametrize(("login", "status"), [("olga", 200), ("mara", 200), ("root", 200), ("yun", 200), ("ines", 403), ("otto", 403)])
def test_owners_managers_administrators_and_auditors_see_the_list(stuck, as_person, login, status):
    as_person(login).get("/incidents", status=status)


def test_the_list_names_step_case_process_and_what_went_wrong(stuck, as_person):
    page = words(as_person("olga").get("/incidents").text)
    assert "Pay the customer" in page and "KS-2" in page and "The bank refuses amounts above 100." in page and "Automatic step failed" in page


def test_the_list_is_narrowed_by_kind_process_and_step(stuck, as_person):
    olga = as_person("olga")
    assert "KS-1" in words(olga.get("/incidents?kind=job_failed&key=paying&element=pay").text)
    for nothing in ("kind=timer_failed", "key=small", "element=after"):
        assert "No incident fits" in words(olga.get(f"/incidents?{nothing}").text)


def test_the_navigation_counts_for_those_who_may_act(stuck, as_person):
    assert "Incidents 3 open" in words(as_person("mara").get("/diagrams").text)
    assert "3 open" not in words(as_person("yun").get("/diagrams").text)


def test_before_anything_happens_the_page_says_what_each_way_would_do(company, stuck, as_person):
    page = words(as_person("mara").get(chosen(stuck[:1])).text)
    assert "tried once more" in page and "Next would be: Tell the customer: Agent" in page
    assert len(open_ones(company)) == 3


def test_variables_are_edited_and_the_work_is_tried_again_with_them(company, stuck, as_person):
    mara = as_person("mara")
    answer = mara.post("/incidents/resolutions", id=stuck[0], act="retry", **{
        "v.amount": "50", "was.amount": "501", "json.amount": "1", "v.name": "Li", "was.name": "Li"})
    assert "1 incident is tried again." in words(mara.follow(answer).text)
    worker.drain(company)
    assert [incident.id for incident in open_ones(company)] == [stuck[2], stuck[1]]
    [edited] = events(company, stuck[0], "variables_edited")
    assert (edited["actor"], edited["details"]["changed"]) == ("mara", {"amount": {"before": 501, "after": 50}})


def test_a_value_that_cannot_be_read_is_said_and_nothing_is_tried(company, stuck, as_person):
    page = as_person("mara").post("/incidents/resolutions", status=422, id=stuck[0], act="retry", **{
        "v.amount": "fifty", "was.amount": "501", "json.amount": "1"})
    assert "Expected the variable amount as JSON" in words(page.text) and len(open_ones(company)) == 3


def test_a_skip_goes_on_and_keeps_the_reason_in_the_history(company, stuck, as_person):
    mara = as_person("mara")
    page = mara.follow(mara.post("/incidents/resolutions", id=stuck[1], act="skip", reason="paid by hand"))
    assert "1 incident was skipped." in words(page.text)
    with company.read() as connection:
        [task] = user_tasks.of_instance(connection, incidents.find(connection, stuck[1]).instance_id, only_open=True)
    assert task.element_id == "after"
    assert [(event["actor"], event["reason"]) for event in events(company, stuck[1], "incident_resolved")] == [("mara", "paid by hand")]


def test_a_skip_without_a_reason_is_asked_again(company, stuck, as_person):
    page = as_person("mara").post("/incidents/resolutions", status=422, id=stuck[1], act="skip", reason=" ")
    assert "Please say why" in words(page.text) and len(open_ones(company)) == 3


def test_many_at_once_and_what_somebody_else_settled_is_said_by_name(company, stuck, as_person):
    runtime.skip(company, stuck[1], actor="olga", reason="paid by hand")
    mara = as_person("mara")
    page = words(mara.follow(mara.post("/incidents/resolutions", id=stuck, act="skip", reason="the bank is closed")).text)
    assert "2 incidents were skipped." in page and f"Incident {stuck[1]} was already settled by Olga." in page
    assert open_ones(company) == []


def test_auditors_look_and_do_not_act(stuck, as_person):
    yun = as_person("yun")
    assert "Try again" not in words(yun.get(chosen(stuck)).text)
    yun.post("/incidents/resolutions", status=403, id=stuck[0], act="retry")


def test_the_audit_page_names_the_step_and_leads_to_the_incident(company, stuck, as_person):
    with company.read() as connection:
        instance_id = incidents.find(connection, stuck[0]).instance_id
    page = as_person("mara").get(f"/instances/{instance_id}").text
    assert "Stands still at Pay the customer" in words(page) and f"id={stuck[0]}" in page


def test_pages_speak_chinese(stuck, as_person):
    mara = as_person("mara")
    assert "自动步骤失败" in words(mara.get("/incidents?lang=zh").text)
    assert "跳过" in words(mara.get(chosen(stuck[:1]) + "&lang=zh").text)


def test_what_is_chosen_but_not_there_is_a_sentence(as_person):
    assert "there is none with id 99" in words(as_person("mara").get(chosen([99]), status=404).text)


@pytest.fixture
def kesu(company):
    """Run `kesu incidents` in the company's database."""
    return lambda *words: CliRunner().invoke(group, [str(word) for word in words], obj=lambda: company)


def test_the_command_line_lists_retries_and_skips(company, stuck, kesu):
    listed = kesu("list", "--json")
    assert [each["id"] for each in json.loads(listed.stdout)] == stuck[::-1]
    assert "KS-1  pay  job_failed: The bank refuses" in kesu("list").stdout
    assert kesu("retry", stuck[0], "--set", "amount=5", "--by", "mara").stdout.endswith("1 retried, 0 not.\n")
    twice = kesu("skip", stuck[0], stuck[1], "--reason", "by hand", "--by", "mara")
    assert twice.exit_code == 1 and "already settled by mara" in twice.output and "1 skipped, 1 not." in twice.output
    worker.drain(company)
    assert [incident.id for incident in open_ones(company)] == [stuck[2]]


def test_the_command_line_says_what_a_value_has_to_look_like(stuck, kesu):
    refused = kesu("retry", stuck[0], "--set", "amount:5")
    assert refused.exit_code == 2 and "NAME=JSON" in refused.output


def test_incidents_of_one_step_fill_pages(company, stuck, as_person, turned):
    turned.advance(timedelta(minutes=1))
    with company.write() as connection:
        connection.execute(incidents.incidents.insert(), [
            {"kind": "timer_failed", "message": f"number {number}", "opened_at": turned.now()} for number in range(60)])
    olga = as_person("olga")
    first = olga.get("/incidents?kind=timer_failed").text
    assert "number 59" in first and "number 9<" not in first and "Older incidents" in first
