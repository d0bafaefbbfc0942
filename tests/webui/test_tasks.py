"""The task page: form, decision, vote, moves; what happens next; what is said to somebody who comes second."""

import re

import pytest

from kesu.engine import claims, runtime, user_tasks
from tests.webui.conftest import find_task, open_task
from tests.webui.pages import words

ANSWER = {"f__cause": "loose bolt", "f__remedy": "repair"}


def field(page, key):
    """Return the frame of a field on a page."""
    return re.search(rf'<div class="field-frame" data-field="{key}"( hidden)?', page.text)


def test_a_task_is_found_only_by_those_whom_it_concerns(as_person, begun):
    task_id = begun()

    as_person("otto").get(f"/tasks/{task_id}", 404)
    as_person("bo").get(f"/tasks/{task_id}", 404)
    as_person("otto").get("/tasks/4711", 404)
    as_person("ivan").get(f"/tasks/{task_id}")
    as_person("ines").get(f"/tasks/{task_id}")
    as_person("yun").get(f"/tasks/{task_id}")


def test_an_outsider_can_do_nothing_with_an_address_he_has_guessed(company, as_person, begun):
    task_id = begun()
    otto = as_person("otto")

    otto.post(f"/tasks/{task_id}/claim", 404)
    otto.post(f"/tasks/{task_id}/completion", 404, **ANSWER)
    otto.post(f"/tasks/{task_id}/ballots", 404, answer="yes")
    otto.post(f"/tasks/{task_id}/moves/reject", 404, reason="x")
    otto.post(f"/tasks/{task_id}/draft", 404, method="PUT", f__cause="x")
    otto.get(f"/tasks/{task_id}/preview", 404)
    otto.get(f"/tasks/{task_id}/diagram", 404)

    assert find_task(company, task_id).version == 1


def test_looking_after_all_cases_is_not_doing_other_peoples_work(company, as_person, begun):
    task_id = begun()

    as_person("yun").post(f"/tasks/{task_id}/claim", 403)

    assert find_task(company, task_id).assignee is None


def test_a_task_is_claimed_and_put_back(company, as_person, begun):
    task_id = begun()
    ivan = as_person("ivan")
    assert "Nobody has taken this task yet" in words(ivan.get(f"/tasks/{task_id}").text)

    page = ivan.follow(ivan.post(f"/tasks/{task_id}/claim"))
    assert "Propose a remedy is yours now." in words(page.text)
    assert find_task(company, task_id).assignee == "ivan"

    back = f"/tasks/{task_id}/claim?_method=DELETE"
    assert f'action="{back}"' in page.text
    ivan.post(back)
    assert find_task(company, task_id).assignee is None


def test_the_second_to_claim_reads_who_was_first(company, as_person, begun):
    task_id = begun()
    claims.claim(company, task_id, actor="ivan")
    ada = as_person("ada")

    page = ada.follow(ada.post(f"/tasks/{task_id}/claim", seen="1"))

    assert "has changed since you opened it" in words(page.text) or "Ivan has already claimed it" in words(page.text)
    assert "This task is with Ivan" in words(page.text)


def test_a_form_is_drawn_from_its_schema_in_the_readers_language(company, as_person, begun):
    task_id = begun()
    claims.claim(company, task_id, actor="ivan")
    ivan = as_person("ivan")

    english, chinese = ivan.get(f"/tasks/{task_id}"), ivan.get(f"/tasks/{task_id}?lang=zh")

    assert "Say the cause. Cause required" in words(english.text)
    assert "写明原因。 原因 必填" in words(chinese.text)
    assert 'name="f.remedy" value="repair"' in english.text


def test_a_field_is_hidden_until_the_answer_that_calls_for_it(company, as_person, begun):
    task_id = begun()
    claims.claim(company, task_id, actor="ivan")
    ivan = as_person("ivan")
    assert field(ivan.get(f"/tasks/{task_id}"), "amount").group(1)

    ivan.post(f"/tasks/{task_id}/draft", method="PUT", f__remedy="refund")

    assert not field(ivan.get(f"/tasks/{task_id}"), "amount").group(1)


