"""Two are asked the same at once: neither finds the other's answers in the form, in the history or through the interface."""

import pytest

from kesu.engine import clock, definitions, history, runtime, tokens, user_tasks
from tests.engine.diagrams import diagram, extension

ASKED = extension('<kesu:assignment assignee="{}"/>', '<kesu:form key="proposal"/>')
SEVERAL = ('<b:multiInstanceLoopCharacteristics><b:loopDataInputRef>who</b:loopDataInputRef><b:inputDataItem id="one" name="one"/>'
           '</b:multiInstanceLoopCharacteristics>')
BRANCHES = diagram("start:s and:split user:a and:join end:e; split user:b join", key="beside",
                   inner={"a": ASKED.format("ada"), "b": ASKED.format("bo")})
MEMBERS = diagram("start:s user:a end:e", key="beside", inner={"a": ASKED.format("=one") + SEVERAL})
PROPOSED = {"cause": "leak", "remedy": "refund", "amount": "12"}


@pytest.fixture(params=[BRANCHES, MEMBERS], ids=["branches", "members"])
def asked(company, request):
    """The ids of Ada's and Bo's open tasks."""
    definitions.deploy(company, request.param, actor="olga")
    instance = runtime.start(company, "beside", variables={"who": ["ada", "bo"]}, actor="ines").instance_id
    with company.read() as connection:
        return {task.assignee: task for task in user_tasks.of_instance(connection, instance)}


def test_the_second_form_is_as_empty_as_the_first(company, reader, asked):
    runtime.complete(company, asked["ada"].id, actor="ada", submission=PROPOSED)
    reader.sign_in("bo")
    page = reader.get(f"/tasks/{asked['bo'].id}").text
    assert 'value="12"' not in page and '<option value="refund" selected' not in page
    runtime.complete(company, asked["bo"].id, actor="bo", submission={"cause": "wear", "remedy": "repair"})


def test_whoever_is_gone_back_to_finds_their_own_answers(company, reader, asked):
    if asked["ada"].element_id == asked["bo"].element_id:
        pytest.skip("a member goes back within itself only")
    runtime.complete(company, asked["ada"].id, actor="ada", submission=PROPOSED)
    runtime.move(company, asked["ada"].id, actor="ada", move="take_back")
    with company.read() as connection:
        again = user_tasks.of_instance(connection, asked["ada"].instance_id, only_open=True)[-1]
    reader.sign_in("ada")
    assert 'value="12"' in reader.get(f"/tasks/{again.id}").text


@pytest.mark.parametrize("asked", [MEMBERS], indirect=True, ids=["members"])
def test_history_and_interface_tell_members_apart(company, app, asked):
    runtime.complete(company, asked["ada"].id, actor="ada", submission=PROPOSED)
    with company.write() as connection:
        token = tokens.issue(connection, "bo", at=clock.now())
    send = {"headers": {"Authorization": f"Bearer {token}"}}
    listed = app.test_client().get("/api/v1/user-tasks", **send).json["items"]
    shown = app.test_client().get(f"/api/v1/user-tasks/{asked['bo'].id}", **send).json
    for found in [each["variables"] for each in (*listed, shown)]:
        assert found["one"] == "bo" and "remedy" not in found
    runtime.complete(company, asked["bo"].id, actor="bo", submission={"cause": "wear", "remedy": "repair"})
    with company.read() as connection:
        done = [event for event in history.of_instance(connection, asked["bo"].instance_id) if event["kind"] == "task_completed"]
    assert [event["details"]["changed"]["remedy"] for event in done] == [{"before": None, "after": "refund"}, {"before": None, "after": "repair"}]
