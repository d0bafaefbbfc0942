"""`/api/v1/user-tasks`: what waits for people, and everything they can do with it. The same guards as the pages."""

from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy import Connection

from kesu.engine import ballots, claims, parties, runtime, spiff
from kesu.engine.instances import find as find_instance
from kesu.engine.user_tasks import UserTask
from kesu.engine.values import plain
from kesu.webui.api.answers import LIMIT, body, cursor, ids, key, number, one, owed, page, seen, texts, told
from kesu.webui.api.bearers import caller
from kesu.webui.context import database, signed_in
from kesu.webui.permissions import requires

blueprint = Blueprint("api_user_tasks", __name__, url_prefix="/api/v1/user-tasks")


@blueprint.before_request
def _only_what_may_be_seen() -> None:
    """Answer every act on a task that is hidden from the caller as if it were not there, whatever is wrong with it beside that."""
    task_id = (request.view_args or {}).get("task_id")
    if task_id is not None:
        with database().read() as connection:
            parties.visible(connection, task_id, signed_in())


@blueprint.get("")
@requires()
def index() -> Response:
    """List open tasks of an instance or of a process, in order of creation: managers all, others what they may act on."""
    instance_id, after = number("instance"), cursor()
    with database().read() as connection:
        found = parties.listed(connection, instance_id=instance_id, definition_key=request.args.get("definition"), after=after, limit=LIMIT + 1,
                                  person=None if signed_in().is_in(*parties.OVERSEERS) else signed_in())
        votes = ballots.of_tasks(connection, [task.id for task in found])
        known = _seen(connection, found)
    return page(found, lambda task: _described(task, known[task.id], votes[task.id]))


@blueprint.get("/<int:task_id>")
@requires()
def show(task_id: int) -> Response:
    """Show one task."""
    with database().read() as connection:
        task = parties.visible(connection, task_id, signed_in())
        variables = _seen(connection, [task])[task.id]
        votes = ballots.of_task(connection, task_id)
    return one(_described(task, variables, votes), version=task.version)


@blueprint.post("/<int:task_id>/claim")
@requires()
def claim(task_id: int) -> Response:
    """Take a task off the shared list."""
    task = claims.claim(database(), task_id, actor=caller(), seen=seen())
    return one({"id": task.id, "assignee": task.assignee, "state": task.state}, version=task.version)


@blueprint.delete("/<int:task_id>/claim")
@requires()
def release(task_id: int) -> Response:
    """Put a claimed task back on the shared list."""
    task = claims.release(database(), task_id, actor=caller(), seen=seen())
    return one({"id": task.id, "assignee": task.assignee, "state": task.state}, version=task.version)


@blueprint.post("/<int:task_id>/completion")
@requires()
def complete(task_id: int) -> Response:
    """Complete a task with the values of its form (or, without a form, with process variables)."""
    given = body(variables=dict, outcome=str, comment=str)
    moved = runtime.complete(database(), task_id, actor=caller(), submission=given.get("variables"), outcome=given.get("outcome"),
                             comment=given.get("comment"), seen=seen(), idempotency_key=key())
    return one({"instance": moved.instance_id, "state": moved.state})


@blueprint.post("/<int:task_id>/ballots")
@requires()
def vote(task_id: int) -> Response:
    """Cast the caller's ballot: yes or no."""
    given = body(answer=str, comment=str, variables=dict)
    owed(given, "answer")
    moved = runtime.vote(database(), task_id, actor=caller(), answer=given["answer"], comment=given.get("comment"),
                         submission=given.get("variables"), seen=seen(), idempotency_key=key())
    return one({"instance": moved.instance_id, "state": moved.state}, 201)


@blueprint.get("/<int:task_id>/moves")
@requires()
def moves(task_id: int) -> Response:
    """List the moves the caller may make from here, each with its legal targets."""
    return one({"moves": runtime.describe(runtime.all_moves(database(), task_id, actor=caller()))})


