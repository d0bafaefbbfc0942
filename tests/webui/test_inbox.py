"""The inbox: four boxes, overdue first in words, filters in the address, pages that lose nothing."""

import re
from datetime import timedelta

from kesu.engine import claims, copies, runtime
from tests.webui.conftest import find_task, open_task
from tests.webui.pages import words


def names(page):
    """Return the tasks of a page as (name, case)."""
    rows = re.findall(r'class="task-name">([^<]+)</span>.*?class="number">([^<]+)</span>', page.text, flags=re.S)
    return [(name.strip(), case) for name, case in rows]


def test_an_empty_inbox_says_so(as_person):
    assert "Nothing waits for you" in words(as_person("ada").get("/inbox").text)


def test_a_task_offered_to_a_group_is_in_the_box_of_each_of_its_people(as_person, begun):
    begun("KS-7")

    assert names(as_person("ivan").get("/inbox?box=group")) == [("Propose a remedy", "KS-7")]
    assert names(as_person("ada").get("/inbox?box=group")) == [("Propose a remedy", "KS-7")]
    assert names(as_person("bo").get("/inbox?box=group")) == []


def test_an_empty_box_points_to_what_waits_for_the_groups(as_person, begun):
    begun()

    assert "1 task waits for your groups" in words(as_person("ivan").get("/inbox").text)


def test_a_claimed_task_moves_to_the_box_of_who_claimed_it(company, as_person, begun):
    claims.claim(company, begun(), actor="ivan")

    assert len(names(as_person("ivan").get("/inbox"))) == 1
    assert names(as_person("ada").get("/inbox?box=group")) == []


def test_a_vote_waits_for_everybody_asked_until_they_have_answered(company, as_person, to_sign):
    task_id = to_sign()
    runtime.vote(company, task_id, actor="bo", answer="yes")

    assert names(as_person("ada").get("/inbox")) == [("Countersign it", "KS-1")]
    assert "1 of 3 agreed" in words(as_person("ada").get("/inbox").text)
    assert names(as_person("bo").get("/inbox")) == []
    assert names(as_person("bo").get("/inbox?box=done")) == [("Countersign it", "KS-1")]


def test_what_is_overdue_comes_first_and_is_said_in_words(company, as_person, begun, turned):
    late = begun("KS-1")
    turned.advance(timedelta(hours=7))
    begun("KS-2")
    turned.advance(timedelta(hours=3))
    ivan = as_person("ivan")

    page = ivan.get("/inbox?box=group")

    assert [case for _, case in names(page)] == ["KS-1", "KS-2"]
    assert "Overdue by 2 hours" in words(page.text)
    assert "By the end of today" in words(page.text)
    assert find_task(company, late).due_at is not None


def test_overdue_is_said_in_chinese_too(as_person, begun, turned):
    begun()
    turned.advance(timedelta(hours=10))

    page = as_person("ivan").get("/inbox?box=group&lang=zh")

    assert "已超时 2 小时" in words(page.text)
    assert 'lang="zh-CN"' in page.text


def test_the_filter_stands_in_the_address(as_person, begun):
    begun("KS-1")
    begun("KS-2")
    ivan = as_person("ivan")

    assert [case for _, case in names(ivan.get("/inbox?box=group&q=KS-2"))] == ["KS-2"]
    assert "Nothing here fits the filter" in words(ivan.get("/inbox?box=group&q=unheard-of").text)
    assert names(ivan.get("/inbox?box=group&kind=small/propose")) != []
    assert names(ivan.get("/inbox?box=group&kind=small/decide")) == []
    assert names(ivan.get("/inbox?box=group&due=overdue")) == []


def test_pages_follow_each_other_without_losing_or_repeating_a_task(company, as_person, begun, monkeypatch):
    monkeypatch.setattr("kesu.webui.pages.inbox.PAGE", 3)
    cases = [f"KS-{number}" for number in range(8)]
    tasks = [begun(case) for case in cases]
    ivan = as_person("ivan")

    page = ivan.get("/inbox?box=group")
    seen = [case for _, case in names(page)]
    claims.claim(company, tasks[0], actor="ada")
    while follow := re.search(r'href="([^"]+)" rel="next"', page.text):
        page = ivan.get(follow.group(1).replace("&amp;", "&"))
        seen += [case for _, case in names(page)]

    assert seen == cases


def test_a_copy_is_unread_until_it_is_opened(company, as_person, begun, turned):
    task_id = begun()
    with company.write() as connection:
        copies.send(connection, instance_id=find_task(company, task_id).instance_id, task_id=task_id, login="yun", actor="mara",
                    at=turned.now())
    yun = as_person("yun")

    assert "Copies to me 1 unread" in words(yun.get("/inbox").text)
    yun.get(f"/tasks/{task_id}")
    assert "unread" not in words(yun.get("/inbox").text)


def test_the_chosen_task_stands_beside_the_list_and_in_the_address(as_person, proposed):
    task_id = proposed()

    page = as_person("mara").get(f"/inbox?task={task_id}")

    assert "What happens next" in words(page.text)
    assert f'/tasks/{task_id}/completion' in page.text


def test_an_old_address_shows_the_list_all_the_same(as_person):
    assert as_person("ada").get("/inbox?task=4711&after=4711&box=unheard-of").status_code == 200


def test_an_outsider_sees_nothing(as_person, begun, to_sign):
    begun("KS-5")
    to_sign("KS-6")
    otto = as_person("otto")

    for box in ("mine", "group", "done", "copied"):
        assert names(otto.get(f"/inbox?box={box}")) == []


def test_the_boxes_follow_a_whole_story(company, as_person, begun):
    task_id = begun()
    ivan = as_person("ivan")
    ivan.post(f"/tasks/{task_id}/claim")
    instance = find_task(company, task_id).instance_id
    ivan.post(f"/tasks/{task_id}/completion", f__cause="loose bolt", f__remedy="repair")
    mara = as_person("mara")

    assert names(mara.get("/inbox")) == [("Decide on it", "KS-1")]
    assert names(ivan.get("/inbox?box=done")) == [("Propose a remedy", "KS-1")]
    assert open_task(company, instance) != task_id
