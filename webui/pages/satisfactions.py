"""The satisfaction form: two questions and a comment behind a link that works once."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kesu.complaints import cases, surveys
from kesu.webui import throttles, tracks
from kesu.webui.context import database
from kesu.webui.pages.public_complaints import MOST, WITHIN
from kesu.webui.permissions import public

blueprint = Blueprint("satisfactions", __name__)


@blueprint.get("/survey/<token>")
@public
def new(token: str) -> ResponseReturnValue:
    """Show the form, or thanks where it was answered before."""
    return _form(token)


@blueprint.post("/survey/<token>")
@public
def create(token: str) -> ResponseReturnValue:
    """Take the answer, once."""
    score, settled = request.form.get("score", ""), request.form.get("satisfied", "")
    problem = "" if score in {"1", "2", "3", "4", "5"} else _("Please choose one of the five.")
    problem_settled = "" if settled in {"yes", "no"} else _("Please choose yes or no.")
    if problem or problem_settled:
        return _form(token, problem=problem, problem_settled=problem_settled), 422
    with database().write() as connection:
        throttles.count(connection, "survey", most=MOST, within=WITHIN)
    surveys.answer(database(), token, score=int(score), satisfied=settled == "yes", comment=request.form.get("comment", ""))
    return redirect(url_for("satisfactions.new", token=token), 303)


def _form(token: str, **problems: str) -> str:
    with database().read() as connection:
        survey = surveys.find(connection, token)
        case = cases.find(connection, survey.reference)
        result = tracks.result(connection, case)
    if survey.answered_at is not None:
        text = _("We have your answer.") if survey.satisfied else _("We have your answer and look at your complaint again. You will hear from us.")
        return render_template("public/thanks.html", headline=_("Thank you"), text=text)
    return render_template("public/satisfaction.html", case=case, token=token, result=result, scores=_scores(), values=request.form, **problems)


def _scores() -> list[tuple[int, str]]:
    words = (_("very dissatisfied"), _("dissatisfied"), _("neither"), _("satisfied"), _("very satisfied"))
    return list(enumerate(words, 1))
