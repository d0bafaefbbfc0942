"""Do the parameters that a diagram gives its service tasks fit the functions behind them? Asked before publishing, by the typed signatures."""

import inspect
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from types import UnionType
from typing import Any, Union, get_args, get_origin

from kesu import rules
from kesu.engine import service_tasks, spiff
from kesu.engine.errors import sentence
from kesu.engine.service_tasks import Topic

UNKNOWN = sentence("{element}: {topic} takes no parameter {parameter}; it takes {known}.")
MISSING = sentence("{element}: {topic} needs the parameter {parameter}, and the service task does not give it.")
WRONG = sentence("{element}: {topic} takes {wanted} as {parameter}, but the service task gives {given} ({text}).")
KINDS: dict[Any, str] = {str: "string", bool: "boolean", int: "number", float: "number", Decimal: "number", date: "date", datetime: "date and time",
                         time: "time", timedelta: "days and time duration", list: "list", tuple: "list", dict: "context", Mapping: "context",
                         type(None): "Null"}


def parameter_problems(services: Collection[spiff.ServiceCall]) -> list[spiff.Problem]:
    """Return what is wrong with the parameters of service tasks whose topic is registered; what depends on variables is not judged."""
    registry = service_tasks.registry()
    return [problem for call in services if call.topic in registry for problem in _problems(call, registry.find(call.topic))]


def _problems(call: spiff.ServiceCall, topic: Topic) -> Iterator[spiff.Problem]:
    known, open_ended = topic.signature()
    for name in known:
        if name not in call.parameters and known[name].default is inspect.Parameter.empty:
            yield _problem(call, "missing_parameter", MISSING, parameter=name)
    for name, text in call.parameters.items():
        if name in known:
            yield from _wrong(call, name, text, known[name].annotation)
        elif not open_ended:
            yield _problem(call, "unknown_parameter", UNKNOWN, parameter=name, known=", ".join(known) or "-")


def _wrong(call: spiff.ServiceCall, name: str, text: str, annotation: Any) -> Iterator[spiff.Problem]:
    wanted, given = _kinds(annotation), rules.kind_of(text)
    if wanted and given is not None and given not in wanted:
        yield _problem(call, "parameter_type", WRONG, parameter=name, wanted=" / ".join(sorted(wanted)), given=given, text=text[:60])


def _kinds(annotation: Any) -> set[str]:
    """Return the FEEL types that a Python annotation takes; none where it takes anything."""
    if get_origin(annotation) in (Union, UnionType):
        parts = [_kinds(part) for part in get_args(annotation)]
        return set[str]().union(*parts) if all(parts) else set()
    found = KINDS.get(get_origin(annotation) or annotation)
    return {found} if found else set()


def _problem(call: spiff.ServiceCall, rule: str, message: str, **values: Any) -> spiff.Problem:
    return spiff.Problem(call.element_id, rule, message, {"element": call.name or call.element_id, "topic": call.topic, **values})
