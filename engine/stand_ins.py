"""Standing in for service tasks that nobody has plugged in, and failing on purpose where a scenario says so."""

from collections.abc import Mapping
from dataclasses import replace
from functools import wraps
from typing import Any

from kesu.engine import service_tasks, spiff
from kesu.engine.errors import Failed, sentence
from kesu.engine.scenarios import Scenario
from kesu.engine.service_tasks import Done, Outcome, Registry, ServiceTask, Topic


def completed(scenario: Scenario, registry: Registry, sources: Mapping[str, bytes]) -> Registry:
    """Return the registry with a stand-in for every topic that the diagrams call and nobody has plugged in."""
    wanted = {topic for name, xml in sources.items() if name.endswith(".bpmn") for topic in spiff.called(xml).topics}
    standing_in = [_stand_in(topic, scenario) for topic in sorted(wanted) if topic not in registry]
    return Registry([_failing(topic, scenario.fails.get(topic.name, 0)) for topic in [*registry, *standing_in]], registry.subject)


def _stand_in(topic: str, scenario: Scenario) -> Topic:
    answers = dict(scenario.answers.get(topic, {}))

    def function(task: ServiceTask, **_arguments: Any) -> Done:
        return service_tasks.done(answers)

    # What is to fail must be a job of its own: inside a command a failure would simply be tried again by the command.
    return Topic(topic, function, inside=not scenario.fails.get(topic))


def _failing(topic: Topic, times: int) -> Topic:
    left = [times]

    @wraps(topic.function)
    def function(*given: Any, **named: Any) -> Outcome:
        if left[0] > 0:
            left[0] -= 1
            raise Failed(sentence("{topic} fails here because the scenario says so."), topic=topic.name)
        return topic.function(*given, **named)

    return replace(topic, function=function) if times else topic
