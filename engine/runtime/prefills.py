"""What a form opens with: what the process knows, but for its own fields nothing that was answered beside it.

Two branches that run at once may ask the same question. Whoever is asked second must not find the other's answer there: it would be
sent back as theirs. Members of a multi-instance activity keep their answers to themselves anyway (`engine.spiff.scopes`).
"""

from typing import Any

from kesu.engine import user_tasks
from kesu.engine.runtime.steps import Step
from kesu.engine.user_tasks import UserTask


def opens_with(step: Step, task: UserTask) -> dict[str, Any]:
    """Return the variables that an open task's form is filled and shown by."""
    known = step.run.variables(task.activity_id)
    if task.form_key is None:
        return known
    doubtful = {each.key for each in step.package.form(task.form_key).fields if each.key in known}
    doubtful -= step.run.own(task.activity_id).keys()
    beside = step.run.beside(task.activity_id) if doubtful else set()
    theirs = _answered(step, task) if beside else {}
    return {name: value for name, value in known.items() if name not in doubtful or theirs.get(name) not in beside}


def _answered(step: Step, task: UserTask) -> dict[str, str]:
    """Return, for each variable that forms have set, the activity whose form was the last to do so."""
    done = [each for each in user_tasks.of_instance(step.connection, task.instance_id) if each.ended_at]
    done = sorted((each for each in done if each.submission), key=lambda each: (each.ended_at, each.id))
    return {name: each.activity_id for each in done for name in _kept(step, each) if name in (each.submission or {})}


def _kept(step: Step, task: UserTask) -> set[str]:
    if task.form_key is None:
        return set(task.submission or {})
    return {each.key for each in step.package.form(task.form_key).fields if each.keep == "process"}
