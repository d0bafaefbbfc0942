"""Approve or reject by the link of a mail: opening asks, posting answers once; whatever has changed meanwhile is a sentence, nothing happens."""

import re
from datetime import timedelta

import pytest

from kesu.complaints import announcements, answer_links, arrivals, mails
from kesu.engine import ballots, deputies, identity, notifications, runtime
from tests.webui.conftest import Reader, find_task
from tests.webui.pages import words

LINK = re.compile(r"(?:Approve|Reject): http://[^/]+(/answers/\S+)")


@pytest.fixture
def links(company, app):
    """Return the (yes, no) links that somebody was sent about what has just been opened."""
    before = notifications.plug(announcements.tell)
    arrivals.tell_new(company)
    with company.write() as connection:
        for login in ("mara", "ada", "bo"):
            connection.execute(identity.people.update().where(identity.people.c.login == login).values(email=f"{login}@kesu.example"))

    def sent(login: str) -> tuple[str, str]:
        arrivals.tell_new(company)
        with company.read() as connection:
            mine = [mail for mail in mails.latest(connection) if mail.to_address == f"{login}@kesu.example"]
        return tuple(LINK.findall(mine[0].body))

    yield sent
    notifications.plug(before)


def outcome(db, task_id):
    task = find_task(db, task_id)
    return task.state, task.outcome, task.ended_by


def test_opening_the_link_changes_nothing_and_says_what_it_would_do(company, links, proposed, reader):
    task = proposed()
    yes, no = links("mara")
    page = words(reader.get(yes).text)
    assert "Approve: Decide on it" in page and "You answer as Mara." in page and "Nothing has been decided yet." in page
    assert "Countersign it: Ada, Bo and Mara" in page and "loose bolt" in page
    assert "Reject: Decide on it" in words(reader.get(no).text)
    reader.get(f"{yes}?lang=zh")
    reader.browser.head(yes)
    assert outcome(company, task) == ("claimed", None, None)


def test_the_answer_counts_once_and_the_link_is_used_up(company, links, proposed, reader):
    task = proposed()
    yes, no = links("mara")
    done = reader.browser.get(reader.post(yes, comment="fine by me").location)
    assert done.status_code == 410 and "Your answer has been taken down" in words(done.text)
    assert outcome(company, task) == ("completed", "approved", "mara")
    assert "You have used this link on 2 Mar 2026" in words(reader.post(yes, 410).text)
    assert "was already handled by Mara" in words(reader.post(no, 409, comment="no").text)


def test_a_rejection_needs_a_reason_on_the_page_of_the_link_too(company, links, proposed, reader):
    task = proposed()
    _yes, no = links("mara")
    assert "Say why" in words(reader.post(no, 422, comment=" ").text)
    assert outcome(company, task)[0] == "claimed"
    reader.post(no, comment="the price is too high")
    assert outcome(company, task) == ("completed", "rejected", "mara")


def test_a_vote_is_cast_by_link_and_only_ones_own(company, links, to_sign, app):
    task = to_sign()
    for login in ("ada", "bo"):
        Reader(app).post(links(login)[0])
    with company.read() as connection:
        assert {each.voter: each.state for each in ballots.of_task(connection, task)} == {"ada": "yes", "bo": "yes", "mara": "open"}
    assert "You have used this link" in words(Reader(app).get(links("ada")[0], 410).text)
    assert "You have answered this already" in words(Reader(app).get(links("ada")[1], 409).text)


def test_a_link_runs_out(company, links, proposed, reader, turned):
    task = proposed()
    yes, _no = links("mara")
    turned.advance(answer_links.LIFETIME + timedelta(seconds=1))
    assert "This link was good until 9 Mar 2026" in words(reader.get(yes, 410).text)
    reader.post(yes, 410)
    assert outcome(company, task)[0] == "claimed"


@pytest.mark.parametrize("spoil", [lambda link: link[:-3], lambda link: link + "x", lambda link: "/answers/nonsense",
                                   lambda link: link.replace(".", "x")])
def test_a_link_that_is_not_whole_is_none(company, links, proposed, reader, spoil):
    task = proposed()
    assert "none of ours" in words(reader.get(spoil(links("mara")[0]), 404).text)
    reader.post(spoil(links("mara")[0]), 404)
    assert outcome(company, task)[0] == "claimed"


def test_what_is_in_other_hands_now_is_not_decided_by_an_old_mail(company, links, proposed, reader):
    task = proposed()
    yes, _no = links("mara")
    runtime.transfer(company, task, actor="mara", to="bo", reason="theirs")
    assert "Decide on it has changed hands" in words(reader.get(yes, 409).text)
    reader.post(yes, 409)
    assert outcome(company, task)[0] == "claimed" and links("bo")


def test_somebody_who_has_left_decides_nothing_by_an_old_mail(company, links, proposed, reader):
    task = proposed()
    yes, _no = links("mara")
    with company.write() as connection:
        connection.execute(identity.people.update().where(identity.people.c.login == "mara").values(active=False))
    assert "no longer works here" in words(reader.get(yes, 403).text)
    reader.post(yes, 403)
    assert outcome(company, task)[0] == "claimed"


def test_a_deputy_answers_on_behalf_until_the_deputy_is_another(company, links, proposed, reader, turned):
    appointed = deputies.appoint(company, "mara", "bo", begins_at=turned.now(), ends_at=turned.now() + timedelta(days=3), actor="mara")
    task = proposed("KS-1")
    yes, _no = links("bo")
    assert "You answer as Bo. On behalf of Mara." in words(reader.get(yes).text)
    deputies.end(company, appointed.id, actor="mara")
    assert "You no longer act for Mara" in words(reader.get(yes, 409).text)
    reader.post(yes, 409)
    assert outcome(company, task)[0] == "claimed"


def test_a_suspended_or_ended_case_and_another_persons_browser_are_told_so(company, links, proposed, as_person):
    task = proposed()
    yes, _no = links("mara")
    assert "you are signed in as somebody else" in words(as_person("ada").get(yes, 403).text)
    instance = find_task(company, task).instance_id
    runtime.suspend(company, instance, actor="mara")
    mara = as_person("mara")
    assert "is suspended" in words(mara.get(yes, 409).text)
    runtime.activate(company, instance, actor="mara")
    mara.get(yes)
    runtime.cancel(company, instance, actor="ines")
    mara.post(yes, 409)


def test_a_step_that_asks_for_more_than_yes_or_no_carries_no_link(company, links, begun):
    task = begun()
    runtime.transfer(company, task, actor="root", to="ada", reason="theirs")
    assert links("ada") == ()


def test_colleagues_who_read_the_mail_page_do_not_get_the_link(company, links, proposed, as_person):
    proposed()
    yes, _no = links("mara")
    with company.read() as connection:
        mail = mails.latest(connection)[0]
    assert yes not in as_person("ines").get(f"/mails/{mail.id}").text and "/answers/…" in as_person("ines").get(f"/mails/{mail.id}").text
    assert yes in as_person("mara").get(f"/mails/{mail.id}").text


def test_who_is_asked_is_written_to_once_and_shared_lists_write_to_nobody(company, links, to_sign, begun):
    begun("KS-9")
    to_sign()
    assert arrivals.tell_new(company) == 3
    assert arrivals.tell_new(company) == 0
