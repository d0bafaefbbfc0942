"""What became of a task that somebody else has dealt with: news in a sentence, never an error."""

from flask_babel import gettext as _
from sqlalchemy import Connection

from kesu.engine.user_tasks import COMPLETED, UserTask
from kesu.webui.moments import moment
from kesu.webui.task_cards import people_names


def fate(connection: Connection, task: UserTask, login: str) -> str:
    """Say why a task no longer waits for this person: by whom it was handled and when, who has it now, or that it is not needed any more."""
    names = people_names(connection, [task.ended_by, task.assignee])
    if task.state == COMPLETED and task.ended_by == login:
        return _("You have done this, at %(time)s.", time=moment(task.ended_at).striptags())
    if task.state == COMPLETED:
        return _("Already handled by %(who)s at %(time)s; nothing more is needed from you.", who=names.get(task.ended_by or "", ""),
                 time=moment(task.ended_at).striptags())
    if not task.is_open:
        return _("This task is no longer needed since %(time)s: the case has gone another way.", time=moment(task.ended_at).striptags())
    if task.assignee == login:
        return _("This is yours now: it is under “Waiting for me”.")
    return _("%(who)s has it now.", who=names[task.assignee]) if task.assignee else _("It has changed hands; nothing more is needed from you.")
