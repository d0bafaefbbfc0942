"""Answering by the link of a mail: the page asks, nothing is done by opening it. The guard is that of the task's own page."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import Connection

from kesu.complaints import answer_links
from kesu.complaints.answer_links import YES, Ticket
from kesu.engine import ballots, clock, deputies, identity, instances, runtime, user_tasks
from kesu.engine.errors import Conflict, Forbidden, Invalid, NotFound, Overtaken, Rejected, sentence
from kesu.engine.identity import Person
from kesu.webui import next_steps, submissions, task_views
from kesu.webui.context import database, me
from kesu.webui.errors import say
from kesu.webui.languages import COOKIE, LANGUAGES, language
from kesu.webui.pages.completions import comment
from kesu.webui.permissions import public
from kesu.webui.task_cards import people_names
from kesu.webui.task_views import TaskView

blueprint = Blueprint("answers", __name__)


class Gone(Rejected):
    """The link was good once."""

    status = 410


@blueprint.get("/answers/<token>")
@public
def show(token: str) -> ResponseReturnValue:
    """Show what would be answered, and ask."""
    try:
        ticket, view = _looked_up(token)
    except Rejected as refusal:
        return _refused(token, refusal)
    return _page(token, ticket, view)


@blueprint.post("/answers/<token>")
@public
def create(token: str) -> ResponseReturnValue:
    """Give the answer, once."""
    try:
        ticket, view = _looked_up(token)
        reason = comment(view, refusing=ticket.answer != YES)
        _answer(token, ticket, view, reason)
    except Invalid as wrong:
        return _page(token, ticket, view, problem=say(wrong)), 422
    except Rejected as refusal:
        return _refused(token, refusal)
    flash(_("Your answer has been taken down. You can close this page."))
    return redirect(url_for("answers.show", token=token), 303)


def _answer(token: str, ticket: Ticket, view: TaskView, reason: str | None) -> None:
    def spend(connection: Connection) -> None:
        answer_links.spend(connection, token, ticket, at=clock.now())

    task_id, key, values = ticket.task_id, f"mail/{answer_links.digest(token)}", submissions.values(view.form)
    if view.task.ballot and view.mode == "vote":
        runtime.vote(database(), task_id, actor=ticket.login, answer=ticket.answer, comment=reason, submission=values,
                     idempotency_key=key, writes=[spend])
    else:
        outcome = runtime.APPROVED if ticket.answer == YES else runtime.REJECTED
        runtime.complete(database(), task_id, actor=ticket.login, submission=values, outcome=outcome, comment=reason, seen=view.task.version,
                         idempotency_key=key, writes=[spend])


def _looked_up(token: str) -> tuple[Ticket, TaskView]:
    """Return what a link says and the task as it is now. Raises `Rejected` with the sentence why it decides nothing any more."""
    ticket = answer_links.read(token)
    with database().read() as connection:
        person = identity.find_person(connection, ticket.login)
        _speak_to(person)
        _check_link(connection, token, ticket)
        _check_person(person)
        task = user_tasks.find(connection, ticket.task_id)
        user_tasks.check_open(task)
        instances.check_active(instances.find(connection, task.instance_id))
        _check_hands(connection, ticket, task)
        assert person is not None
        view = task_views.view(connection, ticket.task_id, person)
    if view.mode not in ("decide", "vote") or answer_links.asks_more(view.form):
        raise Conflict(sentence("This step asks for more than yes or no. Sign in and answer it there."))
    return ticket, view


def _check_link(connection: Connection, token: str, ticket: Ticket) -> None:
    used = answer_links.spent(connection, token)
    if used is not None:
        raise Gone(sentence("You have used this link on {at}; your answer stands."), at=used.at.isoformat(timespec="minutes"))
    if ticket.ends_at <= clock.now():
        raise Gone(sentence("This link was good until {at}. Sign in and answer there."), at=ticket.ends_at.isoformat(timespec="minutes"))


def _check_person(person: Person | None) -> None:
    if person is None or not person.active:
        raise Forbidden(sentence("The person to whom this mail was sent no longer works here, so the link decides nothing."))
    other = me()
    if other is not None and other.login != person.login:
        raise Forbidden(sentence("This link is for {who}, but you are signed in as somebody else. Sign out first, or leave it to them."),
                        who=person.login)


def _check_hands(connection: Connection, ticket: Ticket, task: user_tasks.UserTask) -> None:
    """Raise unless the task is in the same hands as when the mail was written."""
    behalf = answer_links.behalf_of(connection, task, ticket.login)
    if ticket.behalf is not None:
        standing_in = deputies.standing_in(connection, ticket.behalf, task.definition_key, clock.now())
        if behalf != ticket.behalf or standing_in is None or standing_in.deputy != ticket.login:
            raise Conflict(sentence("You no longer act for {who}, so this link decides nothing. Sign in to see what has become of it."),
                           who=ticket.behalf)
    if task.ballot:
        own = ballots.of_voter(ballots.of_task(connection, task.id), ticket.login)
        if own.state != ballots.OPEN:
            raise Conflict(sentence("You have answered this already. Sign in if you want to change your answer."))
    elif task.assignee != ticket.login:
        raise Overtaken(sentence("{task} has changed hands since this mail was sent, so the link decides nothing."), task=task.called(language()))


def _speak_to(person: Person | None) -> None:
    # whoever opens a link from their own mail reads the page in the language of the mail
    if person is not None and me() is None and not request.args.get("lang") and not request.cookies.get(COOKIE):
        short = person.locale[:2].lower()
        g.language = short if short in LANGUAGES else language()


def _page(token: str, ticket: Ticket, view: TaskView, problem: str = "") -> str:
    view.comment = request.form.get("comment", "") or request.form.get(submissions.PREFIX + view.opinion, "")
    outcome = runtime.APPROVED if ticket.answer == YES else runtime.REJECTED
    following = [each for each in next_steps.ahead(database(), view.task, view.mode, ticket.login, view.values) if each.outcome == outcome]
    with database().read() as connection:
        behalf = people_names(connection, [ticket.behalf]).get(ticket.behalf or "")
    field = "comment" if view.opinion == "comment" else submissions.PREFIX + view.opinion
    return render_template("answers/show.html", token=token, ticket=ticket, view=view, task=view.task, ahead=following, behalf=behalf,
                           yes=ticket.answer == YES, problem=problem, field=field)


def _refused(token: str, refusal: Rejected) -> ResponseReturnValue:
    words: dict[str, Any] = {}
    task_id = used = None
    if not isinstance(refusal, NotFound):
        task_id = answer_links.read(token).task_id
        with database().read() as connection:
            words = {"task": user_tasks.find(connection, task_id).called(language())}
            used = answer_links.spent(connection, token)
    return render_template("answers/refused.html", text=say(refusal, **words), task_id=task_id, used=used), refusal.status
