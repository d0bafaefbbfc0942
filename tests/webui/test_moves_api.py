"""Moves by the programming interface: listed, previewed, made; the same sentences as on the pages, batches with a result an item."""

import pytest

from kesu.engine import clock, tokens


@pytest.fixture
def call(company, app):
    """Call the interface as somebody."""

    def send(method, path, login, key=None, **body):
        with company.write() as connection:
            token = tokens.issue(connection, login, at=clock.now())
        headers = {"Authorization": f"Bearer {token}"} | ({"Idempotency-Key": key} if key else {})
        return app.test_client().open(path, method=method, headers=headers, json=body if method == "POST" else None)

    return send


def test_moves_are_listed_previewed_and_made(call, proposed):
    task = proposed()
    listed = call("GET", f"/api/v1/user-tasks/{task}/moves", "mara").json["moves"]
    assert [each["element_id"] for each in listed["reject"]] == ["propose", "end"] and {"transfer", "add_sign", "delegate"} <= set(listed)
    told = call("POST", f"/api/v1/user-tasks/{task}/moves", "mara", move="reject", target="previous", preview=True).json
    assert told["target"]["element_id"] == "propose" and [each["element_id"] for each in told["voided"]] == ["decide"]
    assert call("POST", f"/api/v1/user-tasks/{task}/moves", "mara", move="reject").status_code == 422
    made = call("POST", f"/api/v1/user-tasks/{task}/moves", "mara", move="reject", target="previous", afterwards="resume", reason="no photo")
    assert (made.status_code, made.json["state"]) == (200, "active")


def test_people_are_moved_and_the_same_key_moves_once(call, to_sign):
    task = to_sign()
    shown = call("GET", f"/api/v1/user-tasks/{task}", "mara").json
    voter = next(each["voter"] for each in shown["ballots"] if each["state"] == "open")
    for _ in range(2):
        made = call("POST", f"/api/v1/user-tasks/{task}/moves", voter, key="k", move="add_sign", people=["yun"], how="before")
        assert made.status_code == 200, made.json
    after = {each["voter"]: (each["part"], each["state"]) for each in call("GET", f"/api/v1/user-tasks/{task}", "mara").json["ballots"]}
    assert (after["yun"], after[voter]) == (("before", "open"), ("main", "waiting"))


@pytest.mark.parametrize(("body", "status"), [
    ({"move": "fly"}, 404), ({"move": "transfer"}, 422), ({"move": "transfer", "people": [1]}, 422), ({"move": "transfer", "people": ["mara"]}, 409),
    ({"move": "transfer", "people": ["nobody"]}, 422), ({"move": "add_sign", "people": ["yun"], "how": "beside"}, 422),
    ({"move": "resolve"}, 409), ({"move": "jump", "target": "sign", "reason": "x"}, 409)])
def test_bad_input_is_a_sentence(call, proposed, body, status):
    answer = call("POST", f"/api/v1/user-tasks/{proposed()}/moves", "mara", **body)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json") and answer.json["detail"]


def test_a_batch_answers_for_each(call, proposed):
    ids = [proposed("KS-1"), proposed("KS-2")]
    answer = call("POST", "/api/v1/user-tasks/batch", "mara", act="complete", ids=[*ids, 999_999], outcome="approved")
    assert [each["done"] for each in answer.json["items"]] == [True, True, False]
    assert call("POST", "/api/v1/user-tasks/batch", "mara", act="destroy", ids=ids).status_code == 422
    assert call("POST", "/api/v1/user-tasks/batch", "mara", act="complete", ids=["x"]).status_code == 422


def test_who_only_looks_on_is_offered_no_move(call, proposed):
    task = proposed()
    assert call("GET", f"/api/v1/user-tasks/{task}/moves", "yun").json["moves"] == {}
    assert {"urge", "copy"} <= set(call("GET", f"/api/v1/user-tasks/{task}/moves", "ines").json["moves"])
    assert call("POST", f"/api/v1/user-tasks/{task}/moves", "yun", move="urge").status_code == 403


def test_who_was_taken_out_and_asked_again_still_finds_the_task(call, to_sign):
    task = to_sign()
    voter = next(each["voter"] for each in call("GET", f"/api/v1/user-tasks/{task}", "mara").json["ballots"] if each["state"] == "open")
    for move, extra in (("add_sign", {"how": "parallel"}), ("remove_sign", {}), ("add_sign", {"how": "parallel"})):
        made = call("POST", f"/api/v1/user-tasks/{task}/moves", voter, move=move, people=["otto"], **extra)
        assert made.status_code == 200, made.json
    assert call("GET", f"/api/v1/user-tasks/{task}", "otto").status_code == 200
