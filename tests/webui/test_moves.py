"""Moves on people from the pages: pass on, ask more people, ask for an opinion, copy, remind; each with its page and its guard."""

from kesu.engine import ballots, copies
from tests.webui.conftest import find_task
from tests.webui.pages import words


def voters(db, task_id):
    """Return who is asked in a round and how their ballots stand."""
    with db.read() as connection:
        return {ballot.voter: ballot.state for ballot in ballots.of_task(connection, task_id)}


def test_the_page_of_a_task_offers_the_moves_that_are_legal(as_person, proposed, to_sign):
    text = words(as_person("mara").get(f"/tasks/{proposed('KS-1')}").text)
    assert all(word in text for word in ("Send back to an earlier step…", "Pass on…", "Ask more people…", "Ask for an opinion…"))
    assert "Jump…" not in text

    assert "Jump…" in words(as_person("root").get(f"/tasks/{to_sign('KS-2')}").text)


def test_every_move_has_a_page_that_holds(as_person, proposed):
    task_id = proposed()
    root = as_person("root")

    for move in ("reject", "jump", "transfer", "delegate", "add_sign", "remove_sign", "copy", "urge", "take_back", "withdraw", "resolve"):
        root.get(f"/tasks/{task_id}/moves/{move}")
        root.get(f"/tasks/{task_id}/moves/{move}?lang=zh")
    root.get(f"/tasks/{task_id}/moves/unheard-of", 404)


def test_a_task_is_passed_on_to_somebody_else(company, as_person, proposed):
    task_id = proposed()

    as_person("mara").post(f"/tasks/{task_id}/moves/transfer", people="bo", reason="on leave from tomorrow")

    assert find_task(company, task_id).assignee == "bo"
    assert "Decide on it" in words(as_person("bo").get("/inbox").text)


def test_passing_on_to_nobody_or_to_oneself_changes_nothing(company, as_person, proposed):
    task_id = proposed()
    mara = as_person("mara")

    assert "Expected exactly one person" in words(mara.post(f"/tasks/{task_id}/moves/transfer", 422, people="").text)
    assert "Mara has it already" in words(mara.post(f"/tasks/{task_id}/moves/transfer", 409, people="mara").text)

    assert find_task(company, task_id).assignee == "mara"


def test_more_people_are_asked_and_taken_out_again(company, as_person, to_sign):
    task_id = to_sign()
    ada = as_person("ada")

    ada.post(f"/tasks/{task_id}/moves/add_sign", people="olga", how="parallel", reason="it is her process")
    assert voters(company, task_id)["olga"] == ballots.OPEN
    assert "0 of 4 agreed" in words(ada.get(f"/tasks/{task_id}").text)

    ada.post(f"/tasks/{task_id}/moves/remove_sign", people="olga")
    assert voters(company, task_id)["olga"] == ballots.VOID
    assert "0 of 3 agreed" in words(ada.get(f"/tasks/{task_id}").text)


def test_an_opinion_is_asked_for_and_comes_back(company, as_person, to_sign):
    task_id = to_sign()
    ada = as_person("ada")

    ada.post(f"/tasks/{task_id}/moves/delegate", people="ivan", reason="you know the part")
    assert "is asked later" in words(ada.get(f"/tasks/{task_id}").text)
    assert "Ivan has not answered yet (gives an opinion only)" in words(ada.get(f"/tasks/{task_id}").text)

    as_person("ivan").post(f"/tasks/{task_id}/ballots", answer="yes", comment="fine")
    assert voters(company, task_id)["ada"] == ballots.OPEN


def test_a_copy_is_sent_and_a_reminder_only_once_an_hour(company, as_person, proposed):
    task_id = proposed()
    ines = as_person("ines")

    as_person("mara").post(f"/tasks/{task_id}/moves/copy", people="yun")
    with company.read() as connection:
        assert copies.is_copied(connection, task_id, "yun")

    ines.post(f"/tasks/{task_id}/moves/urge", reason="the customer is waiting")
    assert "You have urged this at 2 Mar 2026, 09:00:00 (GMT+08:00)" in words(ines.post(f"/tasks/{task_id}/moves/urge", 409).text)


def test_sending_back_asks_what_follows_the_rework(company, as_person, to_sign):
    task_id = to_sign()
    ada = as_person("ada")
    page = ada.get(f"/tasks/{task_id}/moves/reject")
    assert "the steps in between are gone through again" in words(page.text)
    assert "Has to be done again: " in words(page.text)

    ada.post(f"/tasks/{task_id}/moves/reject", target="propose", afterwards="resume", reason="the date is wrong")

    assert find_task(company, task_id).state == "cancelled"


def test_leaving_a_move_leads_back_to_the_list_it_was_opened_from(as_person, proposed):
    page = as_person("mara").get(f"/tasks/{proposed()}/moves/transfer?back=/inbox?box%3Dmine%26q%3DKS").text
    assert 'href="/inbox?box=mine&amp;q=KS">Leave it as it is' in page


def test_a_move_on_what_somebody_has_handled_says_by_whom(company, as_person, proposed):
    task_id = proposed()
    mara = as_person("mara")
    mara.post(f"/tasks/{task_id}/completion", outcome="approved")
    assert "You have done this" in words(mara.get(f"/tasks/{task_id}/moves/transfer").text)
