"""Messages set what the diagram declares, say only what their sender may say, and reach nobody who begins later; a case has one process."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from kesu.complaints import cases, notices
from kesu.engine import definitions, history, instances, runtime, user_tasks, worker
from tests.complaints import companies
from tests.webui.api.test_requests import call  # noqa: F401  a fixture
from tests.webui.cases import stage


def of(db, reference):
    with db.read() as connection:
        return instances.by_business_key(connection, reference)


def asked(office):
    """A complaint whose investigation waits for the customer's answer; returns its reference."""
    reference = stage.receive(office.db).reference
    with office.db.read() as connection:
        [task] = user_tasks.of_instance(connection, of(office.db, reference).id, only_open=True)
    runtime.complete(office.db, task.id, actor="ivan", submission={"facts": "x", "customer_needed": "yes", "question": "When?"})
    worker.drain(office.db)
    return reference


@pytest.mark.parametrize("name", ["customer_answered", "customer_withdrew"])
@pytest.mark.parametrize("variables", [{}, {"departments": ["customer_service"], "initiator": "ines"}, {"levels": 1, "amount": 1}])
def test_nobody_speaks_for_the_customer(office, call, name, variables):  # noqa: F811
    reference = asked(office)
    before = of(office.db, reference)
    correlation = {"question": f"{reference}/quality"} if name == "customer_answered" else {"reference": reference}
    answer = call("POST", "/messages", "ines", {"name": name, "correlation": correlation, "variables": variables})
    assert answer.status_code == 403 and name in answer.json()["detail"] and of(office.db, reference) == before


def test_a_withdrawal_cannot_be_planted_for_a_complaint_to_come(office, call):  # noqa: F811
    last = stage.receive(office.db).reference
    coming = f"{last[:-6]}{int(last[-6:]) + 1:06d}"
    for name, status in (("customer_withdrew", 403), ("satisfaction_given", 404), ("anything", 404)):
        assert call("POST", "/messages", "ines", {"name": name, "correlation": {"reference": coming}}).status_code == status
    assert stage.receive(office.db).reference == coming
    with office.db.read() as connection:
        assert cases.find(connection, coming).status == "in_progress"


def test_the_customer_says_it_and_history_tells_what_it_changed(office):
    reference = asked(office)
    runtime.correlate(office.db, "customer_withdrew", {"reference": reference}, actor="customer")
    with office.db.read() as connection:
        [event] = [each for each in history.of_instance(connection, of(office.db, reference).id) if each["kind"] == "message_received"]
    assert (event["actor"], event["details"]["changed"]) == ("customer", {})


def test_a_complaint_is_only_started_by_being_received_and_a_case_has_one_process(office, call):  # noqa: F811
    reference = office.references[0]
    for body in ({"definition": "complaint"}, {"definition": "complaint", "business_key": reference, "variables": {"amount": 1}},
                 {"definition": "small", "business_key": reference}, {"definition": "small", "business_key": "KS-2031-000001"}):
        assert call("POST", "/instances", "ines", body).status_code == 409
    assert call("POST", "/instances", "ines", {"definition": "small", "business_key": "OTHER-1"}).status_code == 201


def test_of_those_who_start_something_about_a_case_at_the_same_moment_one_is_first(office, call):  # noqa: F811
    reference = office.references[0]
    runtime.terminate(office.db, of(office.db, reference).id, actor="mara", reason="enough")
    barrier = Barrier(4)

    def start(number):
        barrier.wait()
        return call(
            "POST",
            "/instances",
            "ines",
            {"definition": "small", "business_key": reference},
            **{"Idempotency-Key": f"start-{number}"},
        )

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(start, range(4)))
    assert sorted(each.status_code for each in answers) == [201, 409, 409, 409]
    first = next(number for number, each in enumerate(answers) if each.status_code == 201)
    again = call(
        "POST",
        "/instances",
        "ines",
        {"definition": "small", "business_key": reference},
        **{"Idempotency-Key": f"start-{first}"},
    )
    assert (again.status_code, again.json()) == (201, answers[first].json())
    with office.db.read() as connection:
        found = instances.listed(connection, business_key=reference)
    assert len([each for each in found if each.state not in instances.ENDED]) == 1


@pytest.mark.parametrize("path", ["/messages", "/instances", "/signals"])
def test_more_than_a_process_can_keep_is_refused(call, path):  # noqa: F811
    body = json.dumps({"name": "x", "definition": "small", "variables": {"a": "x" * 1_100_000}})
    answer = call("POST", path, "ines", body)
    assert answer.status_code == 413 and "1000000" in answer.json()["detail"]


def test_danger_in_what_a_program_says_of_a_case_reaches_somebody(office, call):  # noqa: F811
    catch = """<bpmn:intermediateCatchEvent id="tested"><bpmn:extensionElements>
      <kesu:correlation key="reference" value="=reference"/><kesu:received sets="finding: text"/></bpmn:extensionElements>
      <bpmn:messageEventDefinition id="m" messageRef="part_tested"/></bpmn:intermediateCatchEvent>
      <bpmn:sequenceFlow id="t" sourceRef="tested" targetRef="investigate"/>"""
    drawn = companies.SMALL.replace('<bpmn:userTask id="investigate"', catch + '<bpmn:userTask id="investigate"', 1)
    drawn = drawn.replace('targetRef="investigate"/>', 'targetRef="tested"/>', 1)
    drawn = drawn.replace("</bpmn:definitions>", '<bpmn:message id="part_tested" name="part_tested"/></bpmn:definitions>')
    definitions.deploy(office.db, drawn.encode(), actor="olga", comment="redrawn")
    reference, calm = (stage.receive(office.db).reference for _ in range(2))
    for about, finding in ((reference, "The socket caught fire again, her hand was burned"), (calm, "No fault found")):
        answer = call("POST", "/messages", "ines", {"name": "part_tested", "correlation": {"reference": about}, "variables": {"finding": finding}})
        assert answer.status_code == 201, answer.text
    with office.db.read() as connection:
        said = {each: cases.find(connection, each) for each in (reference, calm)}
        told = set(connection.execute(select(notices.notices.c.reference).where(notices.notices.c.template == "heard_danger")).scalars())
    assert [(each.safety, each.unread_since is not None) for each in said.values()] == [(True, True), (False, False)]
    assert reference in told and calm not in told
    assert of(office.db, reference).variables["safety"] is True
