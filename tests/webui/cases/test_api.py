"""`/api/v1/complaints`: one complaint an idempotency key, problems as documents, nothing for those without a right to it."""

import base64
import re

import pytest
from sqlalchemy import func, select

from kesu.complaints import attachments
from kesu.complaints.cases import cases
from kesu.engine import clock, tokens
from tests.webui.cases.stage import PNG

GOOD = {"name": "Carol", "phone": "13800001111", "description": "The handle broke off", "category": "quality", "product": "kettle", "amount": 120.5}


@pytest.fixture
def call(company, app):
    """Call the interface as somebody."""
    issued = {}

    def send(method, path, login="ines", key=None, **body):
        with company.write() as connection:
            token = issued.setdefault(login, None) or tokens.issue(connection, login, at=clock.now())
        issued[login] = token
        headers = {"Authorization": f"Bearer {token}"} | ({"Idempotency-Key": key} if key else {})
        return app.test_client().open(path, method=method, headers=headers, json=body if method == "POST" else None)

    return send


def count(db):
    with db.read() as connection:
        return connection.execute(select(func.count()).select_from(cases)).scalar_one()


def test_a_complaint_is_received_with_number_and_tracking_link(call, app):
    answer = call("POST", "/api/v1/complaints", **GOOD)

    assert answer.status_code == 201 and re.fullmatch(r"KS-2026-\d{6}", answer.json["reference"])
    assert answer.headers["Location"] == f"/api/v1/complaints/{answer.json['reference']}"
    assert app.test_client().get(re.search(r"/track/.*", answer.json["tracking"]).group()).status_code == 200


def test_the_same_key_gives_the_same_receipt_and_other_content_is_refused(company, call):
    first, again = (call("POST", "/api/v1/complaints", key="k1", **GOOD) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200) and first.json == again.json

    other = call("POST", "/api/v1/complaints", key="k1", **{**GOOD, "description": "Something else"})
    assert (other.status_code, other.content_type) == (409, "application/problem+json")
    assert count(company) == 1


def test_every_wrong_field_is_named_in_a_problem_document(company, call):
    answer = call("POST", "/api/v1/complaints", name="", description="", product="zeppelin", amount="much", category="quality")

    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert {problem["field"] for problem in answer.json["problems"]} == {"name", "description", "phone", "product", "amount"}
    assert count(company) == 0


@pytest.mark.parametrize(
    "body",
    [{"colour": "red"}, {"name": 7}, {"details": []}, {"attachments": [{"name": "a.png"}]}, {"attachments": [{"name": "a.png", "content": "%%%"}]}],
)
def test_what_is_not_of_the_form_is_refused(company, call, body):
    assert call("POST", "/api/v1/complaints", **{**GOOD, **body}).status_code == 422
    assert count(company) == 0


def test_files_come_in_base64(company, call):
    answer = call("POST", "/api/v1/complaints", **GOOD, attachments=[{"name": "handle.png", "content": base64.b64encode(PNG).decode()}])

    with company.read() as connection:
        assert [row.size for row in attachments.of_case(connection, answer.json["reference"])] == [len(PNG)]


def test_where_it_stands_is_told_without_the_customer(call):
    reference = call("POST", "/api/v1/complaints", **GOOD).json["reference"]
    answer = call("GET", f"/api/v1/complaints/{reference}")

    assert answer.json["status"] == "in_progress" and answer.json["channel"] == "api"
    assert "Carol" not in answer.text and "13800001111" not in answer.text


def test_only_those_with_the_right_and_a_token_come_in(company, app, call):
    reference = call("POST", "/api/v1/complaints", **GOOD).json["reference"]

    assert app.test_client().post("/api/v1/complaints", json=GOOD).status_code == 401
    assert call("POST", "/api/v1/complaints", login="ivan", **GOOD).status_code == 403
    assert call("GET", f"/api/v1/complaints/{reference}", login="otto").status_code == 404
    assert count(company) == 1
