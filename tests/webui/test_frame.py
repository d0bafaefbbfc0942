"""The frame: permissions, headers, languages, errors, profile, and the rules that every page is held to."""

import pathlib

import pytest
from babel.messages.pofile import read_po
from sqlalchemy import text

from kesu.engine import identity, passwords
from kesu.engine.database import Database
from kesu.webui import languages, permissions
from kesu.webui.app import create_app
from tests.webui.conftest import PASSWORD, Reader
from tests.webui.pages import dead_ends, faults, words

PO = sorted((pathlib.Path(languages.FOLDER) / "zh" / "LC_MESSAGES").glob("*.po"))


def test_every_route_says_who_may_open_it(app):
    assert permissions.unmarked(app) == []


def test_a_route_that_says_nothing_is_noticed_and_refused_to_everybody(company):
    app = create_app(company, config={"SECRET_KEY": "x", "KESU_LANGUAGE": "en"})
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")

    assert permissions.unmarked(app) == ["forgotten"]
    reader = Reader(app)
    reader.sign_in("mara")
    assert "not open to you" in words(reader.get("/forgotten", 403).text)


def test_a_role_opens_a_page_and_an_administrator_opens_all(company):
    app = create_app(company, config={"SECRET_KEY": "x", "KESU_LANGUAGE": "en"})
    app.add_url_rule("/for-owners", "for_owners", permissions.requires("owner")(lambda: "welcome"))
    for login, status in {"olga": 200, "root": 200, "ada": 403}.items():
        reader = Reader(app)
        reader.sign_in(login)
        reader.get("/for-owners", status)


def test_every_address_uses_typed_ids(app):
    untyped = [str(rule) for rule in app.url_map.iter_rules() for name in rule.arguments
               if name.endswith("_id") and f"int:{name}" not in rule.rule and f"<{name}>" in rule.rule]
    assert untyped == []


def test_pages_forbid_foreign_and_inline_scripts(reader):
    policy = reader.get("/sign-in").headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy and "script-src 'self';" in policy
    assert "unsafe" not in policy and "frame-ancestors 'none'" in policy


def test_an_editor_page_may_relax_styles_only(company):
    from kesu.webui.protections import relax_styles  # noqa: PLC0415  used by the one view that this test adds

    app = create_app(company, config={"SECRET_KEY": "x"})
    app.add_url_rule("/editor", "editor", permissions.public(lambda: relax_styles()))
    answer = app.test_client().get("/editor")
    policy = answer.headers["Content-Security-Policy"]

    assert f"style-src-elem 'self' 'nonce-{answer.text}'" in policy
    assert "script-src 'self';" in policy


def test_pages_of_signed_in_people_are_not_kept_by_the_browser(as_person):
    assert as_person("ada").get("/inbox").headers["Cache-Control"] == "private, no-store"


def test_the_language_is_asked_for_in_the_address_then_by_the_person_then_by_the_browser(app, as_person):
    fresh = app.test_client()
    assert 'lang="zh-CN"' in fresh.get("/sign-in", headers={"Accept-Language": "zh-CN,zh;q=0.9"}).text
    assert 'lang="en"' in fresh.get("/sign-in?lang=en", headers={"Accept-Language": "zh-CN"}).text
    assert 'lang="en"' in fresh.get("/sign-in", headers={"Accept-Language": "zh-CN"}).text

    ada = as_person("ada")
    assert 'lang="en"' in ada.get("/inbox", **{"Accept-Language": "zh-CN"}).text
    ada.post("/profile/language", language="zh", back="/inbox")
    assert 'lang="zh-CN"' in ada.get("/inbox").text


def test_a_person_is_called_by_the_name_of_the_language(as_person):
    ada = as_person("ada")

    assert "Ada" in words(ada.get("/profile").text)
    assert "安达" in words(ada.get("/profile?lang=zh").text)


@pytest.mark.parametrize("path", PO, ids=lambda path: path.stem)
def test_translations_keep_every_place_for_a_value(path):
    with path.open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    assert [error for message in messages for error in message.check()] == []
    broken = [message.id for message in messages if isinstance(message.id, str) and _braces(message.id) != _braces(str(message.string))]
    assert broken == []


def _braces(template):
    return sorted({part.split("}")[0] for part in template.split("{")[1:]})


def test_appearance_is_kept_in_the_browser(reader):
    reader.post("/profile/preferences", theme="dark", back="/sign-in")

    assert 'data-theme="dark"' in reader.get("/sign-in").text


