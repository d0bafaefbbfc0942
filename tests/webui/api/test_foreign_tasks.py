"""A task that is hidden from somebody is not there for them, whichever act they try: no holder, step or existence leaks."""

import pytest

from kesu.engine import identity, tokens
from tests.webui.cases import stage

ACTS = [("GET", "", None), ("GET", "/moves", None), ("POST", "/claim", {}), ("DELETE", "/claim", None), ("POST", "/completion", {"variables": {}}),
        ("POST", "/ballots", {"answer": "yes"}), ("POST", "/moves", {"move": "transfer", "people": ["mara"], "reason": "x"}),
        ("POST", "/moves", {"move": "reject", "preview": True})]


@pytest.mark.parametrize("method, path, body", ACTS)
def test_every_act_on_a_hidden_task_is_404(db, turned, method, path, body):
    from tests.complaints import companies

    before = companies.plug()
    company = stage.build(db)
    stage.receive(company)
    with company.write() as connection:
        assert not identity.person(connection, "otto").groups
        secret = tokens.issue(connection, "otto", at=turned.now())
    client = stage.application(company).test_client()
    answer = client.open(f"/api/v1/user-tasks/1{path}", method=method, json=body, headers={"Authorization": f"Bearer {secret}"})
    companies.unplug(before)
    assert answer.status_code == 404


@pytest.mark.parametrize("told", [
    {"act": "complete", "variables": {}}, {"act": "vote", "answer": "yes"},
    {"act": "move", "move": "transfer", "people": ["mara"], "reason": "x"}, {"act": "move", "move": "reject", "reason": "x"},
    {"act": "move", "move": "urge"}])
def test_a_batch_says_of_hidden_tasks_what_it_says_of_none(db, turned, told):
    from tests.complaints import companies

    before = companies.plug()
    company = stage.build(db)
    stage.receive(company)
    with company.write() as connection:
        secret = tokens.issue(connection, "otto", at=turned.now())
    client = stage.application(company).test_client()
    answer = client.post("/api/v1/user-tasks/batch", json={"ids": [1, 999_999], **told}, headers={"Authorization": f"Bearer {secret}"})
    companies.unplug(before)
    hidden, none = answer.json["items"]
    assert not hidden["done"] and hidden["problem"].replace("1", "") == none["problem"].replace("999999", "")
