"""How the people of the demo company work: who takes a task, how long they need, and what they write."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from kesu.engine.user_tasks import UserTask

ZONE = ZoneInfo("Asia/Shanghai")
OPENS, CLOSES = 9, 18
HOURS = {"confirm_classification": 1.5, "answer_attitude": 3, "investigate": 5, "propose_remedy": 3, "countersign": 2, "approve_first": 3,
         "approve_second": 3, "approve_third": 4, "confirm_carried_out": 9, "answer_customer": 2, "follow_up_call": 4, "rating": 11,
         "answer": 6}
WHO = {"customer_service": ("ines", "nina"), "quality": ("ivan", "kai"), "technical": ("tian",), "logistics": ("lin",),
       "after_sales": ("anna", "hua"), "sales": ("sam",), "legal": ("leo",), "approver": ("ada", "bo"), "manager": ("mara",),
       "management": ("gao",)}
FACTS = {
    "quality": ("已调取该批次检验记录并复测样机，现象属实。",
                "The inspection records of the batch were checked and a sample tested; the fault is real."),
    "technical": ("已核对设计参数与控制程序，未见设计变更。", "Design and control program were checked; nothing had been changed."),
    "logistics": ("已调取出库、承运与签收记录，时间线已核实。", "Warehouse, carrier and delivery records were checked hour by hour."),
    "after_sales": ("已与网点和师傅核实，派单与上门记录齐全。", "The service point and the fitter were asked; the visit records are complete."),
    "sales": ("已向门店核实，当时确有口头承诺。", "The shop confirmed that the promise was made."),
    "customer_service": ("已听取录音并致电客户核实。", "The recording was heard and the customer called back."),
    "legal": ("已评估责任与报告义务，意见附后。", "Liability and duties to report were assessed; see the note."),
}
NOT_YET = ("原因待综合各部门结论", "To be settled from what all departments found")


class Doing(NamedTuple):
    """What somebody will do about a task."""

    actor: str
    submission: dict[str, Any]
    outcome: str | None = None
    comment: str | None = None


def when(element: str, since: datetime, pace: float) -> datetime:
    """Return when a step is done, counting only the hours from nine to six in Shanghai, every day of the week."""
    left, at = timedelta(hours=HOURS[element] * pace), since.astimezone(ZONE)
    while True:
        opens, closes = at.replace(hour=OPENS, minute=5), at.replace(hour=CLOSES, minute=0)
        at = max(at, opens)
        if at + left < closes:
            return at + left
        left -= max(closes - at, timedelta(0))
        at = (opens + timedelta(days=1)).replace(minute=5 + int(pace * 20))


def who(candidates: list[tuple[str, str]], turn: int) -> str:
    """Return who takes a task: a candidate by name, or somebody of the group, in turn."""
    named = [name for kind, name in candidates if kind == "person"]
    for kind, name in candidates:
        if kind == "group" and name in WHO:
            named += WHO[name]
    preferred = sorted(set(named), key=lambda login: (login not in _DOERS, login))
    doers = [login for login in preferred if login in _DOERS] or preferred
    return doers[turn % len(doers)]


def doing(task: UserTask, story: Mapping[str, Any], actor: str, department: str, now: datetime) -> Doing:
    """Return what this person does about this task of this story."""
    english = story.get("locale") == "en"
    if task.element_id.startswith("approve_"):
        return _approval(task, story, actor, english)
    return Doing(actor, _FORMS[task.element_id](task, story, department, now, int(english)))


def _approval(task: UserTask, story: Mapping[str, Any], actor: str, english: bool) -> Doing:
    if task.element_id in story.get("refuse", ()) and task.round == 1:
        said = "Check stock and say when it will be done." if english else "请先核对库存，并写明完成日期。"
        return Doing(actor, {"opinion": said}, "rejected", said)
    said = "Agreed." if english else "同意，请按期完成。"
    return Doing(actor, {"opinion": said}, "approved", said)


def _classification(task: UserTask, story: Mapping[str, Any], department: str, now: datetime, english: int) -> dict[str, Any]:
    return {"category": story["category"], "subcategory": story["sub"], "safety": bool(story.get("safety")),
            "classification_note": ("按客户描述核定。", "Settled from what the customer wrote.")[english]}


def _apology(task: UserTask, story: Mapping[str, Any], department: str, now: datetime, english: int) -> dict[str, Any]:
    return {"contacted_by": "phone", "customer_said": story["text"], "promised_by": (now + timedelta(days=2)).date().isoformat(),
            "apology_given": ("已致歉，并承诺两天内答复。", "We apologised and promised an answer within two days.")[english]}


def _investigation(task: UserTask, story: Mapping[str, Any], department: str, now: datetime, english: int) -> dict[str, Any]:
    facts = FACTS.get(department, FACTS["customer_service"])[english]
    if "ask" in story and task.round == 1:
        return {"facts": facts, "customer_needed": "yes", "question": story["ask"]["q"]}
    return {"facts": facts, "customer_needed": "no", "department_cause": story.get("cause") or NOT_YET[english],
            "responsible": "carrier" if department == "logistics" else "own"}


def _proposal(task: UserTask, story: Mapping[str, Any], department: str, now: datetime, english: int) -> dict[str, Any]:
    return {"cause": story["cause"], "remedy": story["remedy"], "remedy_amount": story["cost"], "measure": story["measure"],
            "prevention": story["prevention"], "due_on": (now + timedelta(days=6)).date().isoformat(), "feasibility": ["stock", "people"]}


def _carried_out(task: UserTask, story: Mapping[str, Any], department: str, now: datetime, english: int) -> dict[str, Any]:
    return {"carried_out": "done", "carried_out_on": now.astimezone(ZONE).date().isoformat(), "document_number": f"GD-{now:%m%d}-{task.id:04d}"}


def _answer(task: UserTask, story: Mapping[str, Any], department: str, now: datetime, english: int) -> dict[str, Any]:
    return {"answer": story.get("answer") or story["measure"], "told_by": "phone"}


def _call(task: UserTask, story: Mapping[str, Any], department: str, now: datetime, english: int) -> dict[str, Any]:
    if story.get("call") == "unreachable":
        return {"follow_up": "unreachable", "waiver": ("三天内拨打三次均无人接听。", "Called three times in three days, nobody answered.")[english]}
    return {"follow_up": story.get("call", "satisfied"), "score": "4", "customer_comment": ("可以。", "All right.")[english]}


_FORMS = {"confirm_classification": _classification, "answer_attitude": _apology, "investigate": _investigation, "propose_remedy": _proposal,
          "confirm_carried_out": _carried_out, "answer_customer": _answer, "follow_up_call": _call}
_DOERS = frozenset(login for logins in WHO.values() for login in logins)