def test_a_password_is_changed_and_everywhere_else_is_signed_out(company, as_person):
    here, elsewhere = as_person("ada"), as_person("ada")
    new = "correct horse battery"

    assert "not your present password" in words(here.post("/profile/password", 422, current="wrong", fresh=new).text)
    assert "at least 10 characters" in words(here.post("/profile/password", 422, current=PASSWORD, fresh="short").text)
    here.post("/profile/password", current=PASSWORD, fresh=new)

    here.get("/profile")
    assert elsewhere.get("/profile", 303).location.startswith("/sign-in")
    with company.read() as connection:
        kept = connection.execute(text("SELECT password_hash FROM people WHERE login = 'ada'")).scalar_one()
    assert passwords.fits(kept, new) and kept.startswith("$argon2id$")


def test_a_page_that_is_not_there_says_so_kindly(reader):
    page = reader.get("/no/such/page", 404)

    assert "There is nothing here" in words(page.text)


def test_a_lost_database_is_said_in_one_clear_sentence(tmp_path):
    app = create_app(Database(f"sqlite:///{tmp_path}/missing/folder/kesu.db"), config={"SECRET_KEY": "x", "KESU_LANGUAGE": "en"})
    client = app.test_client()
    with client.session_transaction() as session:
        session["sign_in"] = "somebody"

    page = client.get("/inbox")

    assert page.status_code == 503
    assert "The database cannot be reached or is busy" in words(page.text)
    assert faults(page.text) == []
    assert client.get("/healthz").status_code == 503


def test_an_unexpected_error_says_nothing_of_its_inside(company, caplog):
    app = create_app(company, config={"SECRET_KEY": "x", "KESU_LANGUAGE": "en"})
    app.add_url_rule("/broken", "broken", permissions.public(lambda: 1 / 0))

    page = app.test_client().get("/broken")

    assert page.status_code == 500
    assert "division" not in page.text and faults(page.text) == []
    assert "ZeroDivisionError" in caplog.text


def test_the_sign_of_life_answers(reader):
    assert reader.get("/healthz").json["status"] == "ok"


GOOD = ('<!DOCTYPE html><html lang="en"><head><title>A page · Kesu</title></head><body><h1>A page</h1>'
        '<form action="/x" method="post"><input type="hidden" name="csrf_token" value="1"></form></body></html>')


@pytest.mark.parametrize(("offence", "word"), [
    (GOOD.replace("<h1>A page</h1>", ""), "one h1"),
    (GOOD.replace("<title>A page", "<title>Another"), "title begins"),
    (GOOD.replace("<h1>", '<p id="a"></p><p id="a"></p><h1>'), "used twice"),
    (GOOD.replace('action="/x" ', ""), "without action"),
    (GOOD.replace("csrf_token", "token"), "without CSRF"),
    (GOOD.replace("<h1>", "<table><tr><td>1</td></tr></table><h1>"), "without headers"),
    (GOOD.replace("<h1>", '<p style="color:red"></p><h1>'), "inline"),
    (GOOD.replace("<h1>", "<script>x</script><h1>"), "inline"),
    (GOOD.replace("<h1>", "<p><div></div></p><h1>"), "not valid"),
    (GOOD.replace("<h1>", '<input name="q"><h1>'), "without label"),
])
def test_the_rules_for_pages_bite(offence, word):
    assert faults(GOOD) == []
    assert any(word in fault for fault in faults(offence))


@pytest.mark.parametrize(("attribute", "dead"), [
    ('action="/diagrams/small/draft" method="post"', True),
    ('action="/diagrams/small/draft?_method=DELETE" method="post"', False),
    ('action="/nowhere" method="post"', True),
    ('action="/inbox" method="get"', False), ('method="get"><a href="/nowhere"></a', True),
    ('method="get"><a href="/inbox?box=done#top"></a', False)])
def test_a_link_or_form_that_nobody_answers_is_noticed(app, attribute, dead):
    assert bool(dead_ends(f"<form {attribute}></form>", app)) is dead
    for address, is_dead in (("/tasks/1/draft", True), ("/tasks/1/draft?_method=PUT", False)):
        assert bool(dead_ends(f'<button formaction="{address}"></button>', app)) is is_dead


def test_a_browser_in_english_gets_english_until_its_person_chooses(company, as_person):
    with company.write() as connection:
        identity.choose_locale(connection, "ada", "zh")  # what everybody has who never chose
    ada = as_person("ada")
    assert 'lang="en"' in ada.get("/inbox", **{"Accept-Language": "en-GB,en;q=0.9"}).text
    assert 'lang="zh-CN"' in ada.get("/inbox", **{"Accept-Language": "zh-CN"}).text
    assert 'lang="zh-CN"' in ada.get("/inbox").text
    ada.post("/profile/language", language="zh")
    assert 'lang="zh-CN"' in ada.get("/inbox", **{"Accept-Language": "en-GB"}).text
