"""Record the remedy as it was proposed and approved, and the promise to the customer that goes with its day."""

from sqlalchemy import Connection

from kesu.complaints import case_references, cases, commitments, proposals, remedies
from kesu.complaints.remedies import Remedy
from kesu.engine.errors import Rejected, sentence
from kesu.engine.service_tasks import Outcome, ServiceTask, done


def record_remedy(task: ServiceTask) -> Outcome:
    """Write the remedy that was proposed last; of the variables only the words are taken (measure, cause, prevention).

    Raises `Rejected` where nothing was proposed or where it was not approved as it stands, `Invalid` with all that is wrong with it.
    """
    reference, variables, reading = case_references.of_task(task), task.variables, case_references.reading(task)
    proposal = proposals.latest(reading, reference)
    if proposal is None:
        raise Rejected(sentence("Nothing has been proposed for case {reference}, so no remedy can be recorded."), reference=reference)
    remedies.check(Remedy(proposal.kind, proposal.about["amount"], proposal.about["due_on"]))
    proposals.check_approved(reading, proposal)
    note = str(variables.get("measure") or "")

    def write(connection: Connection) -> None:
        remedies.record(connection, proposal, note=note, actor=task.actor, at=task.now)
        found = {name: variables[name] for name in ("cause", "measure", "prevention") if variables.get(name)}
        if found:
            cases.set_columns(connection, reference, **found)
        if proposal.due_on is not None and proposal.kind != "none":
            commitments.make(connection, reference, proposal.kind, due_on=proposal.due_on, key=remedies.key(proposal), actor=task.actor,
                             at=task.now)

    return done(writes=[write])
