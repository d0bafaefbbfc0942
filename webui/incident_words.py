"""Incidents in the reader's words: what kind of standstill it is, what another attempt does, and what skipping it does."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from kesu.complaints.mail_troubles import RIGHTS, SERVER
from kesu.engine.incidents import (
    CHAIN,
    CLOCK,
    JOB_FAILED,
    NOBODY,
    SETTING,
    STUCK,
    TIMER_FAILED,
    UNCAUGHT_ERROR,
    UNCAUGHT_ESCALATION,
    UNDECIDED,
    Incident,
)

KINDS = {
    JOB_FAILED: lazy_gettext("Automatic step failed"),
    TIMER_FAILED: lazy_gettext("Time limit could not take effect"),
    NOBODY: lazy_gettext("Nobody to do it"),
    SETTING: lazy_gettext("Setting of the step does not hold"),
    UNCAUGHT_ERROR: lazy_gettext("Error that nothing catches"),
    UNCAUGHT_ESCALATION: lazy_gettext("Escalation that nothing catches"),
    STUCK: lazy_gettext("Waits for what cannot come"),
    UNDECIDED: lazy_gettext("A condition has no answer"),
    CHAIN: lazy_gettext("Processes go on calling each other"),
    CLOCK: lazy_gettext("The machine's clock has jumped"),
    SERVER: lazy_gettext("The mail server cannot be used"),
    RIGHTS: lazy_gettext("The mail server does not let us send"),
}
WHAT = {
    JOB_FAILED: lazy_gettext("It was tried as often as it may be, and failed each time. The case waits here."),
    TIMER_FAILED: lazy_gettext("The time came, but what should happen then failed each time it was tried."),
    NOBODY: lazy_gettext("The step names nobody who is active, so nobody has it in the inbox."),
    SETTING: lazy_gettext("Who does the step or until when could not be worked out, so it was opened without."),
    UNCAUGHT_ERROR: lazy_gettext("The step ended with an error for which the diagram has no way. The case waits here."),
    UNCAUGHT_ESCALATION: lazy_gettext("The step called for somebody above it, but the diagram does not say whom."),
    STUCK: lazy_gettext("All other ways of the case have ended, so this gateway would wait for ever."),
    UNDECIDED: lazy_gettext("A condition of the diagram is neither true nor false, so nobody knows which way the case should go. It waits here."),
    CHAIN: lazy_gettext(
        "Messages or signals of the diagrams start each other in a circle. The last one was held back."
    ),
    CLOCK: lazy_gettext("Reminders, escalations, automatic steps and mails wait, so that none goes out by a wrong time."),
}
WHAT |= {
    SERVER: lazy_gettext("All mails wait. The first one that goes through closes this entry, and the others follow."),
    RIGHTS: lazy_gettext("Mails wait for a change of settings. The first one that goes through then closes this entry."),
}
ALONE = {  # they belong to no case, and to no job of their own
    "retry": lazy_gettext("The mails that wait are tried at once. If it fails again, it comes back here."),
    "skip": lazy_gettext("Only this entry goes away. The mails are kept and go on being tried."),
}
RETRY = {
    JOB_FAILED: lazy_gettext("The same work is tried once more, with the variables as they are then. If it fails again, it comes back here."),
    TIMER_FAILED: lazy_gettext("The time limit is set again and takes effect at once. If that fails again, it comes back here."),
    SETTING: lazy_gettext("The settings are worked out again, with the variables as they are then, and the task is opened anew."),
    NOBODY: lazy_gettext("The program looks again who is to do it, and puts it into their inbox."),
    UNCAUGHT_ERROR: lazy_gettext("The step begins again from its start. If it ends with the error again, it comes back here."),
    UNCAUGHT_ESCALATION: lazy_gettext("This cannot be tried again. Tell whoever should know, then skip it."),
    STUCK: lazy_gettext("The program looks again whether the case can go on; edited variables may be what was missing."),
    UNDECIDED: lazy_gettext("The condition is asked again, with the variables as they are then. Edit those it reads first."),
    CHAIN: lazy_gettext("This cannot be tried again. Change the diagram that sends it, then skip this."),
    CLOCK: lazy_gettext("This is settled on the page Operation, by an administrator."),
}
SKIP = {
    JOB_FAILED: lazy_gettext("The work is left undone, and the case goes on behind it as if it had been done."),
    TIMER_FAILED: lazy_gettext("This time limit takes no effect; the case goes on waiting where it is."),
    SETTING: lazy_gettext("Only this entry goes away. The task stays as it is, without what could not be worked out."),
    NOBODY: lazy_gettext("Only this entry goes away. The task stays open, and somebody has to be given it."),
    UNCAUGHT_ERROR: lazy_gettext("The case goes on behind the step as if it had been done."),
    UNCAUGHT_ESCALATION: lazy_gettext("Only this entry goes away."),
    STUCK: lazy_gettext("What has come to the gateway passes it, though not everything has come."),
    UNDECIDED: lazy_gettext("The case goes on as if the answer had been no."),
    CHAIN: lazy_gettext("What was held back is not sent; the case itself has gone on."),
    CLOCK: lazy_gettext("This is settled on the page Operation, by an administrator."),
}
GENERAL = {
    "retry": lazy_gettext("The same work is tried once more. If it fails again, it comes back here."),
    "skip": lazy_gettext("The work is left undone for good."),
}
RESOLUTIONS = {
    "retried": lazy_gettext("tried again"),
    "skipped": lazy_gettext("skipped"),
    "gone": lazy_gettext("no longer needed"),
    "accepted": lazy_gettext("the time was said to be right"),
}


def kind_word(kind: str) -> str:
    """Say what kind of incident it is."""
    return str(KINDS.get(kind, kind))


def what_word(incident: Incident) -> str:
    """Say what a kind of incident means."""
    return str(WHAT.get(incident.kind, ""))


def effect(incident: Incident, act: str) -> str:
    """Say what `act` ("retry" or "skip") does with an incident; one of no case only concerns its own work."""
    if incident.kind in (SERVER, RIGHTS):
        return str(ALONE[act])
    if incident.instance_id is None and incident.kind != CLOCK:
        return str(GENERAL[act])
    return str((RETRY if act == "retry" else SKIP).get(incident.kind, GENERAL[act]))


def settled_word(incident: Incident) -> str:
    """Say how an incident was settled."""
    return str(RESOLUTIONS.get(incident.resolution or "", "")) or _("open")
