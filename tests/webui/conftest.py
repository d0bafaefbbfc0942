"""The cast in front of a browser: a client whose every page is checked, and a small process with a form, a decision and a vote."""

import json

import pytest

from kesu.engine import claims, clock, definitions, identity, passwords, runtime, service_tasks, user_tasks
from kesu.engine.service_tasks import Registry
from kesu.webui.app import create_app
from tests import apps
from tests.engine.diagrams import diagram, extension
from tests.moulds import cast
from tests.serving import served
from tests.webui.pages import dead_ends, faults, token, words

PASSWORD = "kesu demo password"
HASH = passwords.hashed(PASSWORD)
CAST = {
    "ines": ("伊内", "Ines", ["customer_service", "agent"]), "ivan": ("伊凡", "Ivan", ["quality", "investigator"]),
    "ada": ("安达", "Ada", ["quality", "approver"]), "bo": ("薄文", "Bo", ["legal", "approver"]),
    "mara": ("马岚", "Mara", ["management", "manager"]), "olga": ("奥佳", "Olga", ["owner"]), "yun": ("云", "Yun", ["auditor"]),
    "otto": ("欧拓", "Otto", []), "root": ("管理员", "Root", ["admin"]),
}
CONFIG = {"SECRET_KEY": "not a secret", "TESTING": True, "KESU_LANGUAGE": "en"}
DEPARTMENTS = {"customer_service", "quality", "legal", "management"}

PROPOSAL = {"id": "proposal", "properties": {"title": "方案", "title_en": "Proposal"}, "components": [
    {"type": "text", "text": "写明原因。", "properties": {"text_en": "Say the cause."}},
    {"type": "textarea", "key": "cause", "label": "原因", "validate": {"required": True}, "properties": {"label_en": "Cause"}},
    {"type": "select", "key": "remedy", "label": "措施", "validate": {"required": True}, "properties": {"label_en": "Remedy", "keep": "process"},
     "values": [{"value": "repair", "label": "维修", "properties": {"label_en": "Repair"}},
                {"value": "refund", "label": "退款", "properties": {"label_en": "Refund"}}]},
    {"type": "number", "key": "amount", "label": "金额", "properties": {"label_en": "Amount", "keep": "process"},
     "conditional": {"hide": '=remedy != "refund"'}, "validate": {"required": True, "min": 1}},
    {"type": "checkbox", "key": "told", "label": "已告知客户", "properties": {"label_en": "The customer was told"}},
]}

FLOWS = """start:begin user:propose user:decide xor:decided
decided user:sign [decision = "approved"]
decided propose [decision = "rejected"]
sign end:finished"""


def _english(name):
    return f"<b:documentation>{name}</b:documentation>"


INNER = {
    "propose": _english("Propose a remedy") + extension('<kesu:assignment candidateGroups="quality"/>', '<kesu:form key="proposal"/>',
                                                        '<kesu:deadline duration="PT8H"/>'),
    "decide": _english("Decide on it") + extension('<kesu:assignment assignee="mara"/>', '<kesu:outcome variable="decision"/>'),
    "sign": _english("Countersign it") + extension('<kesu:ballot mode="all" voters="ada,bo,mara"/>'),
}


def small_process() -> bytes:
    """The diagram of the tests: propose, decide, countersign; a rejection leads back to the proposal."""
    drawn = diagram(FLOWS, key="small", inner=INNER).decode()
    for element, name in {"propose": "提出方案", "decide": "审批", "sign": "会签"}.items():
        drawn = drawn.replace(f'id="{element}" name="{element}"', f'id="{element}" name="{name}"')
    return drawn.encode()


@pytest.fixture
def company(db, turned):
    """The cast with passwords, the small process published, in a database of either kind."""
    before = service_tasks.plug(Registry())
    yield cast(db, _small)
    service_tasks.plug(before)


def _small(db):
    with db.write() as connection:
        for key in sorted({group for _, _, groups in CAST.values() for group in groups}):
            identity.add_group(connection, key, kind="department" if key in DEPARTMENTS else "role", name=key, name_en=key.title())
        for login, (name, name_en, groups) in CAST.items():
            identity.add_person(connection, login, at=clock.now(), groups=groups, name=name, name_en=name_en, locale="en", password_hash=HASH)
    definitions.deploy_form(db, json.dumps(PROPOSAL).encode(), actor="olga")
    definitions.deploy(db, small_process(), actor="olga")