def test_what_does_not_hold_is_said_at_its_field_and_nothing_typed_is_lost(company, as_person, begun):
    task_id = begun()
    claims.claim(company, task_id, actor="ivan")

    page = as_person("ivan").post(f"/tasks/{task_id}/completion", 422, f__cause="a crack", f__remedy="refund", f__amount="lots")

    assert "Nothing was sent yet." in words(page.text)
    assert "Amount : Expected a number, such as 1200 or 99.50." in words(page.text).replace("Amount:", "Amount :")
    assert "a crack" in page.text and 'value="lots"' in page.text
    assert 'aria-describedby="f-amount-problem"' in page.text
    assert find_task(company, task_id).is_open


def test_completing_says_what_waits_now_and_leads_back(company, as_person, begun):
    task_id = begun()
    claims.claim(company, task_id, actor="ivan")
    ivan = as_person("ivan")

    answer = ivan.post(f"/tasks/{task_id}/completion", back="/inbox?box=group", **ANSWER)

    assert answer.location == "/inbox?box=group"
    assert "Propose a remedy: done. Open on this case now: Decide on it." in words(ivan.follow(answer).text)
    assert find_task(company, task_id).submission == {"cause": "loose bolt", "remedy": "repair", "told": False}


def test_pressing_twice_counts_once(company, as_person, begun):
    task_id = begun()
    claims.claim(company, task_id, actor="ivan")
    ivan = as_person("ivan")

    for _ in range(2):
        ivan.post(f"/tasks/{task_id}/completion", key="one page", **ANSWER)

    instance = find_task(company, task_id).instance_id
    with company.read() as connection:
        assert len(user_tasks.of_instance(connection, instance)) == 2


def test_a_stale_page_is_told_the_news_and_changes_nothing(company, as_person, proposed):
    task_id = proposed()
    seen = find_task(company, task_id).version
    runtime.complete(company, task_id, actor="root", outcome="approved")
    mara = as_person("mara")

    answer = mara.post(f"/tasks/{task_id}/completion", outcome="rejected", comment="too dear", seen=str(seen))

    text = words(mara.follow(answer).text)
    assert "Decide on it: Already handled by Root at 09:00; nothing more is needed from you." in text
    assert find_task(company, task_id).outcome == "approved"


def test_what_happens_next_is_shown_before_anything_is_sent(as_person, proposed):
    text = words(as_person("mara").get(f"/tasks/{proposed()}").text)

    assert "What happens next if approved Countersign it: Ada, Bo and Mara if rejected Propose a remedy: Quality" in text


def test_a_draft_is_kept_and_tells_a_script_what_follows(company, as_person, begun):
    task_id = begun()
    claims.claim(company, task_id, actor="ivan")
    ivan = as_person("ivan")

    told = ivan.post(f"/tasks/{task_id}/draft", 200, method="PUT", headers={"Accept": "application/json"}, **ANSWER).json

    assert told["saved"] == "Draft kept at 09:00"
    assert told["hidden"] == ["amount"]
    assert "Decide on it: Mara" in told["ahead"]
    assert "loose bolt" in ivan.get(f"/tasks/{task_id}").text
    assert find_task(company, task_id).is_open


def test_a_draft_for_a_task_that_is_done_says_so(company, as_person, begun):
    task_id = begun()
    runtime.complete(company, task_id, actor="ivan", submission={"cause": "x", "remedy": "repair"})

    told = as_person("ivan").post(f"/tasks/{task_id}/draft", 409, method="PUT", headers={"Accept": "application/json"}, f__cause="late").json

    assert told["gone"] == "Propose a remedy was already handled by Ivan; nothing more is needed from you."


def test_a_rejection_needs_a_reason(company, as_person, proposed):
    task_id = proposed()
    mara = as_person("mara")

    page = mara.post(f"/tasks/{task_id}/completion", 422, outcome="rejected")
    assert "Say why" in words(page.text)
    assert find_task(company, task_id).is_open

    mara.post(f"/tasks/{task_id}/completion", outcome="rejected", comment="too dear")
    assert find_task(company, task_id).outcome == "rejected"
    assert find_task(company, open_task(company, find_task(company, task_id).instance_id)).element_id == "propose"


def test_an_outcome_that_the_diagram_does_not_know_is_not_taken(company, as_person, proposed):
    task_id = proposed()

    page = as_person("mara").post(f"/tasks/{task_id}/completion", 422, outcome="deleted")

    assert "Expected your decision: approve or reject." in words(page.text)
    assert find_task(company, task_id).is_open


