"""Playing a complaint through the shipped process, one open task after another."""

from kesu.complaints import cases, receipts
from kesu.engine import candidates, incidents, instances, runtime, user_tasks, worker
from tests.complaints.companies import complaint


class Story:
    """One complaint and whoever works on it."""

    def __init__(self, db, **changes):
        self.db = db
        self.receipt = receipts.receive(db, complaint(**changes), channel="web")
        self.reference = self.receipt.reference

    def tasks(self):
        """Return the open tasks by element."""
        with self.db.read() as connection:
            instance = instances.by_business_key(connection, self.reference)
            return {task.element_id: task for task in user_tasks.of_instance(connection, instance.id, only_open=True)}

    def do(self, element, actor, outcome=None, **answer):
        """Complete an open task."""
        runtime.complete(self.db, self.tasks()[element].id, actor=actor, submission=answer, outcome=outcome)
        worker.drain(self.db)

    def case(self):
        """Return the case as it stands."""
        with self.db.read() as connection:
            return cases.find(connection, self.reference)

    def instance(self):
        """Return the process instance as it stands."""
        with self.db.read() as connection:
            return instances.by_business_key(connection, self.reference)

    def incidents(self):
        """Return what stands still, as sentences."""
        with self.db.read() as connection:
            found = connection.execute(incidents.incidents.select().where(incidents.incidents.c.resolved_at.is_(None)))
            return [row.message for row in found]

    def investigating(self):
        """Return the departments that have an investigation open, by name."""
        return sorted(self._investigations())

    def investigate_in(self, department, actor, **answer):
        """Complete the investigation of one of several departments."""
        runtime.complete(self.db, self._investigations()[department], actor=actor, submission=answer)
        worker.drain(self.db)

    def _investigations(self):
        with self.db.read() as connection:
            instance = instances.by_business_key(connection, self.reference)
            found = user_tasks.of_instance(connection, instance.id, only_open=True)
            return {candidates.names(connection, task.id)[0][1]: task.id for task in found if task.element_id == "investigate"}

    def classify(self):
        """Let Ines confirm a classification that the model was not sure of."""
        if "confirm_classification" in self.tasks():
            self.do("confirm_classification", "ines", category="quality", subcategory="part_damaged", safety=False)

    def investigate(self):
        """Let Ivan find the cause."""
        self.do("investigate", "ivan", facts="Looked at it", customer_needed="no", department_cause="Weak hinge", responsible="own")

    def propose(self, **changes):
        """Let Ivan propose a remedy."""
        remedy = {
            "cause": "Weak hinge",
            "remedy": "refund",
            "remedy_amount": 199,
            "due_on": "2026-03-20",
            "measure": "Stronger hinge",
            "feasibility": ["budget"],
        }
        self.do("propose_remedy", "ivan", **{**remedy, **changes})

    def settle(self):
        """Go from approval to the answer to the customer."""
        self.do("approve_first", "ada", outcome="approved", opinion="Fine")
        self.do("confirm_carried_out", "ines", carried_out="done", carried_out_on="2026-03-05")
        self.do("answer_customer", "ines", answer="We are sorry; the hinge was too weak.", told_by="none")