@pytest.fixture
def app(company):
    """The whole web application over the company."""
    return apps.over(company, _application)


def _application(db):
    return create_app(db, registry=Registry(), config=CONFIG)


class Reader:
    """Somebody with a browser. Every whole page that comes back is checked; forms carry the token by themselves."""

    def __init__(self, app) -> None:
        self.browser = app.test_client()

    def sign_in(self, login: str, password: str = PASSWORD):
        """Sign in through the page."""
        return self.post("/sign-in", login=login, password=password)

    def get(self, path: str, status: int = 200, **headers):
        """Load a page and check it."""
        return self._checked(self.browser.get(path, headers=headers), status)

    def post(self, path: str, status: int = 303, method: str = "POST", headers: dict | None = None, **fields):
        """Send a form as a page of ours would."""
        data = {"csrf_token": self.token(), **{name.replace("__", "."): value for name, value in fields.items()}}
        return self._checked(self.browser.open(path, method=method, data=data, headers=headers), status)

    def follow(self, answer):
        """Load the page to which an answer leads."""
        return self.get(answer.location)

    def token(self) -> str:
        """Return a valid CSRF token of this browser."""
        return token(self.browser.get("/profile", follow_redirects=True).text)

    def _checked(self, answer, status: int):
        assert answer.status_code == status, f"{answer.status_code}: {words(answer.text)[:800]}"
        if answer.mimetype == "text/html" and answer.text.lstrip().startswith("<!DOCTYPE"):
            assert not (found := [*faults(answer.text), *dead_ends(answer.text, self.browser.application)]), "\n".join(found)
        return answer


@pytest.fixture
def reader(app):
    """A browser in which nobody has signed in."""
    return Reader(app)


@pytest.fixture
def as_person(app):
    """Return a signed-in browser of anybody of the cast."""

    def sign_in(login: str) -> Reader:
        browser = Reader(app)
        browser.sign_in(login)
        return browser

    return sign_in


@pytest.fixture
def begun(company):
    """Start the small process; returns the id of its first open task."""

    def start(business_key: str = "KS-1", **variables) -> int:
        moved = runtime.start(company, "small", actor="ines", business_key=business_key, variables=variables)
        return open_task(company, moved.instance_id)

    return start


def open_task(db, instance_id: int) -> int:
    """Return the id of the one open task of an instance."""
    with db.read() as connection:
        return user_tasks.of_instance(connection, instance_id, only_open=True)[-1].id


def find_task(db, task_id: int):
    """Return a task as it is now."""
    with db.read() as connection:
        return user_tasks.find(connection, task_id)


@pytest.fixture
def proposed(company, begun):
    """A case whose remedy has been proposed; returns the id of Mara's decision."""

    def propose(business_key: str = "KS-1") -> int:
        task_id = begun(business_key)
        claims.claim(company, task_id, actor="ivan")
        moved = runtime.complete(company, task_id, actor="ivan", submission={"cause": "loose bolt", "remedy": "repair"})
        return open_task(company, moved.instance_id)

    return propose


@pytest.fixture
def to_sign(company, proposed):
    """A case that waits for the countersign; returns the id of the vote."""

    def decide(business_key: str = "KS-1") -> int:
        moved = runtime.complete(company, proposed(business_key), actor="mara", outcome="approved")
        return open_task(company, moved.instance_id)

    return decide


@pytest.fixture
def address(app):
    """The application served on this machine; returns its address."""
    with served(app) as address:
        yield address


@pytest.fixture
def desk(chromium, address):
    """Return a person's browser window: signed in, of a width, light or dark; what its console complains of fails the test."""
    opened, complaints = [], []

    def open_window(login: str, *, width: int = 1440, dark: bool = False, scripts: bool = True):
        context = chromium.new_context(viewport={"width": width, "height": 900}, base_url=address, java_script_enabled=scripts,
                                       color_scheme="dark" if dark else "light", locale="en-GB")
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text)
                if message.type == "error" and "status of 422" not in message.text else None)  # an answer refused in place
        opened.append(context)
        page.goto("/sign-in")
        page.fill("#login", login)
        page.fill("#password", PASSWORD)
        page.click("form button.primary")
        page.wait_for_url("**/inbox*")
        return page

    yield open_window
    for context in opened:
        context.close()
    assert complaints == []
