"""The only place that speaks SpiffWorkflow: read, normalise, extend, refuse, run.

- Reading: `documents` (nothing hostile gets in), `files` (where everything is declared), `settings` (extension elements).
- Asking: `surveys` reads a file once for all who ask what it holds; `extensions` says what `kesu:*` can say, `extension_checks` what does not hold.
- Building: `compiling` (which processes are needed) makes a `building` of `drawings`, node by node by `shapes`, with `definitions` of events,
  `repeating` and `mappings`; `checks` collects the questions a diagram leaves open, `problems` refuses with all of them at once.
- Running: `runs` over `trees` (Spiff's workflow and tasks) of `nodes` (Spiff's task specs): `activities`, `gateways`, `catching` and `throwing`
  events, `containers`, `repetitions`, `compensations`; variables in `scopes`, not in tasks.
- Going back and keeping small: `rewinds`, `jumps`, `splices`, `states`.

Of SpiffWorkflow 3.2 this uses the core: the task tree and its states, the life cycle of task specs, the workflow and its specification.
Its BPMN parser, predictions, event manager and serialiser misread legal diagrams (our tests name each case), so ours stand in their place.
"""

from kesu.engine.spiff.closest import closest
from kesu.engine.spiff.compiling import compile_diagrams
from kesu.engine.spiff.executables import Executable, StartEvent, executables
from kesu.engine.spiff.happenings import Happening, Host, Wait
from kesu.engine.spiff.laps import Lap, joined
from kesu.engine.spiff.models import Element, Flow, Model
from kesu.engine.spiff.problems import Problem, Question
from kesu.engine.spiff.runs import Run
from kesu.engine.spiff.spellings import misspelt, uncallable, unset
from kesu.engine.spiff.start_times import StartTime, following, start_times
from kesu.engine.spiff.states import seen
from kesu.engine.spiff.surveys import (
    Called,
    Need,
    ServiceCall,
    called,
    declared,
    elements,
    process_ids,
    questions,
    user_tasks,
    validate,
)
from kesu.engine.spiff.timers import SHORTEST

__all__ = [
    "SHORTEST",
    "Called",
    "Element",
    "Executable",
    "Flow",
    "Happening",
    "Host",
    "Lap",
    "Model",
    "Need",
    "Problem",
    "Question",
    "Run",
    "ServiceCall",
    "StartEvent",
    "StartTime",
    "Wait",
    "called",
    "closest",
    "compile_diagrams",
    "declared",
    "elements",
    "executables",
    "following",
    "joined",
    "misspelt",
    "process_ids",
    "questions",
    "seen",
    "start_times",
    "uncallable",
    "unset",
    "user_tasks",
    "validate",
]
