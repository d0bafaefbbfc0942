"""The other boxes: copies read and unread, urges with their words, what is open with others, what I decided and may still take back."""

import re

from kesu.engine import claims, runtime
from tests.webui.conftest import find_task, open_task
from tests.webui.pages import words
from tests.webui.test_inbox import names


def test_copies_say_who_sent_them_and_are_read_at_once(company, as_person, begun):
    for case in ("KS-1", "KS-2"):
        task_id = begun(case)
        claims.claim(company, task_id, actor="ivan")
        runtime.copy(company, task_id, actor="ivan", people=["yun"])
    yun = as_person("yun")

    page = yun.get("/inbox?box=copied")
    assert words(page.text).count("from Ivan, 09:00 unread") == 2

    after = yun.follow(yun.post("/inbox/copies/reading"))
    assert "2 copies are marked as read." in words(after.text)
    assert "from Ivan, 09:00" in words(after.text)
    assert "unread" not in words(after.text)
    assert "Mark all as read" not in after.text


def test_an_urge_stands_in_a_box_of_its_own_with_who_and_why(company, as_person, begun):
    task_id = begun("KS-1")
    begun("KS-2")
    runtime.urge(company, task_id, actor="ines", reason="The customer has called twice")
    ivan = as_person("ivan")

    page = ivan.get("/inbox?box=urged")

    assert names(page) == [("Propose a remedy", "KS-1")]
    assert "Ines asks you to see to it, 09:00 The customer has called twice" in words(page.text)
    assert "Urged 1" in words(page.text)
    assert names(as_person("bo").get("/inbox?box=urged")) == []
    claims.claim(company, task_id, actor="ada")
    assert names(ivan.get("/inbox?box=urged")) == []
    assert len(names(as_person("ada").get("/inbox?box=urged"))) == 1


def test_one_reminds_from_ones_own_cases(company, as_person, begun):
    task_id = begun("KS-1")
    ines = as_person("ines")

    page = ines.get("/inbox?box=cases")
    assert names(page) == [("Propose a remedy", "KS-1")]
    link = re.search(r'class="button small row-act" href="([^"]+)"', page.text).group(1).replace("&amp;", "&")
    assert "Remind those who have it" in words(ines.get(link).text)
    ines.post(f"/tasks/{task_id}/moves/urge", reason="please", back="/inbox?box=cases")

    assert "Ines asks you to see to it, 09:00 please" in words(as_person("ivan").get("/inbox?box=urged").text)


def test_my_cases_leave_out_what_waits_for_me(company, as_person, begun, to_sign):
    task_id = begun("KS-1")
    claims.claim(company, task_id, actor="ivan")
    to_sign("KS-2")

    assert names(as_person("ivan").get("/inbox?box=cases")) == [("Countersign it", "KS-2")]
    assert names(as_person("mara").get("/inbox?box=cases")) == []
    assert names(as_person("otto").get("/inbox?box=cases")) == []


def test_done_says_what_i_decided_and_when(company, as_person, to_sign):
    task_id = to_sign("KS-1")
    runtime.vote(company, task_id, actor="bo", answer="no", comment="not within limits")

    assert "You approved, 09:00" in words(as_person("mara").get("/inbox?box=done").text)
    assert "You refused, 09:00 not within limits" in words(as_person("bo").get("/inbox?box=done").text)
    assert "You finished it, 09:00" in words(as_person("ivan").get("/inbox?box=done").text)


def test_done_says_what_can_still_be_taken_back(company, as_person, proposed):
    decision = proposed("KS-1")
    ivan = as_person("ivan")
    assert "You can still take it back." in words(ivan.get("/inbox?box=done").text)

    runtime.complete(company, decision, actor="mara", outcome="approved")

    assert open_task(company, find_task(company, decision).instance_id) != decision
    assert "You can still take it back." not in words(ivan.get("/inbox?box=done").text)


def test_an_empty_box_says_what_it_is_for(as_person):
    ada = as_person("ada")

    assert "Nobody urges you" in words(ada.get("/inbox?box=urged").text)
    assert "Nothing is open with others" in words(ada.get("/inbox?box=cases").text)


def test_a_vote_says_who_is_still_asked_and_how_it_ended(company, as_person, to_sign):
    task_id = to_sign("KS-1")
    runtime.vote(company, task_id, actor="bo", answer="yes", comment="within limits")
    ada = as_person("ada")

    assert "1 of 3 agreed" in words(ada.get("/inbox").text)
    assert "Waiting for Mara" in words(ada.get("/inbox").text)
    text = words(ada.get(f"/tasks/{task_id}").text)
    assert "Everyone must agree · 1 of 3 agreed · still open" in text
    assert "Bo agreed 09:00 within limits" in text

    runtime.vote(company, task_id, actor="mara", answer="no", comment="too dear")
    over = words(ada.get(f"/tasks/{task_id}").text)
    assert "1 of 3 agreed, 1 refused · the vote has failed" in over
    assert "Mara refused 09:00 too dear" in over
    assert "Ada (you) no longer asked" in over


def test_every_act_stands_among_what_one_has_done(company, as_person, proposed, to_sign, begun):
    sent_back, passed_on, asked = proposed("KS-1"), proposed("KS-2"), to_sign("KS-3")
    runtime.move(company, sent_back, actor="mara", move="reject", reason="say more")
    runtime.transfer(company, passed_on, actor="mara", to="bo", reason="theirs")
    runtime.delegate(company, asked, actor="mara", to="yun")
    taken_back = begun("KS-4")
    claims.claim(company, taken_back, actor="ivan")
    runtime.complete(company, taken_back, actor="ivan", submission={"cause": "x", "remedy": "repair"})
    runtime.move(company, taken_back, actor="ivan", move="take_back")
    withdrawn = proposed("KS-5")
    runtime.withdraw(company, find_task(company, withdrawn).instance_id, actor="ines")

    mara = as_person("mara")
    text = words(mara.get("/inbox?box=done").text)
    assert {case for _, case in names(mara.get("/inbox?box=done"))} >= {"KS-1", "KS-2", "KS-3"}
    assert "You sent it back, 09:00" in text and "You passed it on, 09:00" in text and "You asked for an opinion, 09:00" in text
    assert [case for _, case in names(mara.get("/inbox?box=done&q=KS-1"))] == ["KS-1"]
    assert mara.get(f"/tasks/{passed_on}").status_code == 200
    assert "KS-4" in {case for _, case in names(as_person("ivan").get("/inbox?box=done"))}
    assert "You withdrew the case, 09:00" in words(as_person("ines").get("/inbox?box=done").text)
