"""The server against those who dribble and those who send too much: others are answered meanwhile."""

import http.client
import socket
import tempfile
from contextlib import ExitStack

import pytest
from flask import Flask, request
from waitress.adjustments import Adjustments

from kesu.webui import body_limits, slow_clients
from kesu.webui.servers import prepared
from tests.serving import running

MB = 1024 * 1024
GET = b"GET /seen HTTP/1.1\r\nHost: localhost\r\n"


def _app(most=220 * MB):
    app = Flask("tests.slow_clients")
    app.config["MAX_CONTENT_LENGTH"] = most
    body_limits.init(app)

    @app.route("/<path:path>", methods=["GET", "POST"])
    def seen(path):
        return {"read": len(request.get_data())}

    return app


@pytest.fixture
def port():
    """The real server, with two threads."""
    with running(prepared(_app(), host="127.0.0.1", port=0, threads=2)) as address:
        yield int(address.rsplit(":", 1)[1])


def _opened(port, sent=b""):
    line = socket.create_connection(("127.0.0.1", port), timeout=30)
    line.sendall(sent)
    return line


def _asked(port, method="GET", path="/seen", body=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


@pytest.mark.parametrize("sent", [
    GET, b"GET /se", b"", GET + b"X-A: b\r\n",
    b"POST /complaints HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\nabc",
    b"POST /complaints HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nabc",
])
def test_three_hundred_that_never_finish_leave_others_answered(port, sent):
    with ExitStack() as lines:
        for _ in range(300):
            lines.enter_context(_opened(port, sent))
        assert _asked(port)[0] == 200


@pytest.mark.parametrize("sent", [
    GET, b"POST /complaints HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\nabc"])
def test_a_request_that_does_not_come_in_time_is_hung_up(port, monkeypatch, sent):
    monkeypatch.setattr(slow_clients, "HEADERS_WITHIN", 0.5)
    with _opened(port, sent) as line:
        assert line.recv(100) == b""


def test_a_byte_now_and_then_does_not_keep_a_request_alive(port, monkeypatch):
    monkeypatch.setattr(slow_clients, "HEADERS_WITHIN", 0.5)
    with _opened(port, GET) as line:
        line.settimeout(0.1)
        for _ in range(100):
            try:
                if line.recv(100) == b"":
                    return
            except TimeoutError:
                line.sendall(b"X-A: b\r\n")
            except ConnectionError:
                return
    pytest.fail("the server went on listening")


def test_a_body_that_comes_fast_enough_may_take_longer():
    coming = slow_clients.Request(Adjustments(max_request_body_size=220 * MB))
    coming.received(b"POST /complaints HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n")
    coming.received(b"x" * 1_000_000)

    assert not coming.is_late(coming.begun + slow_clients.HEADERS_WITHIN + 999)
    assert coming.is_late(coming.begun + slow_clients.HEADERS_WITHIN + 1001)
    coming.close()  # what came lies in a file


def test_where_all_connections_are_taken_the_slowest_gives_way(monkeypatch):
    monkeypatch.setattr(slow_clients, "_connections", lambda: 40)
    monkeypatch.setattr(slow_clients, "YOUNG", 0)
    server = prepared(_app(), host="127.0.0.1", port=0, threads=2)
    with running(server) as address, ExitStack() as lines:
        port = int(address.rsplit(":", 1)[1])
        upload = b"POST /complaints HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3000000\r\n\r\n"
        honest = lines.enter_context(_opened(port, upload + b"x" * 1_000_000))
        dribbling = [lines.enter_context(_opened(port, GET)) for _ in range(100)]

        assert _asked(port)[0] == 200
        assert dribbling[0].recv(100) == b""
        honest.sendall(b"x" * 2_000_000)
        assert honest.recv(100).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(("path", "size"), [
    ("/complaints", 600 * MB), ("/complaints", 220 * MB + 1), ("/sign-in", MB), ("/inbox", 9 * MB),
    ("/track", MB), ("/api/v1/messages", 9 * MB), ("/no/such/page", 9 * MB),
])
def test_a_body_that_is_too_large_is_refused_before_it_is_taken(port, path, size):
    """Only its length is sent: whoever waits for the body would not answer."""
    with _opened(port, b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % (path.encode(), size)) as line:
        told = line.makefile("rb").read().decode()

    assert told.startswith("HTTP/1.1 413")
    assert "larger than" in told and "超过" in told


def test_a_body_without_a_length_is_refused_when_it_becomes_too_large(port, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with _opened(port, b"POST /sign-in HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n") as line:
        line.sendall(b"%x\r\n" % (1 << 40) + b"x" * body_limits.MOST_OF_STRANGERS)
        line.sendall(b"x" * 8192)
        assert line.recv(100).startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize(("path", "size"), [
    ("/complaints", 12 * MB), ("/track/abc/answers", 12 * MB), ("/tasks/7/completion", 12 * MB),
    ("/cases/KS-1/attachments", 12 * MB), ("/diagrams/a/draft", 7 * MB), ("/sign-in", 1000),
])
def test_files_and_diagrams_are_taken_where_they_belong(port, path, size):
    assert _asked(port, "POST", path, b"x" * size) == (200, f'{{"read":{size}}}\n')


def test_the_application_has_the_same_limits_behind_another_server():
    client = _app().test_client()

    assert client.post("/sign-in", data=b"x" * MB).status_code == 413
    assert client.post("/complaints", data=b"x" * MB).status_code == 200


def test_a_header_that_is_too_large_is_refused(port):
    with _opened(port, GET + b"X-A: " + b"x" * slow_clients.MOST_HEADERS) as line:
        assert line.recv(100)[8:].startswith(b" 431")


def test_the_worker_of_a_slow_reader_is_free_at_once():
    """An answer that nobody reads is kept beside, and no thread waits for it."""
    app = _app()
    app.add_url_rule("/large", "large", lambda: b"x" * (40 * MB))
    with running(prepared(app, host="127.0.0.1", port=0, threads=1)) as address, ExitStack() as lines:
        port = int(address.rsplit(":", 1)[1])
        lines.enter_context(_opened(port, b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n"))
        assert _asked(port)[0] == 200
