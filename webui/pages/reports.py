"""Reports: the dashboard of a period, and every chart's numbers as CSV."""

import csv
import io
from datetime import date, timedelta

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kesu.engine import clock
from kesu.engine.errors import NotFound, sentence
from kesu.webui import dashboards
from kesu.webui.context import database
from kesu.webui.languages import zone
from kesu.webui.permissions import requires
from kesu.webui.report_figures import Period

blueprint = Blueprint("reports", __name__)
USUAL = (7, 30, 90)
LONGEST = 731
EARLIEST, LATEST = date(2000, 1, 1), date(2200, 1, 1)


@blueprint.get("/reports")
@requires("manager", "owner", "auditor", "executive")
def index() -> ResponseReturnValue:
    """Show the dashboard of a period; the last thirty days where none is asked for."""
    period = _period()
    with database().read() as connection:
        tiles, facts, charts = dashboards.tiles(connection, period), dashboards.facts(connection, period), dashboards.charts(connection, period)
    today = clock.now().astimezone(zone()).date()
    usual = [
        (
            _("Last %(days)s days", days=days),
            url_for("reports.index", since=today - timedelta(days=days - 1), until=today),
            (period.last, len(period.days)) == (today, days),
        )
        for days in USUAL
    ]
    return render_template("cases/reports.html", period=period, tiles=tiles, facts=facts, charts=charts, usual=usual)


@blueprint.get("/reports/<key>.csv")
@requires("manager", "owner", "auditor", "executive")
def download(key: str) -> ResponseReturnValue:
    """Give the numbers of one chart, as spreadsheets open them."""
    with database().read() as connection:
        chart = dashboards.chart(connection, key, _period())
    if chart is None:
        raise NotFound(sentence("There is no report of this name."))
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([chart.label_title, *(series.name for series in chart.series)])
    writer.writerows([_harmless(label), *(series.values[place] for series in chart.series)] for place, label in enumerate(chart.labels))
    disposition = {"Content-Disposition": f"attachment; filename={key}.csv"}
    return Response("\ufeff" + text.getvalue(), mimetype="text/csv", headers=disposition)


def _period() -> Period:
    today = clock.now().astimezone(zone()).date()
    last = _day(request.args.get("until"), today)
    first = _day(request.args.get("since"), last - timedelta(days=29))
    first, last = min(first, last), max(first, last)
    return Period(max(first, last - timedelta(days=LONGEST)), last, zone())


def _day(text: str | None, otherwise: date) -> date:
    try:
        return min(max(date.fromisoformat(text or ""), EARLIEST), LATEST)
    except ValueError:
        return otherwise


def _harmless(label: str) -> str:
    # a spreadsheet would take a label that begins like this for a formula
    return f"'{label}" if label[:1] in "=+-@\t\r" else label
