"""What programs send by mistake or by malice: answered with a problem document, on both databases; keys, tags and pages as described."""

import json

import pytest
import requests

from kesu.engine import clock, incidents, user_tasks

STRANGE = ['{"name":"x","variables":{"a":"\\ud800"}}', '{"name":"x","variables":{"a":NaN}}', '{"name":"x","variables":{"a":1e999}}',
           '{"name":"\\u0000"}',
           '{"name":"x","variables":{"\\u0000":1}}', '{"name":"x","variables":{"a":' + "[" * 100_000 + "]" * 100_000 + "}}",
           '{"name":"x","variables":{"a":' + "[" * 60 + "]" * 60 + "}}", '{"name":"x","variables":{"a":' + "9" * 5000 + "}}",
           '{"name":"x","variables":{"a":1' + "0" * 40 + "}}", "[1", "[]", '"text"', "\xff"]


@pytest.fixture
def call(office):
    """Call the interface as somebody."""

    def send(method, path, login="root", body=None, **headers):
        headers = {"Authorization": f"Bearer {office.tokens[login]}", "Content-Type": "application/json"} | headers
        data = body.encode("latin-1") if isinstance(body, str) else json.dumps(body) if body is not None else None
        return requests.request(method, f"{office.address}/api/v1{path}", data=data, headers=headers, timeout=60)

    return send


def first_task(office):
    moved = office.started()
    with office.db.read() as connection:
        return user_tasks.of_instance(connection, moved.instance_id)[0]


@pytest.mark.parametrize("body", STRANGE, ids=lambda body: body[:40])
def test_what_no_database_can_keep_is_refused(call, body):
    answer = call("POST", "/messages", body=body)
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json") and answer.json()["detail"]


def test_a_nul_in_an_address_is_refused(call):
    assert [call("GET", path).status_code for path in ("/user-tasks?definition=%00", "/definitions/%00", "/complaints/a%00b")] == [422, 404, 404]


def test_a_key_of_one_person_at_one_address_is_nobody_elses(call, office):
    started = [call("POST", "/instances", login, {"definition": "small"}, **{"Idempotency-Key": "1"}).json()["id"]
               for login in ("ines", "ines", "mara")]
    assert started[0] == started[1] != started[2]
    task = first_task(office)
    done = call("POST", f"/user-tasks/{task.id}/completion", "root", {}, **{"Idempotency-Key": "1"})
    assert done.json()["instance"] == task.instance_id
    assert call("POST", "/instances", body={"definition": "small"}, **{"Idempotency-Key": "a b"}).status_code == 422


def test_a_key_with_other_content_is_refused_and_the_same_again_is_answered(call, office):
    moved = office.started()
    where = f"/instances/{moved.instance_id}/cancellation"
    told = [call("POST", where, "ines", {"reason": reason}, **{"Idempotency-Key": "1"}) for reason in ("by mistake", "by mistake", "on purpose")]
    assert [answer.status_code for answer in told] == [200, 200, 409]
    assert told[0].json() == told[1].json() and "something else" in told[2].json()["detail"]


def test_who_saw_an_older_version_is_told_so(call, office):
    task = first_task(office)
    tag = call("GET", f"/user-tasks/{task.id}").headers["ETag"]
    assert call("POST", f"/user-tasks/{task.id}/claim", "root", **{"If-Match": "yesterday"}).status_code == 422
    assert call("POST", f"/user-tasks/{task.id}/claim", "root", **{"If-Match": tag}).status_code == 200
    assert call("POST", f"/user-tasks/{task.id}/completion", "root", {}, **{"If-Match": tag}).status_code == 409


def test_a_ballot_counts_for_what_its_voter_saw(call, office):
    first = first_task(office)
    call("POST", f"/user-tasks/{first.id}/completion", "root", {})
    with office.db.read() as connection:
        task = user_tasks.of_instance(connection, first.instance_id, only_open=True)[0]
    where, seen = f"/user-tasks/{task.id}", call("GET", f"/user-tasks/{task.id}", "ada").headers["ETag"]
    told = [call("POST", f"{where}/ballots", "ada", {"answer": "yes"}, **{"If-Match": tag}).status_code for tag in ('"999"', seen)]
    assert told == [409, 201]


def test_a_wrong_method_and_a_missing_token_say_what_is_right(call, office):
    wrong = call("DELETE", "/user-tasks")
    assert wrong.status_code == 405 and {"GET", "HEAD"} <= {each.strip() for each in wrong.headers["Allow"].split(",")}
    nobody = requests.get(f"{office.address}/api/v1/user-tasks", timeout=60)
    assert (nobody.status_code, nobody.headers["WWW-Authenticate"].lower()) == (401, "bearer")


def test_incidents_come_in_pages(call, office):
    with office.db.write() as connection:
        for number in range(105):
            incidents.open_incident(connection, kind="job_failed", message=str(number), opened_at=clock.now(), definition_key="paged")
    first = call("GET", "/incidents?definition=paged").json()
    then = call("GET", f"/incidents?definition=paged&after={first['next']}").json()
    assert [len(first["items"]), len(then["items"]), then["next"]] == [100, 5, None]


def test_problems_of_a_diagram_are_sentences(call):
    answer = call("POST", "/definitions", "olga", "<data/>", **{"Content-Type": "application/xml"})
    assert answer.status_code == 422 and answer.json()["problems"] and "{" not in answer.json()["problems"][0]["message"]
