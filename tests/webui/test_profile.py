"""The profile: deputies for a time, which mails one wants, the time zone; and handing over the work of somebody who leaves."""

from datetime import timedelta

import pytest

from kesu.complaints import mail_wishes, profiles
from kesu.engine import ballots, deputies
from tests.webui.conftest import find_task
from tests.webui.pages import words


def appointments(db, login):
    with db.read() as connection:
        return [(each.deputy, each.begins_at.isoformat(), each.ends_at.isoformat()) for each in deputies.of_person(connection, login)]


def test_a_deputy_gets_the_new_work_of_the_days_named_and_acts_on_behalf(company, as_person, proposed, turned):
    as_person("mara").post("/profile/deputies", principal="mara", deputy="bo", begins="2026-03-03", ends="2026-03-04")
    assert appointments(company, "mara") == [("bo", "2026-03-02T16:00:00+00:00", "2026-03-04T16:00:00+00:00")]
    assert find_task(company, proposed("KS-1")).assignee == "mara"
    turned.advance(timedelta(days=1))
    task = find_task(company, proposed("KS-2"))
    assert (task.assignee, task.on_behalf_of) == ("bo", "mara")
    assert "away now" in words(as_person("mara").get("/profile").text)
    assert "You act for Mara from 3 Mar 2026, 00:00:00 (GMT+08:00) to 5 Mar 2026, 00:00:00" in words(as_person("bo").get("/notices").text)


def test_nothing_can_be_passed_on_to_somebody_who_is_away_and_the_picker_says_so(company, as_person, proposed):
    as_person("bo").post("/profile/deputies", deputy="ada", begins="2026-03-02", ends="2026-03-06")
    mara, task = as_person("mara"), proposed()
    assert "Bo (away until 6 Mar, Ada acts)" in words(mara.get(f"/tasks/{task}/moves/transfer").text)
    assert "Bo is away until" in words(mara.post(f"/tasks/{task}/moves/transfer", 409, people="bo").text)
    assert find_task(company, task).assignee == "mara"


@pytest.mark.parametrize(("sent", "status", "sentence"), [
    ({"deputy": "ada"}, 409, "nobody is their own deputy"), ({"deputy": "nobody"}, 422, "Expected an active person"),
    ({"deputy": "bo", "begins": "soon"}, 422, "the first and the last day as dates"),
    ({"deputy": "bo", "begins": "9999-12-31", "ends": "9999-12-31"}, 422, "the first and the last day as dates"),
    ({"deputy": "bo", "begins": "2026-03-06"}, 422, "ends after it begins"), ({"deputy": "bo", "principal": "mara"}, 403, "may say who acts for")])
def test_an_appointment_that_cannot_be_says_why_and_keeps_nothing(company, as_person, sent, status, sentence):
    answer = as_person("ada").post("/profile/deputies", status, **{"begins": "2026-03-03", "ends": "2026-03-04", **sent})
    assert sentence in words(answer.text) and appointments(company, "ada") == [] == appointments(company, "mara")


def test_a_circle_of_deputies_is_refused_and_an_appointment_can_be_ended(company, as_person):
    ada, bo = as_person("ada"), as_person("bo")
    ada.post("/profile/deputies", deputy="bo", begins="2026-03-02", ends="2026-03-06")
    assert "That would go in a circle: at the same time Bo would act for Ada." in words(
        bo.post("/profile/deputies", 409, deputy="ada", begins="2026-03-04", ends="2026-03-09").text)
    assert [deputy for deputy, *_ in appointments(company, "bo")] == ["bo"]
    bo.post("/profile/deputies/1", 403, method="DELETE")
    ada.post("/profile/deputies/1", method="DELETE")
    bo.post("/profile/deputies", deputy="ada", begins="2026-03-04", ends="2026-03-09")


def test_wishes_about_mails_and_the_time_zone_are_kept_and_the_pages_follow_it(company, as_person, to_sign):
    ada, task = as_person("ada"), to_sign()
    ada.post("/profile/mail", method="PUT", work="daily", urge="never", digest_hour="7", time_zone="Europe/London")
    with company.read() as connection:
        assert mail_wishes.of_person(connection, "ada") == {
            "work": "daily", "deadline": "immediately", "urge": "never", "escalation": "immediately", "copy": "immediately"}
        assert profiles.of_person(connection, "ada") == profiles.Profile("ada", "Europe/London", 7)
    assert "01:00" in words(ada.get(f"/tasks/{task}").text) and "09:00" in words(as_person("bo").get(f"/tasks/{task}").text)


@pytest.mark.parametrize("sent", [{"work": "weekly"}, {"time_zone": "Mars/Olympus"}, {"digest_hour": "24"}, {"digest_hour": "x", "work": ""}])
def test_a_wish_that_nobody_offered_is_refused_whole(company, as_person, sent):
    as_person("ada").post("/profile/mail", 422, method="PUT", **{"copy": "never", "digest_hour": "8", **sent})
    with company.read() as connection:
        assert set(mail_wishes.of_person(connection, "ada").values()) == {"immediately"}


def test_everything_of_one_person_goes_to_another_after_a_preview_that_changes_nothing(company, as_person, proposed, to_sign):
    decision, vote = proposed("KS-1"), to_sign("KS-2")
    root = as_person("root")
    page = words(root.get("/handovers/new?leaver=mara&to=ines").text)
    assert page.count("changes hands") == 2 and "Decide on it" in page and "Countersign it" in page
    assert find_task(company, decision).assignee == "mara"
    blocked = words(root.get("/handovers/new?leaver=mara&to=ada").text)
    assert "Ada has a ballot in this round already" in blocked
    root.post("/handovers", leaver="mara", to="ines", reason="she leaves on Friday")
    assert find_task(company, decision).assignee == "ines"
    with company.read() as connection:
        assert {each.voter for each in ballots.of_task(connection, vote)} == {"ada", "bo", "ines"}
    assert "has no open work" in words(root.get("/handovers/new?leaver=mara&to=ines").text)


def test_what_cannot_change_hands_stays_and_is_named(company, as_person, proposed, to_sign):
    decision, _vote = proposed("KS-1"), to_sign("KS-2")
    page = words(as_person("root").post("/handovers", 200, leaver="mara", to="ada").text)
    assert "1 of 2 pieces of work have changed hands" in page and "Ada has a ballot in this round already" in page
    assert find_task(company, decision).assignee == "ada"


def test_only_those_who_run_the_place_hand_over_and_nonsense_is_a_sentence(company, as_person):
    as_person("ada").get("/handovers/new", 403)
    root = as_person("root")
    root.get("/handovers/new?lang=zh")
    assert "nobody is called" in words(root.get("/handovers/new?leaver=ghost&to=ada", 404).text)
    assert "Expected an active person" in words(root.get("/handovers/new?leaver=ada&to=ada", 422).text)
