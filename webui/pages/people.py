"""One's own profile: language, appearance, password, mails, deputies, and where one is signed in."""

from datetime import timedelta
from typing import Any
from zoneinfo import available_timezones

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import Connection, select

from kesu.complaints import mail_wishes, profiles
from kesu.engine import clock, definitions, deputies, identity, passwords
from kesu.engine.errors import Invalid, Rejected, sentence
from kesu.engine.identity import Person
from kesu.webui import colleagues, preferences, proxies, sign_ins
from kesu.webui.addresses import inside
from kesu.webui.context import database, me, signed_in
from kesu.webui.errors import say
from kesu.webui.languages import COOKIE, LANGUAGES
from kesu.webui.permissions import public, requires
from kesu.webui.task_cards import people_names

blueprint = Blueprint("people", __name__)
UNCHANGED = sentence("The password was not changed.")
HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]
CONTINENTS = ("Africa", "America", "Asia", "Australia", "Europe", "Pacific")
ZONES = sorted((name, name.replace("_", " ")) for name in available_timezones() if name.split("/")[0] in CONTINENTS)


@blueprint.get("/profile")
@requires()
def show() -> ResponseReturnValue:
    """Show one's own profile."""
    return profile()


@blueprint.post("/profile/language")
@public
def choose_language() -> ResponseReturnValue:
    """Speak another language from now on, in this browser and, when signed in, everywhere."""
    wished, person = request.form.get("language", ""), me()
    if wished not in LANGUAGES:
        raise Rejected(sentence("Expected one of the languages on the page."))
    if person is not None:
        with database().write() as connection:
            identity.choose_locale(connection, person.login, wished)
    response = redirect(inside(request.form.get("back"), url_for("home.index")), 303)
    response.set_cookie(COOKIE, wished, max_age=preferences.YEAR, samesite="Lax", httponly=True, secure=proxies.is_https())
    return response


@blueprint.post("/profile/preferences")
@public
def choose_preferences() -> ResponseReturnValue:
    """Keep the wishes of this browser."""
    response = redirect(inside(request.form.get("back"), url_for("home.index")), 303)
    for name, choices in preferences.CHOICES.items():
        if request.form.get(name) in choices:
            response.set_cookie(f"kesu_{name}", request.form[name], max_age=preferences.YEAR, samesite="Lax",
                                secure=proxies.is_https())
    return response


@blueprint.post("/profile/password")
@requires()
def change_password() -> ResponseReturnValue:
    """Replace one's password, and sign out everywhere else."""
    try:
        _change_password()
    except Invalid as wrong:
        return profile(dict(wrong.problems)), 422
    flash(_("Your password has been changed; everywhere else you have been signed out."))
    return redirect(url_for("people.show"), 303)


@blueprint.delete("/profile/sign-ins")
@requires()
def end_others() -> ResponseReturnValue:
    """Sign out everywhere else."""
    with database().write() as connection:
        sign_ins.end_others(connection, signed_in().login)
    flash(_("Everywhere else you have been signed out."))
    return redirect(url_for("people.show"), 303)


def _change_password() -> None:
    login, fresh = signed_in().login, request.form.get("fresh", "")
    with database().write() as connection:
        sign_ins.count_try(connection, login)
        kept = identity.password_hash(connection, login)
    if not passwords.fits(kept, request.form.get("current", "")):
        raise Invalid(UNCHANGED, [("current", _("This is not your present password."))])
    _check_fresh(fresh, kept or "")
    with database().write() as connection:
        sign_ins.forgive(connection, login)
        identity.keep_password_hash(connection, login, passwords.hashed(fresh), given=False)
        sign_ins.end_others(connection, login)


def _check_fresh(fresh: str, kept: str) -> None:
    """Raise `Invalid` where the new password is too weak, or is the one of before that had to be changed."""
    try:
        passwords.check(fresh, signed_in().names())
    except Invalid as weak:
        raise Invalid(UNCHANGED, [("fresh", say(weak))]) from weak
    if signed_in().password_given and passwords.fits(kept, fresh):
        problem = _("This is the password that you were given. Choose one that only you know.")
        raise Invalid(UNCHANGED, [("fresh", problem)])


def profile(problems: dict[str, str] | None = None) -> str:
    """Return one's own profile, with what was wrong with what was sent."""
    person = signed_in()
    with database().read() as connection:
        query = select(identity.groups).where(identity.groups.c.key.in_(person.groups)).order_by(identity.groups.c.position)
        context = {
            "browsers": sign_ins.of_person(connection, person.login), "groups": list(connection.execute(query)),
            "superior": identity.find_person(connection, person.superior) if person.superior else None,
            "wishes": mail_wishes.of_person(connection, person.login), "profile": profiles.of_person(connection, person.login),
            **_deputies(connection, person),
        }
    return render_template("people/show.html", person=person, here=sign_ins.current_digest(), problems=problems or {}, shortest=passwords.SHORTEST,
                           in_words=sign_ins.in_words, zones=ZONES, hours=HOURS, second=timedelta(seconds=1), sent=request.form, **context)


def _deputies(connection: Connection, person: Person) -> dict[str, Any]:
    known = [each for each in deputies.of_person(connection, person.login) if each.ends_at > clock.now()]
    names = people_names(connection, [login for each in known for login in (each.principal, each.deputy)])
    processes = {each.key: each.name for each in definitions.all_latest(connection)}
    return {"appointments": known, "names": names, "processes": processes, "departments": colleagues.departments(connection, without=set())}
