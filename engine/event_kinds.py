"""The kinds of events in a history: all of them, so that none is ever without words.

Whoever tells a new kind names it here, gives it words (`webui/history_words.py`) and a teller
(`webui/timelines.py`), or counts it to the machinery; tests/engine/test_event_kinds.py says what is
missing.
"""

from enum import StrEnum


class EventKind(StrEnum):
    """What may stand in a history."""

    INSTANCE_STARTED = "instance_started"
    INSTANCE_COMPLETED = "instance_completed"
    SUSPENDED = "suspended"
    ACTIVATED = "activated"
    CANCELLED = "cancelled"
    TERMINATED = "terminated"
    REVOKED = "revoked"
    ACTIVITY_ENTERED = "activity_entered"
    ACTIVITY_COMPLETED = "activity_completed"
    ACTIVITY_CANCELLED = "activity_cancelled"
    FLOW_TAKEN = "flow_taken"
    DECISION_MADE = "decision_made"
    EVENT_THROWN = "event_thrown"
    MESSAGE_RECEIVED = "message_received"
    SIGNAL_RECEIVED = "signal_received"
    UNCAUGHT_ERROR = "uncaught_error"
    UNCAUGHT_ESCALATION = "uncaught_escalation"
    TIMER_FIRED = "timer_fired"
    TIMEOUT_POLICY = "timeout_policy"
    JOB_DONE = "job_done"
    JOB_FAILED = "job_failed"
    INCIDENT_OPENED = "incident_opened"
    INCIDENT_RESOLVED = "incident_resolved"
    VARIABLES_EDITED = "variables_edited"
    CASE_CORRECTED = "case_corrected"
    ASSIGNED = "assigned"
    VOTE_REASSIGNED = "vote_reassigned"
    TASK_CLAIMED = "task_claimed"
    TASK_RELEASED = "task_released"
    TASK_COMPLETED = "task_completed"
    TASK_SKIPPED = "task_skipped"
    TASK_TRANSFERRED = "task_transferred"
    TASK_DELEGATED = "task_delegated"
    TASK_HANDED_OVER = "task_handed_over"
    OPINION_GIVEN = "opinion_given"
    SIGN_ADDED = "sign_added"
    SIGN_REMOVED = "sign_removed"
    COPIED = "copied"
    URGED = "urged"
    BALLOT_CAST = "ballot_cast"
    AUTO_APPROVED = "auto_approved"
    REJECT = "reject"
    TAKE_BACK = "take_back"
    WITHDRAW = "withdraw"
    JUMP = "jump"
    PROPOSED = "proposed"
    PROPOSAL_REOPENED = "proposal_reopened"
    RESUMED = "resumed"
    RESUME_REFUSED = "resume_refused"


MACHINERY = frozenset(
    {  # what a program did inside itself: for auditors only
        EventKind.ACTIVITY_ENTERED,
        EventKind.ACTIVITY_COMPLETED,
        EventKind.ACTIVITY_CANCELLED,
        EventKind.FLOW_TAKEN,
        EventKind.DECISION_MADE,
        EventKind.EVENT_THROWN,
    }
)