def test_a_vote_shows_each_persons_answer_and_time(company, as_person, to_sign):
    task_id = to_sign()
    runtime.vote(company, task_id, actor="bo", answer="yes", comment="within limits")

    text = words(as_person("ada").get(f"/tasks/{task_id}").text)

    assert "Everyone must agree · 1 of 3 agreed" in text
    assert "Bo agreed 09:00 within limits" in text
    assert "Ada (you) has not answered yet" in text


def test_the_last_ballot_moves_the_case_on(company, as_person, to_sign):
    task_id = to_sign()

    for login in ("ada", "bo", "mara"):
        as_person(login).post(f"/tasks/{task_id}/ballots", answer="yes")

    assert find_task(company, task_id).outcome == "approved"


def test_a_no_needs_a_reason_and_somebody_not_asked_cannot_vote(company, as_person, to_sign):
    task_id = to_sign()

    assert "Say why" in words(as_person("ada").post(f"/tasks/{task_id}/ballots", 422, answer="no").text)
    as_person("yun").post(f"/tasks/{task_id}/ballots", 403, answer="yes")
    as_person("ada").post(f"/tasks/{task_id}/ballots", 422, answer="perhaps")

    assert find_task(company, task_id).is_open


def test_sending_back_shows_the_targets_and_what_each_would_void(company, as_person, to_sign):
    page = as_person("ada").get(f"/tasks/{to_sign()}/moves/reject")

    text = words(page.text)
    assert "Propose a remedy Ivan, 09:00" in text
    assert "Decide on it Mara, 09:00" in text
    assert "Ends without a result: Countersign it" in text


def test_sending_back_needs_a_reason_and_a_legal_target(company, as_person, to_sign):
    task_id = to_sign()
    ada = as_person("ada")

    assert "Expected a reason" in words(ada.post(f"/tasks/{task_id}/moves/reject", 422, target="propose", reason=" ").text)
    ada.post(f"/tasks/{task_id}/moves/unheard-of", 404, target="propose", reason="x")
    ada.post(f"/tasks/{task_id}/moves/reject", target="nowhere", reason="x")

    assert find_task(company, task_id).is_open


def test_a_case_is_sent_back_to_a_chosen_step(company, as_person, to_sign):
    task_id = to_sign()
    ada = as_person("ada")

    ada.post(f"/tasks/{task_id}/moves/reject", target="propose", reason="the amount is missing")

    instance = find_task(company, task_id).instance_id
    assert find_task(company, open_task(company, instance)).element_id == "propose"
    assert find_task(company, task_id).state == "cancelled"
    assert "This task is no longer needed" in words(ada.get(f"/tasks/{task_id}").text)
    assert "the amount is missing" in words(as_person("ivan").get(f"/tasks/{open_task(company, instance)}").text)


def test_whoever_sent_it_takes_it_back_while_nobody_has_acted(company, as_person, begun):
    task_id = begun()
    ivan = as_person("ivan")
    ivan.post(f"/tasks/{task_id}/claim")
    ivan.post(f"/tasks/{task_id}/completion", **ANSWER)
    assert "Take it back" in words(ivan.get(f"/tasks/{task_id}").text)

    ivan.post(f"/tasks/{task_id}/moves/take_back")

    assert find_task(company, open_task(company, find_task(company, task_id).instance_id)).element_id == "propose"


def test_the_pane_is_the_task_without_the_frame(as_person, proposed):
    answer = as_person("mara").get(f"/tasks/{proposed()}/preview")

    assert "<!DOCTYPE" not in answer.text and "<h1" not in answer.text
    assert "Approve" in words(answer.text)


def test_the_diagram_of_a_task_is_the_one_its_case_runs_on(as_person, begun):
    answer = as_person("ivan").get(f"/tasks/{begun()}/diagram")

    assert answer.mimetype == "application/xml"
    assert b'id="propose"' in answer.data


@pytest.mark.parametrize("path", ["/tasks/one", "/tasks/99999999999999999999", "/tasks/-1"])
def test_a_wrong_id_is_not_found(as_person, path):
    as_person("mara").get(path, 404)
