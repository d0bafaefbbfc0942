"""Event definitions in a file, inline or referenced, turned into triggers; whatever they leave open is a problem."""

from collections.abc import Callable
from typing import Final

from lxml import etree

from kesu.engine.errors import sentence
from kesu.engine.spiff import expressions, settings, timers
from kesu.engine.spiff.files import File
from kesu.engine.spiff.names import KESU, SPIFF, ZEEBE, child, children, local, reference, text
from kesu.engine.spiff.problems import Problems
from kesu.engine.spiff.triggers import TimerKind, Trigger

_TIMERS: Final[dict[str, TimerKind]] = {"timeDuration": "duration", "timeDate": "date", "timeCycle": "cycle"}


class Definitions:
    """Reads the event definitions of one file."""

    def __init__(self, file: File, problems: Problems) -> None:
        self.file = file
        self.problems = problems

    def of(self, event: etree._Element) -> list[Trigger]:
        """Return the triggers of an event in the order of the file."""
        found = [e for e in event if local(e).endswith("EventDefinition")]
        for ref in children(event, "eventDefinitionRef"):
            definition = self.file.find(text(ref))
            if definition is None:
                self._unknown(event, "eventDefinitionRef", text(ref))
            else:
                found.append(definition)
        return [t for definition in found if (t := self.read(event, definition)) is not None]

    def read(self, event: etree._Element, definition: etree._Element) -> Trigger | None:
        """Return the trigger that one definition means for an event."""
        reader = _READERS.get(local(definition))
        if reader is None:
            self.problems.error(
                event.get("id"),
                "unknown_event",
                sentence("{element}: the event definition {kind} is unknown."),
                element=event.get("id"),
                kind=local(definition),
            )
            return None
        return reader(self, event, definition)

    def message(self, event: etree._Element, value: str | None) -> Trigger | None:
        """Return the trigger for a message reference."""
        message = self.file.find(value)
        if message is None:
            self._unknown(event, "message", value)
            return None
        source = message if settings.extension(message, SPIFF, "messagePayload") is not None else event
        return Trigger(
            "message",
            name=message.get("name") or message.get("id"),
            correlation=self._correlation(event, message),
            payload=self._feel(event, text(settings.extension(source, SPIFF, "messagePayload"))),
            variable=text(
                settings.extension(message, SPIFF, "messageVariable")
                if settings.extension(message, SPIFF, "messageVariable") is not None
                else settings.extension(event, SPIFF, "messageVariable")
            ),
        )

    def feel(self, event: etree._Element, source: str | None, rule: str = "bad_expression") -> str | None:
        """Return an expression as FEEL; a problem if it is none."""
        return self._feel(event, source, rule)

    def _message(self, event: etree._Element, definition: etree._Element) -> Trigger | None:
        return self.message(event, definition.get("messageRef"))

    def _signal(self, event: etree._Element, definition: etree._Element) -> Trigger | None:
        signal = self.file.find(definition.get("signalRef"))
        if signal is None:
            self._unknown(event, "signal", definition.get("signalRef"))
            return None
        return Trigger("signal", name=signal.get("name") or signal.get("id"), ref=definition.get("id"))

    def _timer(self, event: etree._Element, definition: etree._Element) -> Trigger | None:
        for tag, kind in _TIMERS.items():
            value = text(child(definition, tag))
            if value is not None:
                return Trigger("timer", timer=kind, expression=self._time(event, kind, value))
        self.problems.error(
            event.get("id"),
            "timer_without_value",
            sentence("{element}: how long, or until when? The timer has no value."),
            element=_name(event),
        )
        return None

    def _time(self, event: etree._Element, kind: TimerKind, value: str) -> str:
        value = value.strip("\"'") if value[0] in "\"'" else value  # other tools write literals in quotes
        if value.startswith(("=", "${", "#{")):
            return "=" + (self._feel(event, value) or "null")
        if timers.fault(kind, value):
            self.problems.error(
                event.get("id"),
                "bad_timer",
                sentence("{element}: {value} is no {kind}; write it like PT24H, 2026-03-02T09:00:00Z or R3/PT1H, or FEEL after a =."),
                element=_name(event),
                value=value[:100],
                kind=kind,
            )
        elif kind == "cycle" and timers.too_fast(value):
            self.problems.error(
                event.get("id"),
                "cycle_too_fast",
                sentence("{element}: {value} goes round too fast; the shortest cycle is one minute (PT1M), unless it has ten rounds at most."),
                element=_name(event),
                value=value[:100],
            )
        return value

    def _conditional(self, event: etree._Element, definition: etree._Element) -> Trigger | None:
        condition = text(child(definition, "condition"))
        if condition is None:
            self.problems.error(
                event.get("id"),
                "condition_missing",
                sentence("{element}: under which condition? The event has none."),
                element=_name(event),
            )
            return None
        return Trigger("conditional", expression=self._feel(event, condition))

    def _error(self, event: etree._Element, definition: etree._Element) -> Trigger | None:
        return self._coded(event, definition, "error")

    def _escalation(self, event: etree._Element, definition: etree._Element) -> Trigger | None:
        return self._coded(event, definition, "escalation")

    def _coded(self, event: etree._Element, definition: etree._Element, kind: str) -> Trigger | None:
        value = definition.get(f"{kind}Ref")
        if not value:
            return Trigger(kind)  # type: ignore[arg-type]
        found = self.file.find(value)
        if found is None:
            self._unknown(event, kind, value)
            return None
        code = (found.get(f"{kind}Code") or "").strip() or None
        return Trigger(kind, name=found.get("name") or found.get("id"), code=code)  # type: ignore[arg-type]

    def _compensate(self, event: etree._Element, definition: etree._Element) -> Trigger | None:
        return Trigger("compensate", activity=reference(definition.get("activityRef")), wait=definition.get("waitForCompletion") != "false")

    def _link(self, event: etree._Element, definition: etree._Element) -> Trigger | None:
        return Trigger("link", name=definition.get("name") or "")

    def _cancel(self, event: etree._Element, definition: etree._Element) -> Trigger | None:
        return Trigger("cancel")

    def _terminate(self, event: etree._Element, definition: etree._Element) -> Trigger | None:
        return Trigger("terminate")

    def _correlation(self, event: etree._Element, message: etree._Element) -> dict[str, str]:
        found = self.file.correlation(message.get("id") or "")
        subscription = settings.extension(message, ZEEBE, "subscription")
        if subscription is not None and subscription.get("correlationKey"):
            found["key"] = subscription.get("correlationKey") or ""
        for holder in (message, event):
            for own in settings.extensions(holder, KESU, "correlation"):
                found[own.get("key") or "key"] = own.get("value") or own.get("key") or "key"
        return {key: self._feel(event, source) or "null" for key, source in found.items()}

    def _feel(self, event: etree._Element, source: str | None, rule: str = "bad_expression") -> str | None:
        try:
            found = expressions.feel(source)
        except ValueError as wrong:
            found, reason = None, str(wrong)
        else:
            reason = (expressions.fault(found) if found else None) or ""
        if reason:
            self.problems.error(
                event.get("id"),
                rule,
                sentence("{element}: the expression {expression} is not FEEL: {reason}"),
                element=_name(event),
                expression=(source or "")[:200],
                reason=reason,
            )
            return None
        return found

    def _unknown(self, event: etree._Element, kind: str, value: str | None) -> None:
        if value is None:
            self.problems.error(
                event.get("id"),
                f"{kind}_missing",
                sentence("{element}: which {kind}? None is named."),
                element=_name(event),
                kind=kind,
            )
        else:
            self.problems.error(
                event.get("id"),
                "unknown_reference",
                sentence("{element}: the {kind} {value} is not in the file."),
                element=_name(event),
                kind=kind,
                value=value,
            )


def _name(element: etree._Element) -> str:
    return element.get("name") or element.get("id") or local(element)


_READERS: Final[dict[str, Callable[[Definitions, etree._Element, etree._Element], Trigger | None]]] = {
    "messageEventDefinition": Definitions._message,
    "signalEventDefinition": Definitions._signal,
    "timerEventDefinition": Definitions._timer,
    "conditionalEventDefinition": Definitions._conditional,
    "errorEventDefinition": Definitions._error,
    "escalationEventDefinition": Definitions._escalation,
    "compensateEventDefinition": Definitions._compensate,
    "linkEventDefinition": Definitions._link,
    "cancelEventDefinition": Definitions._cancel,
    "terminateEventDefinition": Definitions._terminate,
}
