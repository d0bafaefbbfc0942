"""The dashboard: a few tiles that lead to the cases behind them, and charts that each have their numbers as a table and as CSV."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import cycle
from typing import Any

from babel.dates import format_date
from flask import url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import Connection

from kesu.complaints import categories, products, reports
from kesu.complaints.intake_checks import CHANNELS
from kesu.engine import clock
from kesu.webui import report_figures
from kesu.webui.amounts import money
from kesu.webui.case_clocks import NAMES
from kesu.webui.department_names import department_names
from kesu.webui.languages import named
from kesu.webui.moments import span
from kesu.webui.report_figures import Period

MOST = 8


@dataclass(frozen=True)
class Tile:
    """A figure with its words; `level` adds a colour, `link` leads to what is behind it."""

    title: str
    figure: str
    note: str = ""
    level: str = ""
    link: str = ""


@dataclass(frozen=True)
class Series:
    """One row of numbers of a chart."""

    name: str
    values: list[Any]
    colour: str = "accent"
    dashed: bool = False


@dataclass(frozen=True)
class Chart:
    """A chart and its table: `kind` is lines, columns or rows; `summary` says it to those who do not see it."""

    key: str
    title: str
    kind: str
    labels: list[str]
    series: list[Series]
    label_title: str
    unit: str = ""
    stacked: bool = False
    links: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing to draw."""
        return not any(value for series in self.series for value in series.values)

    @property
    def summary(self) -> str:
        """Say what is drawn in one sentence."""
        told = [f"{series.name}: {sum(series.values)}{self.unit}" for series in self.series]
        return f"{self.title}. {'; '.join(told)}."

    def drawing(self) -> dict[str, Any]:
        """Return what the script draws."""
        series = [{"name": each.name, "values": each.values, "colour": each.colour, "dashed": each.dashed} for each in self.series]
        return {
            "kind": self.kind,
            "labels": self.labels,
            "series": series,
            "unit": self.unit,
            "stacked": self.stacked,
            "summary": self.summary,
            "links": self.links or None,
        }


def tiles(connection: Connection, period: Period) -> list[Tile]:
    """Return the tiles of a period."""
    now, found = clock.now(), reports.totals(connection, period.since, period.until)
    limits = report_figures.limits_kept(connection, period, now).values()
    kept, missed = sum(pair[0] for pair in limits), sum(pair[1] for pair in limits)
    waiting, late = sum(report_figures.ages(connection, now)), report_figures.overdue_cases(connection, now)
    share, answered = found["satisfied_share"], found["surveys_answered"]
    return [
        Tile(_("Open"), str(waiting), _("cases, now"), link=url_for("cases.index")),
        Tile(_("Overdue"), str(late), _("cases, now"), "bad" if late else "good", url_for("cases.index", overdue="1")),
        Tile(_("Time limits kept"), _percent(kept, kept + missed), _("%(kept)s of %(all)s steps", kept=kept, all=kept + missed)),
        Tile(
            _("Satisfied"),
            _percent(round((share or 0) * answered), answered),
            _("%(answered)s of %(sent)s surveys answered", answered=answered, sent=found["surveys_sent"]),
        ),
    ]


def facts(connection: Connection, period: Period) -> list[tuple[str, str]]:
    """Return further figures of a period, as words and numbers."""
    found = reports.totals(connection, period.since, period.until)
    hours = found["mean_hours"]
    return [
        (_("Received in the period"), str(found["received"])),
        (_("Of these solved"), str(found["resolved"])),
        (_("Reopened"), str(found["reopened"])),
        (_("Safety"), str(found["safety"])),
        (_("Mean time to the solution"), span(_hours(hours)) if hours is not None else "–"),
        (_("Cost of remedies"), " + ".join(money(amount, currency) for currency, amount in found["costs"].items()) or "–"),
        (_("Mean score"), f"{found['mean_score']} / 5" if found["mean_score"] else "–"),
    ]


def charts(connection: Connection, period: Period) -> list[Chart]:
    """Return all charts of a period."""
    return [draw(connection, period) for draw in DRAWN.values()]


def chart(connection: Connection, key: str, period: Period) -> Chart | None:
    """Return one chart by its key, or None."""
    return DRAWN[key](connection, period) if key in DRAWN else None


