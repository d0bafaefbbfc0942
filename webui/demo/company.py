"""Who works at the demo company, in which department and role, and what it makes. Every name is invented."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, select

from kesu.complaints import products, starting_data, working_hours
from kesu.complaints.calendars import Calendar
from kesu.engine import identity, passwords

PASSWORD = "kesu-demo"
LETTERHEAD = {"KESU_COMPANY": "云杉电器（演示）", "KESU_COMPANY_EN": "Yunshan Appliances (demo)", "KESU_HOTLINE": "400-000-0000",
              "KESU_HOURS": "周一至周五 9:00–18:00", "KESU_HOURS_EN": "Monday to Friday, 9 am to 6 pm"}
DOMAIN = "demo.example"


class Colleague(NamedTuple):
    """Somebody who works here."""

    login: str
    name: str
    name_en: str
    groups: tuple[str, ...]
    superior: str | None = None
    duty: str = ""  # what the sign-in page says they show


HEADS = {"customer_service": "mara", "quality": "ada", "technical": "tian", "logistics": "lin", "after_sales": "anna", "sales": "sam",
         "legal": "leo", "management": "gao"}
PEOPLE = (
    Colleague("gao", "高远", "Gao Yuan", ("management",), None, "management: third approval"),
    Colleague("mara", "马兰", "Ma Lan", ("customer_service", "manager"), "gao", "complaint manager: second approval, rulings"),
    Colleague("ines", "殷诗", "Yin Shi", ("customer_service", "agent"), "mara", "agent: takes complaints in, answers customers"),
    Colleague("nina", "倪娜", "Ni Na", ("customer_service", "agent"), "mara"),
    Colleague("ada", "艾达", "Ai Da", ("quality", "approver"), "gao", "approver, head of quality: first approval, countersign"),
    Colleague("bo", "柏涛", "Bai Tao", ("sales", "approver"), "gao", "approver: first approval"),
    Colleague("ivan", "易凡", "Yi Fan", ("quality", "investigator"), "ada", "investigator in quality"),
    Colleague("kai", "康凯", "Kang Kai", ("quality", "investigator"), "ada"),
    Colleague("tian", "田野", "Tian Ye", ("technical", "investigator"), "gao"),
    Colleague("lin", "林森", "Lin Sen", ("logistics", "investigator"), "gao"),
    Colleague("anna", "安然", "An Ran", ("after_sales", "investigator"), "gao"),
    Colleague("hua", "华蕾", "Hua Lei", ("after_sales", "investigator"), "anna"),
    Colleague("sam", "沈默", "Shen Mo", ("sales", "investigator"), "gao"),
    Colleague("leo", "雷岳", "Lei Yue", ("legal", "investigator"), "gao", "head of legal: countersign"),
    Colleague("eva", "易华", "Yi Hua", ("executive",), None, "executive: reads every case without customers' data, and the reports"),
    Colleague("olga", "欧佳", "Ou Jia", ("owner",), "gao", "process owner: redraws diagrams and decision tables"),
    Colleague("yun", "云岚", "Yun Lan", ("auditor",), "gao", "auditor: reads everything, changes nothing"),
    Colleague("admin", "管理员", "Administrator", ("admin",), None, "administrator"),
)
PRODUCTS = (  # code, name, English name, kind, months of warranty, models
    ("WH", "电热水器", "Electric water heater", "heater", 36, ("WH60", "WH80")),
    ("WM", "滚筒洗衣机", "Washing machine", "washer", 36, ("WM8", "WM10")),
    ("AC", "壁挂空调", "Air conditioner", "cooler", 72, ("AC26", "AC35")),
    ("AP", "空气净化器", "Air purifier", "purifier", 24, ("AP300",)),
    ("RC", "智能电饭煲", "Rice cooker", "kitchen", 12, ("RC4",)),
)


def found(connection: Connection, now: datetime) -> None:
    """Write the company: departments, roles, people, products with models and batches, and what a fresh Kesu starts with."""
    starting_data.install(connection)
    # Nobody is at work here at four in the morning, so no time limit may end then: 24 hours are a day from nine to six.
    hours = Calendar(working_hours.DEFAULT, "Asia/Shanghai", "CN", {day: starting_data.OFFICE for day in range(5)})
    working_hours.keep(connection, hours, name="工作时间（周一至周五）", name_en="Working hours, Monday to Friday")
    starting_data.staff(connection)
    _hire(connection, now)
    for department, head in HEADS.items():
        connection.execute(identity.groups.update().where(identity.groups.c.key == department).values(head=head))
    _make(connection, now)


def batch(model: str, number: int) -> str:
    """Return the code of a model's batch, 1 to 3, the third the latest."""
    return f"{model}-{number:02d}"


def _hire(connection: Connection, now: datetime) -> None:
    known = set(connection.execute(select(identity.people.c.login)).scalars())
    kept = passwords.hashed(PASSWORD)  # one hash for all: the password is printed anyway
    for one in PEOPLE:
        if one.login in known:
            continue
        identity.add_person(connection, one.login, at=now, groups=one.groups, name=one.name, name_en=one.name_en, superior=one.superior,
                            email=f"{one.login}@{DOMAIN}", password_hash=kept, locale="zh")


def _make(connection: Connection, now: datetime) -> None:
    for code, name, name_en, kind, months, models in PRODUCTS:
        products.add_product(connection, code, name=name, name_en=name_en, kind=kind, warranty_months=months)
        for model in models:
            products.add_model(connection, model, product=code, name=f"{name} {model}")
            for number, ago in ((1, 300), (2, 200), (3, 100)):
                made = (now - timedelta(days=ago)).date()
                products.add_batch(connection, batch(model, number), model=model, made_on=made, quantity=1200)
