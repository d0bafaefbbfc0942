"""The only place that speaks SpiffWorkflow: read, normalise, extend, refuse, run."""

from kesu.engine.spiff.compiling import Called, called, compile_diagrams, process_ids, validate
from kesu.engine.spiff.happenings import Happening, Host, Wait
from kesu.engine.spiff.models import Element, Flow, Model
from kesu.engine.spiff.outlines import Outline, StartEvent, outlines
from kesu.engine.spiff.problems import Problem
from kesu.engine.spiff.runs import Run

__all__ = [
    "Called",
    "Element",
    "Flow",
    "Happening",
    "Host",
    "Model",
    "Outline",
    "Problem",
    "Run",
    "StartEvent",
    "Wait",
    "called",
    "compile_diagrams",
    "outlines",
    "process_ids",
    "validate",
]
