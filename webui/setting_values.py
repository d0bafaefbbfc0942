"""Values of a diagram's settings in the reader's words: groups by name, durations spelled out. What is FEEL stays FEEL."""

import re
from collections.abc import Mapping

from flask import Flask, g
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from kesu.engine.identity import groups
from kesu.webui import catalogues
from kesu.webui.context import database
from kesu.webui.element_kinds import KINDS
from kesu.webui.languages import language, own_half
from kesu.webui.task_cards import people_names

DURATION = re.compile(r"P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?)?")
GROUPS = ("assignment/@candidateGroups", "ballot/@groups", "assignment/@headOf", "assignment/@leastLoaded")
PEOPLE = ("assignment/@assignee", "assignment/@candidateUsers", "ballot/@voters")
TARGETS = (("initiator", "发起人", "the initiator"), ("previous", "上一步", "the previous step"),
           ("chosen", "审批人选择的步骤", "a step the person chooses"), ("end", "结束流程", "end the process"))
KNOWN = {
    "moves/@allow": catalogues.MOVES,
    "deadline/@kind": catalogues.DEADLINES,
    "moves/@reject": TARGETS,
    "moves/@afterwards": (("rerun", "重新走一遍", "the path is walked again"),
                          ("resume", "直接回到驳回的步骤", "straight back to the step that rejected")),
    "moves/@sameApprover": (("off", "每次都问", "is asked every time"),
                            ("adjacent", "上一步已同意则不再问", "is not asked again right after a yes"),
                            ("once", "本流程同意过则不再问", "is asked once in the whole process")),
    "assignment/@ifNobody": (("block", "停下并告警", "it waits, and an incident is opened"),
                             ("administrator", "交给管理员", "the administrators are asked"),
                             ("superior", "交给上级", "the superior is asked"),
                             ("skip", "跳过（留有记录）", "it is skipped, and recorded as skipped")),
    "ballot/@mode": (("all", "会签：全部同意", "all must agree"), ("any", "或签：一人同意即可", "one is enough"),
                     ("percent", "按比例通过", "a share of the votes"), ("count", "按票数通过", "a number of votes"),
                     ("weighted", "按权重（票签）", "weighted votes"), ("in_turn", "依次审批", "one after the other")),
    "ballot/@onNo": (("first", "一人不同意即否决", "the first no decides"),
                     ("last", "无法再通过时才否决", "only when it can no longer pass"),
                     ("collect", "全部表态后再定", "only after all have spoken")),
    "deadline/@onTimeout": (("remind", "提醒", "remind"), ("escalate", "升级给上级", "escalate to the superior"),
                            ("reject", "视为不同意", "counts as rejected"), ("approve", "视为同意", "counts as approved")),
}
PICKED = {"form/@key": "forms", "calledDecisionId": "decisions", "calledDecisionId/text": "decisions", "deadline/@decision": "decisions",
          "serviceTaskOperator/@id": "topics", "calledElement": "processes"}
NAMED = re.compile(r"(.*/)?(sourceRef|targetRef|default|attachedToRef|flowNodeRef(\[\d+\])?|@fourEyes|@reject|@decision)")


def init(app: Flask) -> None:
    """Give templates the way to say a value."""
    app.jinja_env.globals.update(said_value=said_value)


def said_value(path: str, value: str, names: Mapping[str, str] | None = None) -> str:
    """Say the value of a setting, elements by their `names`; as it stands where nothing better is known."""
    if value.startswith("="):
        return value
    if path in GROUPS:
        return _listed(value, _group_names())
    if path in PEOPLE:
        return _listed(value, _people_names(value))
    known = {key: name if language() == "zh" else name_en for key, name, name_en in KNOWN.get(path, ())}
    if NAMED.fullmatch(path):
        known = {**(names or {}), **known}
    if path in PICKED:
        known |= _picked(PICKED[path])
    if known:
        return _listed(value, known)
    if path == "type":
        return str(KINDS.get(value, value))
    return {"true": _("Yes"), "false": _("No")}.get(value) or duration(value) or value


def _picked(shelf: str) -> dict[str, str]:
    if "picked" not in g:
        with database().read() as connection:
            g.picked = catalogues.catalogue(connection)
    return {each["key"]: own_half(each["name"] if language() == "zh" else each["name_en"]) for each in g.picked[shelf]}


def duration(text: str) -> str | None:
    """Spell out a plain ISO 8601 duration, such as PT24H; None where it is none."""
    found = DURATION.fullmatch(text) if len(text) > 2 else None
    if found is None:
        return None
    number = {unit: int(count) for unit, count in found.groupdict().items() if count}
    said = {
        "weeks": ngettext("%(num)s week", "%(num)s weeks", number.get("weeks", 0)),
        "days": ngettext("%(num)s day", "%(num)s days", number.get("days", 0)),
        "hours": ngettext("%(num)s hour", "%(num)s hours", number.get("hours", 0)),
        "minutes": ngettext("%(num)s minute", "%(num)s minutes", number.get("minutes", 0)),
    }
    return " ".join(said[unit] for unit in number) or None


def _listed(value: str, names: dict[str, str]) -> str:
    return _(", ").join(names.get(key.strip(), key.strip()) for key in value.split(","))


def _people_names(value: str) -> dict[str, str]:
    with database().read() as connection:
        return people_names(connection, [login.strip() for login in value.split(",")])


def _group_names() -> dict[str, str]:
    if "group_names" not in g:
        with database().read() as connection:
            rows = connection.execute(select(groups.c.key, groups.c.name, groups.c.name_en)).all()
        g.group_names = {row.key: row.name if language() == "zh" or not row.name_en else row.name_en for row in rows}
    return dict(g.group_names)
