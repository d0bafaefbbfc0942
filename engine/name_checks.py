"""Before publishing: whether what a diagram names is here: its forms, decisions, service tasks and clocks, element by element."""

from collections.abc import Collection, Iterator

from sqlalchemy import Connection

from kesu.engine import deadlines, resources, service_tasks, spiff
from kesu.engine.errors import sentence
from kesu.engine.resources import DMN, FORM

UNKNOWN = {
    "service": sentence("{element} calls {name}, but no handler of that name is registered."),
    "form": sentence("{element} shows the form {name}, but no such form is published."),
    "decision": sentence("{element} asks the decision {name}, but no such decision is published."),
}
MEANT = {
    "service": sentence("{element} calls {name}, but no handler of that name is registered. Is {meant} meant?"),
    "form": sentence("{element} shows the form {name}, but no such form is published. Is {meant} meant?"),
    "decision": sentence("{element} asks the decision {name}, but no such decision is published. Is {meant} meant?"),
}
CLOCK = sentence(
    "{element}: there is no clock {name} for cases. Is {meant} meant? A new one needs a limit of its own: a duration or a time."
)
NO_LIMIT = sentence(
    "{element}: {name} is a new clock; it has a limit only where the time-limit table gives one for it. Known are {known}."
)


def name_problems(connection: Connection, needs: spiff.Called) -> list[spiff.Problem]:
    """Return a problem for each element that names what is not here, with what was probably meant."""
    topics = {topic.name for topic in service_tasks.registry()} | service_tasks.BUILT_IN
    known = {
        "service": topics,
        "form": set(resources.offered(connection, FORM)),
        "decision": set(resources.offered(connection, DMN)),
    }
    return [_unknown(need, known[need.kind]) for need in needs.needs if need.name not in known[need.kind]]


def clock_problems(xml: bytes) -> Iterator[spiff.Problem]:
    """Yield what speaks against the clocks that a diagram names; where cases have none, nothing does."""
    known = deadlines.current().kinds
    for element in spiff.elements(xml) if known else ():
        said = element.settings.get("deadline", {})
        name = said.get("kind")
        if not name or name in known:
            continue
        is_limited = bool(said.get("duration") or said.get("due"))
        meant = spiff.closest(name, known)
        told = {"element": element.name or element.id, "name": name, "meant": meant, "known": ", ".join(known)}
        if meant is not None:
            yield spiff.Problem(element.id, "unknown_clock", CLOCK, told, "warning" if is_limited else "error")
        elif not is_limited:
            yield spiff.Problem(element.id, "unknown_clock", NO_LIMIT, told, "warning")


def _unknown(need: spiff.Need, known: Collection[str]) -> spiff.Problem:
    meant, element = spiff.closest(need.name, known), need.element
    told = {"element": element.name or element.id, "name": need.name, "meant": meant}
    message = (UNKNOWN if meant is None else MEANT)[need.kind]
    return spiff.Problem(element.id, f"known_{need.kind}", message, told)
