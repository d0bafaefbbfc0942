"""Several tasks at once: what will happen to each is said first, each is done on its own, and each refusal has its sentence."""

import re
from html import unescape

from kesu.engine import claims, runtime, user_tasks
from tests.webui.conftest import find_task, open_task
from tests.webui.pages import words


def query(ids, act="approve", back="/inbox?box=mine"):
    """Return the address of the page that asks for confirmation."""
    return f"/inbox/batches/{act}?" + "&".join([*(f"task={each}" for each in ids), f"back={back}"])


def send(reader, page, act, **fields):
    """Press the button of that page."""
    given = {name: unescape(re.search(rf'name="{name}" value="([^"]*)"', page.text).group(1)) for name in ("key", "back")}
    data = {"task": re.findall(r'name="task" value="(\d+)"', page.text), **given, **fields}
    return reader.post(f"/inbox/batches/{act}", 200, **data)


def test_the_confirmation_lists_each_task_with_what_happens_next_and_changes_nothing(company, as_person, proposed):
    first, second = proposed("KS-1"), proposed("KS-2")

    page = as_person("mara").get(query([first, second]))

    text = words(page.text)
    assert "Nothing has happened yet." in text
    assert text.count("then: Countersign it: Ada, Bo, and Mara") == 2 or text.count("then: Countersign it: Ada, Bo and Mara") == 2
    assert "Approve 2 tasks" in text
    assert find_task(company, first).is_open and find_task(company, second).is_open


def test_decisions_are_approved_together_with_one_reason(company, as_person, proposed):
    ids = [proposed("KS-1"), proposed("KS-2")]
    mara = as_person("mara")

    done = send(mara, mara.get(query(ids)), "approve", reason="all below the limit")

    assert "Approved: 2 of 2" in words(done.text)
    assert [find_task(company, each).outcome for each in ids] == ["approved", "approved"]
    assert "all below the limit" in words(mara.get(f"/tasks/{ids[0]}").text)


def test_what_changed_in_between_is_refused_with_its_sentence_and_stops_nothing(company, as_person, proposed):
    ids = [proposed("KS-1"), proposed("KS-2")]
    mara = as_person("mara")
    page = mara.get(query(ids))
    runtime.complete(company, ids[0], actor="root", outcome="rejected")

    done = send(mara, page, "approve")

    text = words(done.text)
    assert "Approved: 1 of 2" in text
    assert "Not done Decide on it KS-1 Already handled by Root at 09:00" in text
    assert find_task(company, ids[0]).outcome == "rejected"
    assert find_task(company, ids[1]).outcome == "approved"


def test_pressing_twice_counts_once(company, as_person, proposed):
    task_id = proposed("KS-1")
    mara = as_person("mara")
    page = mara.get(query([task_id]))
    send(mara, page, "approve")

    again = send(mara, page, "approve")

    assert "You have done this, at 09:00." in words(again.text)
    with company.read() as connection:
        assert len(user_tasks.of_instance(connection, find_task(company, task_id).instance_id)) == 3


def test_tasks_of_two_steps_are_not_approved_together(company, as_person, proposed, to_sign):
    decision, vote = proposed("KS-1"), to_sign("KS-2")
    mara = as_person("mara")

    page = mara.get(query([decision, vote]))

    assert "Only tasks of one step can be approved together; these are of 2: Decide on it, Countersign it." in words(page.text)
    assert 'data-does="confirm"' not in page.text
    mara.post("/inbox/batches/approve", 200, task=[str(decision), str(vote)])
    assert find_task(company, decision).is_open


def test_votes_are_answered_together(company, as_person, to_sign):
    ids = [to_sign("KS-1"), to_sign("KS-2")]
    runtime.vote(company, ids[1], actor="ada", answer="yes")
    ada = as_person("ada")

    page = ada.get(query(ids))
    assert "then, if the vote passes:" in words(page.text)
    done = send(ada, page, "approve")

    assert "Approved: 2 of 2" in words(done.text)
    assert "1 of 3 agreed" in words(as_person("bo").get("/inbox").text)


def test_a_form_with_something_owed_is_left_to_its_own_page(company, as_person, begun):
    task_id = begun("KS-1")
    claims.claim(company, task_id, actor="ivan")

    page = as_person("ivan").get(query([task_id]))

    assert "This step asks for no approval. Open it by itself." in words(page.text)


def test_nobody_approves_what_is_not_theirs(company, as_person, proposed):
    task_id = proposed("KS-1")

    seen = as_person("root").get(query([task_id]))
    assert 'data-does="confirm"' in seen.text
    page = as_person("yun").get(query([task_id]))
    assert "Decide on it is with Mara, so only they can do it." in words(page.text)
    as_person("yun").post("/inbox/batches/approve", 200, task=str(task_id))
    assert find_task(company, task_id).is_open


def test_an_outsider_does_not_even_see_the_names(company, as_person, proposed):
    task_id = proposed("KS-1")
    otto = as_person("otto")

    page = otto.get(query([task_id, 99999]))

    assert "Decide on it" not in page.text
    assert "Choose at least one task." in words(page.text)
    assert "0 of 0" in words(otto.post("/inbox/batches/approve", 200, task=str(task_id)).text)
    otto.get("/inbox/batches/delete", 404)


def test_work_is_claimed_and_put_back_together(company, as_person, begun):
    ids = [begun("KS-1"), begun("KS-2")]
    claims.claim(company, ids[1], actor="ada")
    ivan = as_person("ivan")

    page = ivan.get(query(ids, "claim"))
    assert "Claim 1 task" in words(page.text)
    assert "Ada has already claimed it" in words(page.text)
    send(ivan, page, "claim")
    assert find_task(company, ids[0]).assignee == "ivan"

    done = send(ivan, ivan.get(query(ids[:1], "release")), "release")
    assert "Put back: 1 of 1" in words(done.text)
    assert find_task(company, ids[0]).assignee is None


def test_work_is_passed_on_together_with_a_reason(company, as_person, proposed):
    ids = [proposed("KS-1"), proposed("KS-2")]
    mara = as_person("mara")
    page = mara.get(query(ids, "transfer"))

    nobody = mara.post("/inbox/batches/transfer", 422, task=[str(each) for each in ids], reason="leave")
    assert "Choose to whom." in words(nobody.text)
    unsaid = mara.post("/inbox/batches/transfer", 422, task=[str(each) for each in ids], people="bo", reason=" ")
    assert "Say why you pass them on" in words(unsaid.text)
    done = send(mara, page, "transfer", people="bo", reason="I am on leave")

    assert "Passed on: 2 of 2" in words(done.text)
    assert "Passed on to Bo" in words(done.text)
    assert [find_task(company, each).assignee for each in ids] == ["bo", "bo"]
    assert open_task(company, find_task(company, ids[0]).instance_id) == ids[0]


def test_a_colleague_who_cannot_take_it_is_refused_for_each_in_a_sentence(company, as_person, to_sign):
    ids = [to_sign("KS-1")]
    ada = as_person("ada")

    done = send(ada, ada.get(query(ids, "transfer")), "transfer", people="bo", reason="on leave")

    assert "Passed on: 0 of 1" in words(done.text)
    assert "Bo has a ballot in this round already" in words(done.text)


def test_a_batch_speaks_chinese_too(as_person, proposed):
    page = as_person("mara").get(query([proposed("KS-1")]) + "&lang=zh")

    assert "尚未执行任何操作" in words(page.text)
