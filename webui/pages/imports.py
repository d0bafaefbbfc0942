"""Importing many complaints from a CSV file: every row is received or refused by itself, and the answer says which and why.

A file sent twice does no harm: every row is known again by its content.
"""

import csv
import hashlib
import io
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from kesu.complaints import intakes, new_complaints, receipts
from kesu.complaints.problems import FieldProblem
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
SAMPLE = ("示例客户", "139 0000 0000", "kunde@example.com", "净水器漏水，地板泡坏", "quality", "", "", "", "", "", "", "1200", "", "")


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
    text = io.StringIO()
    csv.writer(text).writerows([COLUMNS, SAMPLE])
    return Response("\ufeff" + text.getvalue(), mimetype="text/csv", headers={"Content-Disposition": "attachment; filename=complaints.csv"})


@blueprint.post("/imports")
@requires("agent", "manager")
def create() -> ResponseReturnValue:
    """Receive every row that holds and say of every other why it does not."""
    try:
        rows = _rows()
    except Invalid as wrong:
        return render_template("cases/import.html", columns=COLUMNS, most=MOST_ROWS, problem=say(wrong)), 422
    outcomes = [_received(line, row) for line, row in rows]
    return render_template("cases/imported.html", outcomes=outcomes, refused=[each for each in outcomes if each.problems])


def _rows() -> list[tuple[int, dict[str, str]]]:
    sent = request.files.get("file")
    content = sent.stream.read(LARGEST + 1) if sent and sent.filename else b""
    if not content or len(content) > LARGEST:
        raise Invalid(sentence("Expected a CSV file of at most {most} MB. Choose one and send it again."), most=LARGEST // 1048576)
    reader = csv.DictReader(io.StringIO(_decoded(content), newline=""), restkey="", restval="")
    named = [(name or "").strip().lower() for name in reader.fieldnames or ()]
    if "description" not in named:
        raise Invalid(
            sentence("Expected a first line with the names of the columns, among them name and description; got {found}."),
            found=", ".join(named)[:200] or "-",
        )
    rows = [(reader.line_num, _clean(row)) for row in reader]
    if len(rows) > MOST_ROWS:
        raise Invalid(sentence("Expected at most {most} rows in one file, got {count}. Split the file."), most=MOST_ROWS, count=len(rows))
    return [(line, row) for line, row in rows if any(row.values())]


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):  # what spreadsheets write, in Europe and in China
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid(sentence("The file is neither UTF-8 nor GB18030 text. Save it as CSV (UTF-8) and send it again."))


def _clean(row: dict[str, Any]) -> dict[str, str]:
    return {name.strip().lower(): str(text).strip() for name, text in row.items() if name and isinstance(text, str)}


def _received(line: int, row: dict[str, str]) -> Outcome:
    told = " · ".join(part for part in (row.get("name", ""), row.get("description", "")[:60]) if part)
    person = signed_in().login
    key = hashlib.sha256(repr(sorted(row.items())).encode()).hexdigest()
    with database().read() as connection:
        values, unclear = complaint_forms.with_product(connection, row)
        again = _known(connection, f"csv/{person}/{key}")
    if unclear:
        return Outcome(line, told, problems=tuple(complaint_forms.told(problem) for problem in unclear))
    try:
        received = receipts.receive(database(), new_complaints.from_fields(values), channel="csv", actor=person, idempotency_key=key)
    except Rejected as wrong:
        return Outcome(line, told, problems=_reasons(wrong))
    return Outcome(line, told, received.reference, again)


def _known(connection: Connection, key: str) -> bool:
    return intakes.known(connection, key) is not None


def _reasons(wrong: Rejected) -> tuple[str, ...]:
    found = [problem for problem in getattr(wrong, "problems", ()) if isinstance(problem, FieldProblem)]
    return tuple(complaint_forms.told(problem) for problem in found) or (say(wrong),)
