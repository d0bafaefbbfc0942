"""Every move that cannot be, on the page and by the programming interface alike: a sentence, and nothing has changed."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from kesu.engine import ballots, clock, deputies, history, identity, instances, runtime, tokens, user_tasks
from kesu.engine.database import metadata
from tests.webui.conftest import Reader, find_task
from tests.webui.pages import words

ASIDE = {"tokens", "sign_ins", "commands"}  # rows that asking alone may leave


@pytest.fixture
def call(company, app):
    """Call the interface as somebody; returns the answer."""

    def send(path, login, headers=None, **body):
        with company.write() as connection:
            token = tokens.issue(connection, login, at=clock.now())
        return app.test_client().post(path, headers={"Authorization": f"Bearer {token}", **(headers or {})}, json=body)

    return send


@pytest.fixture
def refused(company, app, call):
    """Ask for a move on the page and by the interface; both say the sentence, and no row of any table changes."""

    def ask(task, login, move, sentence, *, page=409, api=409, seen=None, page_says=None, **form):
        reader = Reader(app)
        reader.sign_in(login)
        before = rows(company)
        answer = reader.post(f"/tasks/{task}/moves/{move}", page, **form, **({"seen": seen} if seen else {}))
        shown = answer if page != 303 else reader.get(answer.location)
        assert (page_says or sentence) in words(shown.text), words(shown.text)[:1500]
        body = {name: [value] if name == "people" else value for name, value in form.items()}
        told = call(f"/api/v1/user-tasks/{task}/moves", login, {"If-Match": f'"{seen}"'} if seen else None, move=move, **body)
        assert (told.status_code, told.content_type) == (api, "application/problem+json") and sentence in told.json["detail"], told.json
        assert rows(company) == before

    return ask


def rows(db):
    """Return everything that is kept, but for what asking leaves."""
    with db.read() as connection:
        tables = [table for name, table in sorted(metadata.tables.items()) if name not in ASIDE]
        return {table.name: [tuple(map(repr, row)) for row in connection.execute(select(table)).all()] for table in tables}


def test_a_stale_page_moves_nothing(company, refused, proposed):
    task = proposed()
    seen = find_task(company, task).version
    with company.write() as connection:
        user_tasks.touch(connection, find_task(company, task), priority=10)
    refused(task, "mara", "transfer", "has changed since you opened it", people="bo", seen=seen)


def test_a_target_that_is_not_legal_is_refused_with_those_that_are(refused, to_sign):
    refused(to_sign(), "ada", "reject", "Expected one of the steps this can go back to", page=303, api=409, target="begin", reason="no")


def test_nothing_is_passed_on_to_oneself(refused, proposed):
    refused(proposed(), "mara", "transfer", "Mara has it already", people="mara")


def test_nothing_is_passed_on_to_somebody_who_is_away(company, refused, proposed, turned):
    deputies.appoint(company, "bo", "ada", begins_at=turned.now(), ends_at=turned.now() + timedelta(days=2), actor="bo")
    refused(proposed(), "mara", "transfer", "Bo is away until 2026-03-04; Ada acts for them", people="bo")


def test_nothing_is_passed_on_to_a_voter_of_the_same_round(refused, to_sign):
    refused(to_sign(), "ada", "transfer", "Bo has a ballot in this round already", people="bo")


def test_the_last_one_asked_is_not_taken_out_of_a_round(company, refused, to_sign):
    task = to_sign()
    for login in ("ada", "bo"):
        runtime.move(company, task, actor="root", move="remove_sign", people=[login])
    refused(task, "root", "remove_sign", "Mara is the last one asked", people="mara")


def test_an_opinion_is_not_asked_for_in_a_circle(company, refused, to_sign):
    task = to_sign()
    runtime.move(company, task, actor="ada", move="delegate", people=["ivan"])
    refused(task, "ivan", "delegate", "That would go in a circle: Ada is waiting for your own answer", people="ada")


def test_a_case_that_is_over_is_not_sent_back(company, refused, to_sign):
    task = to_sign()
    for login in ("ada", "bo", "mara"):
        runtime.vote(company, task, actor=login, answer="yes")
    refused(task, "mara", "reject", "already handled by Mara", page=303, page_says="You have done this", target="propose", reason="too late")


def test_a_step_that_somebody_else_has_done_says_who(company, refused, proposed):
    task = proposed()
    runtime.complete(company, task, actor="mara", outcome="approved")
    refused(task, "root", "reject", "already handled by Mara", page=303, page_says="Already handled by Mara", target="propose", reason="too late")


@pytest.mark.parametrize("way", ["page", "api"])
def test_of_two_clicks_at_once_one_counts_and_the_other_reads_who_was_first(company, app, call, proposed, way):
    task = proposed()
    instance = find_task(company, task).instance_id
    readers = [Reader(app), Reader(app)]
    for reader in readers:
        reader.sign_in("mara")
    forms = [{"csrf_token": reader.token(), "outcome": outcome, "comment": "so be it", "key": outcome}
             for reader, outcome in zip(readers, ("approved", "rejected"), strict=True)]

    def press(number):
        if way == "page":
            answer = readers[number].browser.post(f"/tasks/{task}/completion", data=forms[number])
            return words(readers[number].get(answer.location).text)
        return str(call(f"/api/v1/user-tasks/{task}/completion", "mara", outcome=forms[number]["outcome"], comment="so be it").json)

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(press, (0, 1)))
    with company.read() as connection:
        done = [event for event in history.of_instance(connection, instance) if event["kind"] == "task_completed" and event["element_id"] == "decide"]
        assert len(done) == 1 and history.verify(connection, instance).intact
        assert instances.find(connection, instance).state == "active"
    second = "You have done this" if way == "page" else "already handled by Mara"
    assert sum(second in each for each in said) == 1, said


def test_the_same_click_twice_at_once_is_one_ballot(company, app, to_sign):
    task = to_sign()
    reader = Reader(app)
    reader.sign_in("ada")
    form = {"csrf_token": reader.token(), "answer": "yes", "key": "one-press"}
    with ThreadPoolExecutor(2) as pool:
        codes = [answer.status_code for answer in pool.map(lambda _: reader.browser.post(f"/tasks/{task}/ballots", data=form), (0, 1))]
    with company.read() as connection:
        cast = [event for event in history.of_instance(connection, find_task(company, task).instance_id) if event["kind"] == "ballot_cast"]
        assert codes == [303, 303] and len(cast) == 1
        assert {each.voter: each.state for each in ballots.of_task(connection, task)} == {"ada": "yes", "bo": "open", "mara": "open"}


@pytest.mark.parametrize(("to", "said"), [("bo", "Bo is of another department, so a reason is needed"), ("gao", "Expected a note for Gao")])
def test_nothing_is_passed_on_without_a_word(company, refused, proposed, to, said):
    with company.write() as connection:
        identity.add_person(connection, "gao", at=clock.now(), groups=["management"], name="Gao", name_en="Gao", locale="en")
    refused(proposed(), "mara", "transfer", said, people=to, page=422, api=422)


def test_the_story_says_from_where_to_where_work_was_passed_on(call, as_person, proposed):
    task = proposed("KS-1")
    page = as_person("mara").get(f"/tasks/{task}/moves/transfer").text
    assert re.search(r'<textarea[^>]* name="reason"[^>]* required', page)
    call(f"/api/v1/user-tasks/{task}/moves", "mara", move="transfer", people=["bo"], reason="a question of law")
    for language, told in (("en", "passed on from Management to Legal"), ("zh", "由management转给legal，时限不变")):
        story = words(as_person("bo").get(f"/tasks/{task}?lang={language}").text)
        assert told in story and "a question of law" in story
