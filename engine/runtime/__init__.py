"""The only place where an instance moves: every command, each one transaction."""

from kesu.engine.runtime import automatic, timeouts  # noqa: F401  both hang themselves into what goes on by itself
from kesu.engine.runtime.batches import Result, batch
from kesu.engine.runtime.completions import complete
from kesu.engine.runtime.corrections import Deciding, Proposing, correct
from kesu.engine.runtime.deliveries import broadcast, correlate
from kesu.engine.runtime.effects import Preview, Voided, VoidedBallot
from kesu.engine.runtime.endings import APPROVED, REJECTED, FieldProblem
from kesu.engine.runtime.lapses import look_after_lapsed
from kesu.engine.runtime.lifecycles import activate, cancel, suspend, terminate
from kesu.engine.runtime.moves import MOVES, ON_PATH, ON_PEOPLE, all_moves, describe, legal_moves, move, preview
from kesu.engine.runtime.prefills import opens_with
from kesu.engine.runtime.previews import Next, what_next, what_next_without
from kesu.engine.runtime.rejections import RERUN, RESUME, withdraw
from kesu.engine.runtime.repairs import many, retry, skip, sweep
from kesu.engine.runtime.revocations import revoke
from kesu.engine.runtime.signers import add_sign, remove_sign
from kesu.engine.runtime.starts import Moved, start
from kesu.engine.runtime.sweeps import fire_timers
from kesu.engine.runtime.targets import Target
from kesu.engine.runtime.timed_starts import fire_start_timer
from kesu.engine.runtime.transfers import Handed, copy, delegate, hand_over, resolve, transfer, urge
from kesu.engine.runtime.votes import vote
from kesu.engine.runtime.work import fire_timer, perform, run_inside

__all__ = [
    "APPROVED", "MOVES", "ON_PATH", "ON_PEOPLE", "REJECTED", "RERUN", "RESUME", "Deciding", "FieldProblem",
    "Handed", "Moved", "Next", "Preview", "Proposing", "Result", "Target", "Voided", "VoidedBallot",
    "activate", "add_sign", "all_moves", "batch", "broadcast", "cancel", "complete", "copy", "correct",
    "correlate", "delegate", "describe", "fire_start_timer", "fire_timer", "fire_timers",
    "hand_over", "legal_moves", "look_after_lapsed", "many", "move", "opens_with", "perform",
    "preview", "remove_sign", "resolve", "retry", "revoke", "run_inside", "skip", "start",
    "suspend", "sweep", "terminate", "transfer", "urge", "vote", "what_next", "what_next_without",
    "withdraw",
]
