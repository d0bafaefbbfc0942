"""The only place where an instance moves: every command, each one transaction."""

from kesu.engine.runtime.completions import APPROVED, REJECTED, FieldProblem, complete
from kesu.engine.runtime.deliveries import broadcast, correlate
from kesu.engine.runtime.lifecycles import activate, cancel, suspend, terminate
from kesu.engine.runtime.moves import MOVES, Preview, Target, describe, legal_moves, move, preview
from kesu.engine.runtime.previews import Next, what_next
from kesu.engine.runtime.repairs import many, retry, skip
from kesu.engine.runtime.starts import Moved, start
from kesu.engine.runtime.votes import vote
from kesu.engine.runtime.work import fire_timer, perform, run_inside

__all__ = [
    "APPROVED", "MOVES", "REJECTED", "FieldProblem", "Moved", "Next", "Preview", "Target", "activate", "broadcast", "cancel", "complete",
    "correlate", "describe", "fire_timer", "legal_moves", "many", "move", "perform", "preview", "retry", "run_inside", "skip", "start", "suspend",
    "terminate", "vote", "what_next",
]
