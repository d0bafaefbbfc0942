"""`/api/v1/clock`: turn the clock, where the server was started with KESU_CLOCK=manual. Nowhere else is it there."""

from datetime import timedelta

from flask import Blueprint, Response

from kesu.engine import clock, durations, worker
from kesu.engine.clock import ManualClock
from kesu.engine.errors import Invalid, NotFound, sentence
from kesu.webui.api.answers import body, one, owed
from kesu.webui.context import database
from kesu.webui.permissions import requires

blueprint = Blueprint("api_clocks", __name__, url_prefix="/api/v1/clock")


@blueprint.get("")
@requires()
def show() -> Response:
    """Tell the time by which the server works."""
    return one({"now": clock.now().isoformat(), "manual": isinstance(clock.current(), ManualClock)})


@blueprint.post("")
@requires("admin")
def advance() -> Response:
    """Turn a manual clock forward; due timers are fired and ready jobs done when this answers."""
    manual = clock.current()
    if not isinstance(manual, ManualClock):
        raise NotFound(sentence("This server runs by the wall clock; only one started with KESU_CLOCK=manual can be turned."))
    given = body(advance=str)
    owed(given, "advance")
    manual.advance(_duration(given["advance"]))
    worker.drain(database())
    return one({"now": clock.now().isoformat(), "manual": True})


def _duration(text: str) -> timedelta:
    duration = durations.span(text, clock.now())
    if duration is None:
        raise Invalid(sentence("Expected a duration such as PT24H or P2D in advance, but got {text}."), text=text)
    return duration
