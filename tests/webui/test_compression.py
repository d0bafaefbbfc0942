"""Pages and assets are compressed on the wire, for those who take that, and only where it is worth it."""

import gzip
import json
import pathlib
import re
import time

import pytest

from kesu.webui import bundles

GZIP = {"Accept-Encoding": "gzip, deflate, br"}
STATIC = pathlib.Path(bundles.__file__).parent / "static"
MOST_OF_DESIGNER = 550_000  # bytes on the wire


def plain(answer):
    """Return what the browser sees."""
    packed = answer.headers.get("Content-Encoding") == "gzip"
    return gzip.decompress(answer.data) if packed else answer.data


@pytest.mark.parametrize("path", ["/inbox", "/cases", "/api/v1/openapi.json", "/profile"])
def test_a_page_is_compressed_and_says_so(as_person, path):
    browser = as_person("ada").browser
    answer, bare = browser.get(path, headers=GZIP), browser.get(path)

    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"] and "Accept-Encoding" in bare.headers["Vary"]
    assert int(answer.headers["Content-Length"]) == len(answer.data) < len(bare.data) / 2
    assert "Content-Encoding" not in bare.headers
    assert len(plain(answer)) == pytest.approx(len(bare.data), abs=50)  # but for the CSRF token's


@pytest.mark.parametrize("wish", ["", "identity", "br", "gzip;q=0", "gzip;q=0, *;q=0"])
def test_whoever_does_not_take_gzip_gets_none(as_person, wish):
    answer = as_person("ada").browser.get("/inbox", headers={"Accept-Encoding": wish})
    assert "Content-Encoding" not in answer.headers and b"Waiting for me" in answer.data


def test_a_short_answer_is_sent_as_it_is(app):
    answer = app.test_client().get("/healthz", headers=GZIP)
    assert "Content-Encoding" not in answer.headers and answer.json["status"] == "ok"


def test_what_another_site_asks_for_is_not_compressed(as_person):
    answer = as_person("ada").browser.get("/inbox", headers=GZIP | {"Sec-Fetch-Site": "cross-site"})
    assert "Content-Encoding" not in answer.headers


def test_a_token_in_a_page_is_not_the_same_in_the_next(as_person, monkeypatch):
    """BREACH needs the same secret in thousands of pages."""
    browser, found = as_person("ada").browser, []
    here = int(time.time())
    for second in (here, here + 1):
        monkeypatch.setattr("itsdangerous.timed.time.time", lambda second=second: second)
        found.append(re.search(r'csrf_token" value="([^"]+)"', browser.get("/profile").text)[1])
    assert found[0].split(".")[1:] != found[1].split(".")[1:]


@pytest.mark.parametrize("name", ["kesu.css", "icons.svg"])
def test_our_own_sheets_are_compressed_too(app, name):
    answer = app.test_client().get(f"/static/{name}", headers=GZIP)
    assert answer.headers["Content-Encoding"] == "gzip" and "Accept-Encoding" in answer.headers["Vary"]
    assert plain(answer) == (STATIC / name).read_bytes()
    assert answer.mimetype == app.test_client().get(f"/static/{name}", buffered=True).mimetype
    bare = app.test_client().get(f"/static/{name}", buffered=True)
    assert bare.data == (STATIC / name).read_bytes() and "Content-Encoding" not in bare.headers


def test_an_asset_that_is_known_already_is_not_sent_again(app):
    client = app.test_client()
    for path in ("/static/kesu.css", f"/static/dist/{_bundle('designer')[0]}"):
        first = client.get(path, headers=GZIP)
        again = client.get(path, headers=GZIP | {"If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304 and again.data == b""


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/nothing.css", "/static/dist"])
def test_nothing_else_is_given_away(app, path):
    assert app.test_client().get(path, headers=GZIP).status_code == 404


def test_the_designer_comes_in_little_more_than_half_a_megabyte(as_person):
    """All that its page loads; 1.88 MB as it is (specification, wish 21)."""
    browser = as_person("olga").browser
    page = browser.get("/diagrams/small/edit", headers=GZIP, follow_redirects=True)
    html = plain(page).decode()
    wanted = set(re.findall(r'(?:src|href)="(/static/[^"#]+)', html))
    wanted |= {f"/static/dist/{file}" for file in _bundle("designer")}
    answers = [browser.get(path, headers=GZIP, buffered=True) for path in sorted(wanted)]

    assert len(wanted) > 5 and all(answer.status_code == 200 for answer in answers)
    assert sum(len(plain(answer)) for answer in answers) > 1_500_000
    assert sum(len(answer.data) for answer in answers) + len(page.data) < MOST_OF_DESIGNER


def test_the_build_has_compressed_what_it_made():
    made = [path for path in (STATIC / "dist" / "assets").iterdir() if path.suffix in (".js", ".css")]
    assert made
    for path in made:
        if path.stat().st_size >= 1024:
            assert gzip.decompress(path.with_name(f"{path.name}.gz").read_bytes()) == path.read_bytes()


def _bundle(name):
    manifest = json.loads((STATIC / "dist" / "manifest.json").read_text("utf-8"))
    wanted = [key for key, chunk in manifest.items() if chunk.get("name") == name or f"/{name}/" in key]
    files: dict[str, None] = {}
    while wanted:
        chunk = manifest[wanted.pop()]
        if chunk["file"] not in files:
            files |= dict.fromkeys([chunk["file"], *chunk.get("css", [])])
            wanted += chunk.get("imports", [])
    return list(files)