@blueprint.post("/<int:task_id>/moves")
@requires()
def move(task_id: int) -> Response:
    """Make a move, or with `preview: true` only say what it would do."""
    given = body(move=str, target=str, afterwards=str, reason=str, preview=bool, people=list, how=str, answer=str, comment=str, variables=dict)
    owed(given, "move")
    if given.get("preview"):
        return one(_previewed(runtime.preview(database(), task_id, actor=caller(), move=given["move"], target=given.get("target"),
                                              afterwards=given.get("afterwards"))))
    told = {"people": texts(given, "people"), **{name: given.get(name) for name in ("how", "answer", "comment")}}
    moved = runtime.move(database(), task_id, actor=caller(), move=given["move"], target=given.get("target"), afterwards=given.get("afterwards"),
                         reason=given.get("reason"), seen=seen(), idempotency_key=key(), submission=given.get("variables"), **told)
    return one({"instance": moved.instance_id, "state": moved.state})


@blueprint.post("/batch")
@requires()
def batch() -> Response:
    """Do the same on many tasks: complete, vote or move. A result an item; one that is refused holds up none of the others."""
    given = body(act=str, ids=list, variables=dict, outcome=str, answer=str, comment=str, move=str, target=str, reason=str, people=list)
    owed(given, "act")
    texts(given, "people")
    wanted = {"submission": given.get("variables"), **{name: given.get(name) for name in _OF_ACT.get(given["act"], ())}}
    done = runtime.batch(database(), given["act"], ids(given, "ids"), actor=caller(), idempotency_key=key(), **wanted)
    return one({"items": [{"id": each.task_id, "done": each.refused is None, "problem": each.problem,
                           "state": each.moved.state if each.moved else None} for each in done]})


def _seen(connection: Connection, found: list[UserTask]) -> dict[int, dict[str, Any]]:
    """Return the variables that each task sees: those of its own member where it is done for several, else the instance's."""
    seen: dict[int, dict[str, Any]] = {}
    for instance_id in {task.instance_id for task in found}:
        instance, here = find_instance(connection, instance_id), [task for task in found if task.instance_id == instance_id]
        own = spiff.seen(instance.body, [task.activity_id for task in here if task.is_open])
        seen.update((task.id, plain(own[task.activity_id]) if task.activity_id in own else instance.variables) for task in here)
    return seen


_OF_ACT = {"complete": ("outcome", "comment"), "vote": ("answer", "comment"), "move": ("move", "target", "reason", "people")}


def _described(task: UserTask, variables: dict[str, Any], votes: list[ballots.Ballot]) -> dict[str, Any]:
    return {
        "id": task.id, "instance": task.instance_id, "element_id": task.element_id, "name": task.name, "name_en": task.name_en,
        "definition": task.definition_key, "business_key": task.business_key, "round": task.round, "state": task.state,
        "assignee": task.assignee, "on_behalf_of": task.on_behalf_of, "created_at": task.created_at.isoformat(),
        "due_at": task.due_at.isoformat() if task.due_at else None, "form": task.form_key, "version": task.version,
        "variables": told(variables),
        "ballots": [{"voter": each.voter, "state": each.state, "answered_at": each.answered_at.isoformat() if each.answered_at else None,
                     "comment": each.comment, "part": each.part, "on_behalf_of": each.on_behalf_of, "added_by": each.added_by,
                     "superseded": each.superseded_by is not None} for each in votes],
    }


def _previewed(preview: runtime.Preview) -> dict[str, Any]:
    return {
        "target": {"activity_id": preview.target.activity_id, "element_id": preview.target.element_id, "name": preview.target.name},
        "voided": [vars(each) for each in preview.voided], "cannot_undo": [vars(each) for each in preview.cannot_undo],
        "ballots": [vars(each) for each in preview.ballots], "undone": [vars(each) for each in preview.undone],
        "afterwards": preview.afterwards, "then": preview.then,
    }