def _flow(connection: Connection, period: Period) -> Chart:
    came = reports.by_day(connection, period.since, period.until, period.zone)
    went = report_figures.closed_by_day(connection, period)
    days = [day.isoformat() for day in period.days]
    return Chart(
        "flow",
        _("Received and solved by day"),
        "lines",
        [_short(day) for day in period.days],
        [Series(_("Received by us"), [came.get(day, 0) for day in days]), Series(_("Solved"), [went.get(day, 0) for day in days], "warn", True)],
        _("Day"),
    )


def _ages(connection: Connection, period: Period) -> Chart:
    labels = [_("under 1 day"), _("1–3 days"), _("3–7 days"), _("7–14 days"), _("over 14 days")]
    return Chart("ages", _("Age of the open cases"), "columns", labels, [Series(_("Cases"), report_figures.ages(connection, clock.now()))], _("Age"))


def _limits(connection: Connection, period: Period) -> Chart:
    found = report_figures.limits_kept(connection, period, clock.now())
    kinds = [kind for kind in NAMES if kind in found] + [kind for kind in found if kind not in NAMES]
    return Chart(
        "limits",
        _("Time limits by step"),
        "rows",
        [_(NAMES.get(kind, kind)) for kind in kinds],
        [Series(_("kept"), [found[kind][0] for kind in kinds], "good"), Series(_("missed"), [found[kind][1] for kind in kinds], "bad")],
        _("Step"),
        stacked=True,
    )


def _by(key: str, title: str, column: str, words: Callable[[Connection], Mapping[str, str]]) -> Callable[[Connection, Period], Chart]:
    parameter = "department" if column == "owner_department" else column

    def draw(connection: Connection, period: Period) -> Chart:
        found = reports.counts(connection, column, period.since, period.until)[:MOST]
        told = words(connection)
        days = {"since": period.first.isoformat(), "until": period.last.isoformat(), "status": "all"}
        links = [url_for("cases.index", **days, **{parameter: value}) if value else "" for value, _count in found]
        return Chart(
            key,
            _(title),
            "rows",
            [told.get(value or "", value or _("not known yet")) for value, _count in found],
            [Series(_("Cases"), [count for _value, count in found])],
            _("Name"),
            links=links,
        )

    return draw


def _costs(connection: Connection, period: Period) -> Chart:
    found = report_figures.cost_by_category(connection, period) or {"CNY": {}}
    most = {code: max(costs.get(code, 0) for costs in found.values()) for costs in found.values() for code in costs}
    codes, only = sorted(most, key=lambda code: -most[code]), next(iter(found)) if len(found) < 2 else ""
    told = _category_names(connection)
    return Chart(
        "costs",
        _("Cost of remedies by category"),
        "rows",
        [told.get(code or "", code or _("not known yet")) for code in codes],
        [Series(_("Cost") if only else currency, [float(costs.get(code, 0)) for code in codes], tone)
         for (currency, costs), tone in zip(found.items(), cycle(("info", "warn", "good")), strict=False)],
        _("Category"),
        unit=f" {only}" if only else "",
    )


def _scores(connection: Connection, period: Period) -> Chart:
    labels = [_("%(score)s of 5", score=score) for score in range(1, 6)]
    return Chart(
        "scores", _("Satisfaction of the customers"), "columns", labels, [Series(_("Answers"), report_figures.scores(connection, period))], _("Score")
    )


def _category_names(connection: Connection) -> dict[str, str]:
    return {node["code"]: named(node) for node in categories.tree(connection)}


def _product_names(connection: Connection) -> dict[str, str]:
    return {product["code"]: named(product) for product in products.offered(connection)}


def _channel_names(connection: Connection) -> dict[str, str]:
    return {channel: _(word) for channel, word in CHANNELS.items()}


def _percent(part: int, whole: int) -> str:
    return f"{round(100 * part / whole)} %" if whole else "–"


def _hours(hours: float) -> timedelta:
    return timedelta(hours=hours)


def _short(day: date) -> str:
    return format_date(day, _("d MMM"), locale=get_locale())


def _say(template: str) -> str:
    return template  # marks titles for extraction; they are translated when they are drawn


DRAWN: dict[str, Callable[[Connection, Period], Chart]] = {
    "flow": _flow,
    "limits": _limits,
    "ages": _ages,
    "categories": _by("categories", _say("Cases by category"), "category", _category_names),
    "products": _by("products", _say("Cases by product"), "product", _product_names),
    "channels": _by("channels", _say("Cases by channel"), "channel", _channel_names),
    "departments": _by("departments", _say("Cases by leading department"), "owner_department", department_names),
    "costs": _costs,
    "scores": _scores,
}
