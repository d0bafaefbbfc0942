"""Behind other web servers: who asks, by which scheme, under which name; a forged header changes nothing."""

import http.client
import re

import pytest

from kesu.engine.errors import Rejected
from kesu.webui import proxies
from kesu.webui.app import create_app
from kesu.webui.servers import prepared
from tests.serving import running
from tests.webui.conftest import CONFIG
from tests.webui.pages import token, words

EVIL = {"Host": "evil.example", "X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "evil.example", "Forwarded": "for=6.6.6.6;proto=https;host=evil.example"}


def _app(db, **settings):
    app = create_app(db, config={**CONFIG, **settings})

    @app.get("/seen")
    @proxies_seen
    def seen():
        return {"sender": proxies.sender(), "https": proxies.is_https()}

    return app


def proxies_seen(view):
    from kesu.webui.permissions import public  # noqa: PLC0415  only this route of the tests needs it

    return public(view)


def _seen(app, **headers):
    return app.test_client().get("/seen", headers={k.replace("_", "-"): v for k, v in headers.items()}).json


@pytest.mark.parametrize(("hops", "said", "sender"), [
    (0, "1.1.1.1", "127.0.0.1"),
    (1, "1.1.1.1", "1.1.1.1"),
    (1, "9.9.9.9, 1.1.1.1", "1.1.1.1"),  # the left one was written by the client
    (2, "9.9.9.9, 1.1.1.1, 10.0.0.1", "1.1.1.1"),
    (2, "1.1.1.1", "127.0.0.1"),  # did not come through both: not believed
    (1, "1.1.1.1:5123", "1.1.1.1"),
    (1, "[2001:db8:1:2:3::4]:5123", "2001:db8:1:2::/64"),
    (1, "2001:db8:1:2::5", "2001:db8:1:2::/64"),
    (1, "::ffff:1.1.1.1", "1.1.1.1"),
    (1, "unknown", "127.0.0.1"),
    (1, "<script>", "127.0.0.1"),
    (1, " , ", "127.0.0.1"),
])
def test_the_sender_is_whom_the_outermost_trusted_server_saw(db, hops, said, sender):
    assert _seen(_app(db, KESU_PROXIES=hops), X_Forwarded_For=said)["sender"] == sender


@pytest.mark.parametrize(("hops", "said", "https"), [
    (0, "https", False), (1, "https", True), (1, "http", False), (1, "https, http", False),
    (2, "https, http", True), (2, "https", True), (1, "gopher", False), (1, "HTTPS", True),
])
def test_the_scheme_is_what_the_trusted_servers_say(db, hops, said, https):
    assert _seen(_app(db, KESU_PROXIES=hops), X_Forwarded_Proto=said)["https"] is https


def test_https_brings_secure_cookies_and_hsts_and_plain_http_neither(company):
    app = _app(company, KESU_PROXIES=1)
    plain = app.test_client().get("/sign-in")
    secure = app.test_client().get("/sign-in?language=zh", headers={"X-Forwarded-Proto": "https"})

    assert "Strict-Transport-Security" not in plain.headers
    assert all("Secure" not in cookie for cookie in plain.headers.getlist("Set-Cookie"))
    assert "max-age=31536000" in secure.headers["Strict-Transport-Security"]
    assert (cookies := secure.headers.getlist("Set-Cookie"))
    assert all("Secure" in cookie for cookie in cookies)


def test_a_forged_header_changes_nothing_where_no_server_stands_in_front(company):
    client = _app(company, KESU_PROXIES=0).test_client()
    answer = client.get("/seen", headers=EVIL)

    assert answer.json == {"sender": "127.0.0.1", "https": False}
    assert "Strict-Transport-Security" not in answer.headers
    assert "evil.example" not in client.get("/sign-in", headers=EVIL).text


@pytest.mark.parametrize(("host", "status"), [
    ("kesu.example.com", 200), ("kesu.example.com:8443", 200), ("KESU.example.com", 200),
    ("evil.example", 400), ("kesu.example.com.evil.example", 400), ("", 400), ("a b", 400),
    ("shop.example.org", 200), ("example.org", 200),
])
def test_only_our_own_names_are_answered(company, host, status):
    app = _app(company, KESU_HOSTS=("kesu.example.com", ".example.org"))
    answer = app.test_client().get("/sign-in", headers={"Host": host})

    assert answer.status_code == status
    assert ("one of the names in KESU_HOSTS" in words(answer.text)) is (status == 400)


def test_the_sign_of_life_answers_under_every_name(company):
    app = _app(company, KESU_HOSTS=("kesu.example.com",))

    assert app.test_client().get("/healthz", headers={"Host": "10.0.0.7:8000"}).status_code != 400


def test_a_host_that_a_trusted_server_names_is_checked_too(company):
    client = _app(company, KESU_PROXIES=1, KESU_HOSTS=("kesu.example.com",)).test_client()

    assert client.get("/sign-in", headers={"X-Forwarded-Host": "evil.example"}).status_code == 400
    right = {"Host": "127.0.0.1:8000", "X-Forwarded-Host": "kesu.example.com"}
    assert client.get("/sign-in", headers=right).status_code == 200


@pytest.mark.parametrize("told", ["one", "-1", "1.5", "999", "一"])
def test_a_number_of_proxies_that_is_none_is_refused_at_the_start(monkeypatch, told):
    monkeypatch.setenv("KESU_PROXIES", told)
    with pytest.raises(Rejected, match="KESU_PROXIES"):
        proxies.settings()


def test_proxies_and_hosts_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("KESU_PROXIES", " 2 ")
    monkeypatch.setenv("KESU_HOSTS", "kesu.example.com, .example.org")

    assert proxies.settings() == {"KESU_PROXIES": 2,
                                  "KESU_HOSTS": ("kesu.example.com", ".example.org")}


def test_a_form_sent_by_a_page_of_another_site_is_refused(company):
    client = _app(company).test_client()
    sent = {"csrf_token": token(client.get("/sign-in").text), "login": "ada", "password": "x"}

    assert client.post("/sign-in", data=sent, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 400
    assert client.post("/sign-in", data=sent, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 422


@pytest.mark.parametrize(("hops", "sender"), [(0, "127.0.0.1"), (1, "1.1.1.1")])
def test_the_real_server_hands_on_what_a_proxy_says(db, hops, sender):
    """waitress takes these headers away unless it is told to leave them."""
    app = _app(db, KESU_PROXIES=hops)
    with running(prepared(app, host="127.0.0.1", port=0, threads=2)) as address:
        connection = http.client.HTTPConnection(re.sub("^http://", "", address), timeout=30)
        connection.request("GET", "/seen", headers={"X-Forwarded-For": "9.9.9.9, 1.1.1.1", "X-Forwarded-Proto": "https"})
        told = connection.getresponse().read().decode()
        connection.close()

    assert f'"sender":"{sender}"' in told.replace(" ", "")
    assert f'"https":{"true" if hops else "false"}' in told.replace(" ", "")
