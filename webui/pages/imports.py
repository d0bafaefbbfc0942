"""Importing many complaints from a CSV file: its first rows are shown, then every row is received or refused by itself.

A file sent twice does no harm: every row is known again by its content.
"""

import csv
import hashlib
import io
from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from kesu.complaints import (
    attachments,
    encodings,
    intakes,
    new_complaints,
    receipts,
    table_files,
)
from kesu.complaints.encodings import Reading
from kesu.complaints.problems import FieldProblem
from kesu.complaints.table_files import TableFile
from kesu.engine.errors import Invalid, Rejected, sentence
from kesu.webui import complaint_forms
from kesu.webui.context import database, signed_in
from kesu.webui.errors import say
from kesu.webui.permissions import requires

blueprint = Blueprint("imports", __name__)
MOST_ROWS = 500
LARGEST = 2 * 1024 * 1024
COLUMNS = (
    "name",
    "phone",
    "email",
    "description",
    "title",
    "category",
    "subcategory",
    "product",
    "batch",
    "serial",
    "order_number",
    "purchased_on",
    "amount",
    "address",
    "vip",
)
SAMPLE = ("示例客户", "139 0000 0000", "customer@example.com", "净水器漏水，地板泡坏", "", "quality", "", "", "", "", "", "", "1200", "", "")


@dataclass(frozen=True)
class Outcome:
    """What became of one row: received under a number (again, if it was there before), or the reasons why not."""

    line: int
    told: str
    reference: str = ""
    again: bool = False
    problems: tuple[str, ...] = ()


@blueprint.get("/imports/new")
@requires("agent", "manager")
def new() -> ResponseReturnValue:
    """Ask for the file."""
    return render_template("cases/import.html", columns=COLUMNS, most=MOST_ROWS, problem="")


@blueprint.get("/imports/sample.csv")
@requires("agent", "manager")
def sample() -> Response:
    """Give a file to fill in, as spreadsheets open it."""
    with database().read() as connection:
        product = next(iter(complaint_forms.product_labels(connection)), "")
    row = [product if name == "product" else value for name, value in zip(COLUMNS, SAMPLE, strict=True)]
    text = io.StringIO()
    csv.writer(text).writerows([COLUMNS, row])
    return Response("\ufeff" + text.getvalue(), mimetype="text/csv", headers={"Content-Disposition": "attachment; filename=complaints.csv"})


@blueprint.post("/imports")
@requires("agent", "manager")
def create() -> ResponseReturnValue:
    """Show the first rows of a file; once that is confirmed, receive every row that holds."""
    try:
        content, chosen = _content(), request.form.get("encoding", "")
        found = _readings(content, chosen)
        table = table_files.parsed(found[0])
        fields = _fields(table)
        rows = _rows(table, fields)
    except Invalid as wrong:
        return render_template("cases/import.html", columns=COLUMNS, most=MOST_ROWS, problem=say(wrong)), 422
    if "confirmed" not in request.form or "description" not in fields:
        kept = _keep(content)
        doubtful = not chosen and not encodings.is_certain(found)
        return render_template("cases/import_preview.html", table=table, fields=fields, columns=COLUMNS, kept=kept,
                               found=found, doubtful=doubtful, count=len(rows), encoding=found[0].encoding)
    outcomes = [_received(line, row) for line, row in rows]
    refused = [each for each in outcomes if each.problems]
    return render_template("cases/imported.html", outcomes=outcomes, refused=refused)


def _content() -> bytes:
    kept = request.form.get("kept", "")
    if kept:  # the file that was shown, so that what is taken is what was seen
        with database().read() as connection:
            return attachments.kept_content(connection, kept)
    sent = request.files.get("file")
    content = sent.stream.read(LARGEST + 1) if sent and sent.filename else b""
    if not content or len(content) > LARGEST:
        raise Invalid(sentence("Expected a CSV file of at most {most} MB. Choose one and send it again."), most=LARGEST // 1048576)
    table_files.refuse_workbook(content)
    return content


def _keep(content: bytes) -> str:
    with database().write() as connection:
        return attachments.keep_content(connection, content)


def _readings(content: bytes, chosen: str) -> list[Reading]:
    found = encodings.readings(content)
    if not found:
        raise Invalid(sentence("The file is no text that can be read. Save it as CSV (UTF-8) and send it again."))
    return sorted(found, key=lambda reading: reading.encoding != chosen)


def _fields(table: TableFile) -> tuple[str, ...]:
    """Return the field of every column: as chosen on the page, else as its name says."""
    chosen = [request.form.get(f"column.{number}") for number in range(len(table.names))]
    fields = tuple(
        table_files.field_of(name) if picked is None else picked if picked in COLUMNS else ""
        for name, picked in zip(table.names, chosen, strict=True)
    )
    if not any(fields):
        raise Invalid(
            sentence("Expected a first line with the names of the columns, among them name and description; got {found}."),
            found=", ".join(table.names)[:200] or "-",
        )
    return fields


def _rows(table: TableFile, fields: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    if len(table.rows) > MOST_ROWS:
        count = len(table.rows)
        raise Invalid(sentence("Expected at most {most} rows in one file, got {count}. Split the file."), most=MOST_ROWS, count=count)
    return [(line, {field: text for field, text in zip(fields, cells, strict=True) if field}) for line, cells in table.rows]


def _received(line: int, row: dict[str, str]) -> Outcome:
    told = " · ".join(part for part in (row.get("name", ""), row.get("description", "")[:60]) if part)
    person = signed_in().login
    key = hashlib.sha256(repr(sorted(row.items())).encode()).hexdigest()
    vip = table_files.yes_or_no(row.get("vip", ""))
    with database().read() as connection:
        values, unclear = complaint_forms.with_product(connection, {**row, "vip": ""})
        again = _known(connection, f"csv/{person}/{key}")
    if isinstance(vip, FieldProblem):
        unclear.append(vip)
    if unclear:
        return Outcome(line, told, problems=tuple(complaint_forms.told(problem) for problem in unclear))
    try:
        received = receipts.receive(database(), new_complaints.from_fields({**values, "vip": vip}), channel="csv", actor=person, idempotency_key=key)
    except Rejected as wrong:
        return Outcome(line, told, problems=_reasons(wrong))
    return Outcome(line, told, received.reference, again)


def _known(connection: Connection, key: str) -> bool:
    return intakes.known(connection, key) is not None


def _reasons(wrong: Rejected) -> tuple[str, ...]:
    found = [problem for problem in getattr(wrong, "problems", ()) if isinstance(problem, FieldProblem)]
    return tuple(complaint_forms.told(problem) for problem in found) or (say(wrong),)
