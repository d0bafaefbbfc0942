"""The inbox that stays open: fresh counts, what became of a row, what has come; and nothing at all where nothing has changed."""

import json
import re
from datetime import timedelta
from html import unescape

from kesu.engine import claims, copies, runtime
from tests.webui.conftest import find_task
from tests.webui.pages import words


def address(reader, path="/inbox?box=group"):
    """Return the address that a page asks."""
    return unescape(re.search(r'data-pulse="([^"]+)"', reader.get(path).text).group(1))


def ask(reader, asked, tag="", status=200):
    """Ask as the page does."""
    return reader.get(asked, status, **({"If-None-Match": tag} if tag else {}))


def test_counts_come_without_a_page(as_person, begun):
    begun()
    ivan = as_person("ivan")

    told = json.loads(ask(ivan, address(ivan)).text)

    assert "My groups 1" in words(told["boxes"])
    assert told["waiting"] == 0


def test_a_row_that_went_away_says_who_handled_it_and_when(company, as_person, begun):
    first, second, _third = begun("KS-1"), begun("KS-2"), begun("KS-3")
    ivan = as_person("ivan")
    asked = address(ivan)
    claims.claim(company, first, actor="ada")
    claims.claim(company, second, actor="ada")
    runtime.complete(company, second, actor="ada", submission={"cause": "loose bolt", "remedy": "repair"})

    told = json.loads(ask(ivan, asked).text)

    assert told["gone"] == {str(first): "Ada has it now.", str(second): "Already handled by Ada at 09:00; nothing more is needed from you."}


def test_what_has_come_is_counted(as_person, begun):
    begun("KS-1")
    ivan = as_person("ivan")
    asked, narrow, later = address(ivan), address(ivan, "/inbox?box=group&q=KS-1"), address(ivan) + "&after=7"
    begun("KS-2")

    assert json.loads(ask(ivan, asked).text)["fresh"] == "1 new task: show it"
    assert json.loads(ask(ivan, narrow).text)["fresh"] == ""
    assert json.loads(ask(ivan, later).text)["fresh"] == ""


def test_nothing_new_is_answered_with_304_and_soon_without_counting(as_person, begun, turned, monkeypatch):
    begun("KS-1")
    ivan = as_person("ivan")
    asked = address(ivan)
    first = ask(ivan, asked)
    assert first.headers["ETag"].startswith('".')  # something may still be on its way: compared by what it says

    turned.advance(timedelta(minutes=1))
    second = ask(ivan, asked, first.headers["ETag"], 304)
    assert not second.headers["ETag"].startswith('".')
    monkeypatch.setattr("kesu.webui.pages.pulses._told", lambda *_given: 1 / 0)
    assert ask(ivan, asked, second.headers["ETag"], 304).text == ""


def test_a_change_is_told_at_once(company, as_person, begun, turned):
    task_id = begun("KS-1")
    ivan = as_person("ivan")
    asked = address(ivan)
    turned.advance(timedelta(minutes=1))
    tag = ask(ivan, asked).headers["ETag"]
    assert not tag.startswith('".')

    claims.claim(company, task_id, actor="ada")

    assert json.loads(ask(ivan, asked, tag).text)["gone"] == {str(task_id): "Ada has it now."}


def test_a_copy_and_a_time_limit_that_passes_are_told_too(company, as_person, begun, turned):
    task_id = begun("KS-1")
    claims.claim(company, task_id, actor="ivan")
    turned.advance(timedelta(minutes=1))
    yun, ivan = as_person("yun"), as_person("ivan")
    hers, his = address(yun, "/inbox?box=mine"), address(ivan, "/inbox?box=mine")
    tag, before = ask(yun, hers).headers["ETag"], ask(ivan, his).headers["ETag"]
    with company.write() as connection:
        copies.send(connection, instance_id=find_task(company, task_id).instance_id, task_id=task_id, login="yun", actor="mara", at=turned.now())

    assert "Copies to me 1 unread" in words(json.loads(ask(yun, hers, tag).text)["boxes"])
    turned.advance(timedelta(hours=9))
    assert "of these overdue 1" in words(json.loads(ask(as_person("ivan"), his, before).text)["boxes"])


def test_nobody_learns_of_tasks_that_they_were_not_shown(company, as_person, begun):
    task_id = begun("KS-1")
    asked = address(as_person("ivan"))
    claims.claim(company, task_id, actor="ada")
    otto = as_person("otto")

    assert json.loads(ask(otto, asked).text)["gone"] == {}
    assert json.loads(ask(otto, f"/inbox/pulse?box=group&rows={task_id},4711").text)["gone"] == {}


def test_who_was_shown_a_task_is_told_what_became_of_it_instead_of_an_error(company, as_person, begun):
    task_id = begun("KS-1")
    ivan = as_person("ivan")
    page = ivan.get("/inbox?box=group")
    link = unescape(re.search(r'class="task-link" href="([^"]+)"', page.text).group(1))
    shown = re.search(r'name="shown" value="([^"]+)"', ivan.get(f"/tasks/{task_id}").text).group(1)
    claims.claim(company, task_id, actor="ada")
    runtime.complete(company, task_id, actor="ada", submission={"cause": "loose bolt", "remedy": "repair"})
    news = "Propose a remedy: Already handled by Ada at 09:00; nothing more is needed from you."

    assert news in words(ivan.follow(ivan.get(link, 303)).text)
    assert news in words(ivan.follow(ivan.post(f"/tasks/{task_id}/claim", shown=shown, back="/inbox?box=group")).text)
    assert news in words(ivan.follow(ivan.post(f"/tasks/{task_id}/completion", shown=shown)).text)
    assert "Already handled by Ada" in words(ivan.get(link.replace("?", "/preview?"), **{"HX-Request": "true"}).text)
    as_person("otto").post(f"/tasks/{task_id}/claim", 404, shown=shown)
    ivan.get(f"/tasks/{task_id}", 404)
