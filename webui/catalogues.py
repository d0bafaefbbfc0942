"""What the designer offers to pick from: actions with their parameters, forms, decisions, groups, processes, variables.

Every entry carries its key and both names, so that nobody types a key by hand.
"""

from collections.abc import Iterator
from typing import Any

from lxml import etree
from sqlalchemy import Connection, select

from kesu.engine import definitions, forms, identity, resources, service_tasks
from kesu.engine.resources import DMN, FORM

Entry = dict[str, Any]

MOVES = (
    ("approve", "同意", "approve"),
    ("reject", "驳回", "reject"),
    ("withdraw", "撤回", "withdraw"),
    ("take_back", "拿回", "take back"),
    ("transfer", "转办", "transfer"),
    ("delegate", "委派", "delegate"),
    ("add_sign", "加签", "add a signer"),
    ("remove_sign", "减签", "remove a signer"),
    ("copy", "抄送", "copy to others"),
    ("urge", "催办", "urge"),
)
DEADLINES = (
    ("acknowledgement", "受理确认", "acknowledgement"),
    ("start", "开始处理", "start of work"),
    ("attitude_reply", "服务态度答复", "reply on attitude"),
    ("investigation", "调查", "investigation"),
    ("feedback", "反馈客户", "feedback to the customer"),
    ("carrying_out", "落实处理", "carrying out"),
    ("follow_up", "回访", "follow-up"),
    ("first_reply", "首次人工答复", "first answer by a person"),
    ("containment", "控制危害", "containment"),
    ("reporting", "上报主管部门", "reporting to authorities"),
    ("approval", "审批", "approval"),
)
VARIABLES = (
    ("reference", "投诉编号", "reference of the complaint"),
    ("channel", "渠道", "channel"),
    ("initiator", "发起人", "initiator"),
    ("product", "产品", "product"),
    ("amount", "金额", "amount"),
    ("vip", "重要客户", "VIP"),
    ("category", "类别", "category"),
    ("subcategory", "子类", "subcategory"),
    ("safety", "涉及安全", "safety concerned"),
    ("grade", "等级", "grade"),
    ("priority", "优先级", "priority"),
)


def catalogue(connection: Connection) -> dict[str, list[Entry]]:
    """Return everything the designer's pickers offer."""
    offered = _forms(connection)
    return {
        "topics": [_topic(topic) for topic in service_tasks.registry() if topic.label],
        "forms": [{"key": form.key, "name": form.title, "name_en": form.title_en} for form in offered],
        "decisions": [_decision(connection, key) for key in resources.offered(connection, DMN)],
        "people": [dict(row) for row in connection.execute(_people()).mappings()],
        "groups": [dict(row) for row in connection.execute(_groups()).mappings()],
        "processes": [
            {"key": known.key, "name": known.name, "name_en": known.name} for known in definitions.all_latest(connection)
        ],
        "moves": _entries(MOVES),
        "deadlines": _entries(DEADLINES),
        "variables": [*_entries(VARIABLES), *_answers(offered)],
    }


def _entries(rows: tuple[tuple[str, str, str], ...]) -> list[Entry]:
    return [{"key": key, "name": name, "name_en": name_en} for key, name, name_en in rows]


def _topic(topic: service_tasks.Topic) -> Entry:
    parameters = [
        {"key": name, "name": name, "name_en": name, "type": about["type"], "required": about["required"]}
        for name, about in topic.parameters().items()
    ]
    return {
        "key": topic.name,
        "name": topic.label.get("zh", topic.name),
        "name_en": topic.label.get("en", topic.name),
        "parameters": parameters,
    }


def _forms(connection: Connection) -> list[forms.Form]:
    contents = (_offered(connection, FORM, key) for key in resources.offered(connection, FORM))
    return [forms.read(content) for content in contents]


def _offered(connection: Connection, kind: str, name: str) -> bytes:
    identity_ = resources.offering(connection, kind, name)
    return resources.find(connection, identity_).content if identity_ else b""


def _decision(connection: Connection, key: str) -> Entry:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(_offered(connection, DMN, key), parser)
    found = root.xpath("//*[local-name()='decision' and @id=$key]", key=key)
    name = found[0].get("name") or key if found else key
    described = found[0].xpath("string(*[local-name()='description'])").strip().split("\n")[0] if found else ""
    return {"key": key, "name": name, "name_en": described or name}


def _groups() -> Any:
    shown = identity.groups.c
    return select(shown.key, shown.kind, shown.name, shown.name_en).order_by(shown.kind, shown.position, shown.key)


def _people() -> Any:
    shown = identity.people.c
    return select(shown.login.label("key"), shown.name, shown.name_en).where(shown.active).order_by(shown.login)


def _answers(offered: list[forms.Form]) -> Iterator[Entry]:
    known = {key for key, *_ in VARIABLES}
    for form in offered:
        for field in form.fields:
            if field.keep == "process" and field.key not in known:
                known.add(field.key)
                yield {"key": field.key, "name": field.label, "name_en": field.label_en}
