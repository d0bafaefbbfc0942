"""Signing in and out, and what guards it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from kesu.engine import clock, identity
from kesu.webui import sign_ins
from tests.webui.conftest import PASSWORD
from tests.webui.pages import token, words


def test_a_person_signs_in_and_finds_their_inbox(reader):
    answer = reader.sign_in("ada")

    assert reader.get(answer.location, 302).location == "/inbox"
    assert "Waiting for me" in reader.get("/inbox").text


def test_a_wrong_password_and_an_unknown_login_are_told_apart_by_nothing(reader):
    wrong = words(reader.post("/sign-in", 422, login="ada", password="guess").text)
    unknown = words(reader.post("/sign-in", 422, login="ada", password="other").text)

    assert "do not fit together" in wrong
    assert wrong == unknown == words(reader.post("/sign-in", 422, login="nobody", password="x").text)


def test_a_page_that_needs_a_person_leads_to_the_door_and_back(reader):
    answer = reader.get("/inbox?box=group", 303)
    assert answer.location == "/sign-in?next=/inbox?box%3Dgroup"

    assert reader.post("/sign-in", login="ada", password=PASSWORD, next="/inbox?box=group").location == "/inbox?box=group"


@pytest.mark.parametrize("target", ["https://example.org/", "//example.org/", "/\\example.org", "javascript:alert(1)"])
def test_signing_in_never_leads_to_another_site(reader, target):
    assert reader.post("/sign-in", login="ada", password=PASSWORD, next=target).location == "/"


def test_signing_in_replaces_the_session(reader):
    reader.get("/sign-in")
    with reader.browser.session_transaction() as session:
        session["planted"] = "by somebody else"
        token = session["csrf_token"]

    reader.sign_in("ada")

    with reader.browser.session_transaction() as session:
        assert "planted" not in session
        assert session.get("csrf_token") != token


def test_a_stolen_cookie_is_worth_nothing_after_signing_out(app, reader, as_person):
    ada = as_person("ada")
    cookie = ada.browser.get_cookie("kesu_session").value

    ada.post("/sign-out")
    reader.browser.set_cookie("kesu_session", cookie)

    assert reader.get("/inbox", 303).location.startswith("/sign-in")


def test_a_session_ends_by_itself(as_person, turned):
    ada = as_person("ada")
    turned.advance(timedelta(hours=3))
    ada.get("/inbox")

    turned.advance(timedelta(hours=4, minutes=1))

    assert ada.get("/inbox", 303).location.startswith("/sign-in")


def test_no_session_lives_longer_than_twelve_hours_however_busy(as_person, turned):
    ada = as_person("ada")
    for _ in range(11):
        turned.advance(timedelta(hours=1))
        ada.get("/inbox")

    turned.advance(timedelta(hours=1, minutes=1))

    assert ada.get("/inbox", 303).location.startswith("/sign-in")


def test_somebody_who_has_left_is_out_at_once(company, as_person):
    ada = as_person("ada")

    with company.write() as connection:
        connection.execute(identity.people.update().where(identity.people.c.login == "ada").values(active=False))

    assert ada.get("/inbox", 303).location.startswith("/sign-in")


def test_guessing_is_stopped_for_a_quarter_of_an_hour(reader, turned):
    for _ in range(sign_ins.TRIES_PER_LOGIN):
        reader.post("/sign-in", 422, login="ada", password="guess")

    assert "wait 15 minutes" in words(reader.post("/sign-in", 429, login="ada", password=PASSWORD).text)
    assert reader.sign_in("bo").status_code == 303

    turned.advance(timedelta(minutes=16))
    reader.post("/sign-out")
    assert reader.sign_in("ada").status_code == 303


def test_a_form_without_its_token_changes_nothing(company, reader):
    answer = reader.browser.post("/sign-in", data={"login": "ada", "password": PASSWORD})

    assert answer.status_code == 400
    assert "opened in another session" in words(answer.text)
    with company.read() as connection:
        assert sign_ins.of_person(connection, "ada") == []


def test_the_cookie_is_hidden_from_scripts_and_other_sites(reader):
    cookies = reader.get("/sign-in").headers.getlist("Set-Cookie")
    ours = next(cookie for cookie in cookies if cookie.startswith("kesu_session"))

    assert "HttpOnly" in ours and "SameSite=Lax" in ours


def test_the_cookie_needs_https_where_the_site_has_it(company):
    from kesu.webui.app import create_app  # noqa: PLC0415  built here with other settings than the fixture's

    secure = create_app(company, config={"SECRET_KEY": "x", "SESSION_COOKIE_SECURE": True})
    cookies = secure.test_client().get("/sign-in", base_url="https://localhost").headers.getlist("Set-Cookie")

    assert all("Secure" in cookie for cookie in cookies if cookie.startswith("kesu_session"))


def test_nobody_waits_for_the_clock_to_be_counted_as_seen(company, as_person, turned):
    ada = as_person("ada")
    turned.advance(sign_ins.SEEN_EVERY + timedelta(seconds=1))
    ada.get("/inbox")

    with company.read() as connection:
        assert sign_ins.of_person(connection, "ada")[0]["seen_at"] == clock.now()


def test_strangers_cannot_keep_an_owner_out_of_their_login(app, reader):
    for number in range(2 * sign_ins.TRIES_PER_LOGIN + 3):
        _guess(app, f"10.0.0.{number % 2}", "ada")

    assert _guess(app, "10.0.0.0", "ada", PASSWORD) == 429
    assert reader.sign_in("ada").status_code == 303


def test_where_all_the_world_guesses_only_known_browsers_may_go_on(app, reader, monkeypatch):
    monkeypatch.setattr(sign_ins, "TRIES_FROM_EVERYWHERE", 8)
    reader.sign_in("ada")
    reader.post("/sign-out")
    for number in range(9):
        _guess(app, f"10.0.{number}.1", "ada")

    assert _guess(app, "10.9.9.9", "ada", PASSWORD) == 429
    assert _guess(app, "10.9.9.9", "bo", PASSWORD) == 303
    assert reader.sign_in("ada").status_code == 303


def test_an_address_that_guesses_at_many_logins_is_stopped(app, monkeypatch):
    monkeypatch.setattr(sign_ins, "TRIES_PER_ADDRESS", 7)

    assert [_guess(app, "10.0.0.1", f"nobody-{number}") for number in range(9)] == [422] * 7 + [429] * 2
    assert _guess(app, "10.0.0.2", "ada", PASSWORD) == 303


def test_of_thirty_guesses_at_once_no_more_get_through_than_one_after_the_other(app):
    browsers = [_door(app) for _ in range(30)]
    with ThreadPoolExecutor(30) as pool:
        answers = list(pool.map(lambda browser: _sent(*browser, "10.0.0.1", "ada", "guess"), browsers))

    assert sorted(answers) == [422] * sign_ins.TRIES_PER_LOGIN + [429] * (30 - sign_ins.TRIES_PER_LOGIN)


def test_a_right_password_forgives_what_was_mistyped_before_it(app):
    for _ in range(3):
        assert [_guess(app, "10.0.0.1", "ada") for _ in range(sign_ins.TRIES_PER_LOGIN - 1)] == [422] * 4
        assert _guess(app, "10.0.0.1", "ada", PASSWORD) == 303


def _door(app):
    browser = app.test_client()
    return browser, token(browser.get("/sign-in").text)


def _sent(browser, csrf, address, login, password):
    sent = {"csrf_token": csrf, "login": login, "password": password}
    return browser.post("/sign-in", data=sent, environ_base={"REMOTE_ADDR": address}).status_code


def _guess(app, address, login, password="guess"):
    return _sent(*_door(app), address, login, password)
