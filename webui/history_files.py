"""A case's history as a file: JSON with every hash for a program that checks it, CSV for a spreadsheet."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response

from kesu.engine.history import Verdict
from kesu.engine.instances import Instance
from kesu.webui.history_words import Line

COLUMNS = (
    "sequence",
    "at",
    "actor",
    "on_behalf_of",
    "what",
    "where",
    "element_id",
    "verdict",
    "reason",
    "changes",
    "decision",
    "rules",
    "hash",
)


def as_json(instance: Instance, events: Sequence[Mapping[str, Any]], verdict: Verdict) -> Response:
    """Return every event as it was hashed, with the head of the chain."""
    told = {
        "instance": {
            "id": instance.id,
            "definition": instance.definition_key,
            "version": instance.definition_version,
            "business_key": instance.business_key,
            "state": instance.state,
        },
        "chain": {"length": verdict.length, "head": verdict.head, "intact": verdict.intact, "broken_at": verdict.broken_at},
        "events": [{**event, "at": event["at"].isoformat(timespec="microseconds")} for event in events],
    }
    return _file(json.dumps(told, ensure_ascii=False, indent=1), "application/json", instance, "json")


def as_csv(instance: Instance, lines: Sequence[Line]) -> Response:
    """Return every event as a row, with a byte-order mark so that spreadsheets read Chinese right."""
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow(COLUMNS)
    writer.writerows([_harmless(cell) for cell in _row(line)] for line in lines)
    return _file("\ufeff" + sheet.getvalue(), "text/csv; charset=utf-8", instance, "csv")


def _row(line: Line) -> tuple[Any, ...]:
    changes = "; ".join(f"{name}: {before} → {after}" for name, before, after in line.changed)
    return (
        line.sequence,
        line.at.isoformat(),
        line.who,
        line.on_behalf_of or "",
        line.what,
        line.where,
        line.element_id or "",
        line.verdict,
        line.reason or "",
        changes,
        line.decision,
        "; ".join(line.rules),
        line.hash,
    )


def _harmless(cell: Any) -> Any:
    # a spreadsheet would run a text that begins like a formula
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def _file(text: str, kind: str, instance: Instance, ending: str) -> Response:
    name = "".join(
        letter
        for letter in (instance.business_key or str(instance.id))
        if letter.isascii() and (letter.isalnum() or letter in "-_")
    )
    return Response(
        text, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name or instance.id}-history.{ending}"'}
    )
