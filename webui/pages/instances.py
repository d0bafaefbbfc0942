"""What auditors read: cases on their diagrams, each with its whole history, its path, and whether the chain of hashes holds."""

from dataclasses import asdict, dataclass
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from kesu.engine import definitions, history, incidents, instances, paths
from kesu.engine.instance_searches import Wanted, search
from kesu.engine.instances import ACTIVE, CANCELLED, COMPLETED, SUSPENDED, TERMINATED, Instance
from kesu.engine.outlines import Label
from kesu.webui import field_names, history_files, history_words, incident_lists
from kesu.webui.addresses import number
from kesu.webui.context import database
from kesu.webui.permissions import requires

blueprint = Blueprint("instances", __name__)
PAGE = 50
STATES = (ACTIVE, SUSPENDED, COMPLETED, CANCELLED, TERMINATED)


@dataclass(frozen=True)
class Record:
    """An instance with everything that the page and the files tell of it."""

    instance: Instance
    events: list[dict[str, Any]]
    verdict: history.Verdict
    labels: dict[str, Label]


@blueprint.get("/instances")
@requires("auditor", "manager", "owner")
def index() -> ResponseReturnValue:
    """List cases, narrowed by reference, process, version and state."""
    given = request.args
    wanted = Wanted(
        given.get("q", "").strip()[:100],
        given.get("key", ""),
        given.get("version", type=number),
        given.get("state", ""),
        given.get("before", type=number),
    )
    with database().read() as connection:
        found = search(connection, wanted, limit=PAGE + 1)
        processes = definitions.all_latest(connection)
    more = url_for(".index", **{**given.to_dict(), "before": found[PAGE - 1].id}) if len(found) > PAGE else None
    return render_template("audit/index.html", found=found[:PAGE], wanted=wanted, states=STATES, more=more, processes=processes)


@blueprint.get("/instances/<int:instance_id>")
@requires("auditor", "manager", "owner")
def show(instance_id: int) -> ResponseReturnValue:
    """Show one case: the check of its chain, its path on the diagram, and every event in order."""
    everything = request.args.get("steps") == "all"
    with database().read() as connection:
        record = _record(connection, instance_id)
        lines = history_words.lines(connection, record.events, record.labels)
        open_incidents = incident_lists.named(connection, incidents.listed(connection, instance_id=instance_id))
        fields = field_names.of_package(connection, record.instance.package_id)
    shown = [line for line in lines if everything or not line.is_machinery]
    return render_template(
        "audit/show.html",
        record=record,
        instance=record.instance,
        process=history_words.name_of(record.instance.definition_key, record.labels),
        fields=fields,
        lines=shown,
        hidden=len(lines) - len(shown),
        everything=everything,
        path=asdict(paths.path(record.events)),
        steps=paths.steps(record.events),
        incidents=open_incidents,
    )


@blueprint.get("/instances/<int:instance_id>/history.json")
@requires("auditor", "manager", "owner")
def as_json(instance_id: int) -> ResponseReturnValue:
    """Return the whole history with its hashes, as a file that a program can check."""
    with database().read() as connection:
        record = _record(connection, instance_id)
    return history_files.as_json(record.instance, record.events, record.verdict)


@blueprint.get("/instances/<int:instance_id>/history.csv")
@requires("auditor", "manager", "owner")
def as_csv(instance_id: int) -> ResponseReturnValue:
    """Return the whole history as a table for a spreadsheet."""
    with database().read() as connection:
        record = _record(connection, instance_id)
        lines = history_words.lines(connection, record.events, record.labels)
    return history_files.as_csv(record.instance, lines)


def _record(connection: Connection, instance_id: int) -> Record:
    instance = instances.find(connection, instance_id)
    events = history.of_instance(connection, instance_id)
    return Record(instance, events, history.verify(connection, instance_id), incident_lists.package_labels(connection, instance.package_id))
