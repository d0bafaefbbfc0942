"""Every service task by the name that diagrams call it, its label in the designer, and whether it runs inside a command."""

from kesu.complaints.proposals import Remedies
from kesu.engine.service_tasks import Registry, Topic
from kesu.handlers.archive_case import archive_case
from kesu.handlers.carry_out_remedy import carry_out_remedy
from kesu.handlers.classify_complaint import classify_complaint
from kesu.handlers.confirm_remedy import confirm_remedy
from kesu.handlers.escalate_case import escalate_case
from kesu.handlers.judge_danger import judge_danger
from kesu.handlers.mark_case import mark_case
from kesu.handlers.notify_customer import notify_customer
from kesu.handlers.notify_staff import notify_staff
from kesu.handlers.record_remedy import record_remedy
from kesu.handlers.report_case import report_case
from kesu.handlers.send_mail import send_mail

TOPICS = (
    Topic("judge_danger", judge_danger, inside=True, label={"zh": "判断人身危险", "en": "Judge the danger"}),
    Topic("report_case", report_case, inside=True, label={"zh": "立即上报", "en": "Report the case at once"}),
    Topic("classify_complaint", classify_complaint, inside=True, label={"zh": "投诉分类", "en": "Classify the complaint"}),
    Topic("notify_customer", notify_customer, inside=True, label={"zh": "通知客户", "en": "Notify the customer"}, sets=()),
    Topic("notify_staff", notify_staff, inside=True, label={"zh": "通知员工", "en": "Notify staff"}, sets=()),
    Topic("send_mail", send_mail, label={"zh": "发送邮件", "en": "Send a mail"}, sets=(), lane="mail"),
    Topic("record_remedy", record_remedy, inside=True, label={"zh": "登记处理方案", "en": "Record the remedy"}, sets=()),
    Topic("carry_out_remedy", carry_out_remedy, label={"zh": "执行处理方案", "en": "Carry out the remedy"}, sets=("remedy_receipt",)),
    Topic("confirm_remedy", confirm_remedy, inside=True, label={"zh": "登记执行结果", "en": "Note whether the remedy was carried out"}, sets=()),
    Topic("mark_case", mark_case, inside=True, label={"zh": "更新案件状态", "en": "Mark the case"}, sets=()),
    Topic("escalate_case", escalate_case, inside=True, label={"zh": "案件升级", "en": "Escalate the case"}, sets=()),
    Topic("archive_case", archive_case, inside=True, label={"zh": "归档", "en": "Archive the case"}, sets=()),
)


def build() -> Registry:
    """Return a registry of all our service tasks, whose decisions are about remedies."""
    return Registry(TOPICS, Remedies())
