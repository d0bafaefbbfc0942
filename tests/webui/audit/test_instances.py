"""Auditors read a case in order: who, what, when, why, before and after; and whether the record is as it was written."""

import csv
import io
import json

import pytest

from kesu.engine import claims, history, runtime
from tests.webui.conftest import open_task
from tests.webui.pages import words


@pytest.fixture
def case(company, begun):
    """A case that was proposed by Ivan and rejected by Mara; returns the instance's id."""
    first = begun("KS-2026-000007", amount=100)
    claims.claim(company, first, actor="ivan")
    moved = runtime.complete(company, first, actor="ivan", submission={"cause": "cracked housing", "remedy": "refund", "amount": 120})
    runtime.complete(company, open_task(company, moved.instance_id), actor="mara", outcome="rejected", comment="too little; talk again")
    return moved.instance_id


@pytest.fixture
def auditor(as_person):
    """Yun at her browser."""
    return as_person("yun")


def test_cases_are_found_by_part_of_their_reference(case, begun, auditor):
    begun("KS-2026-000008")
    page = words(auditor.get("/instances?q=000007").text)
    assert "KS-2026-000007" in page and "KS-2026-000008" not in page


def test_a_percent_sign_is_looked_for_as_such(case, auditor):
    assert "No case fits" in words(auditor.get("/instances?q=%25").text)


def test_cases_are_narrowed_by_process_version_and_state(case, auditor):
    assert "KS-2026-000007" in words(auditor.get("/instances?key=small&version=1&state=active").text)
    assert "No case fits" in words(auditor.get("/instances?state=completed").text)


def test_the_history_says_who_did_what_why_with_before_and_after(case, auditor):
    page = words(auditor.get(f"/instances/{case}").text)
    assert "Ivan" in page and "Propose a remedy" in page and "100 → now 120" in page
    assert "too little; talk again" in page and "rejected" in page
    assert page.index("Case started") < page.index("Taken on") < page.index("too little; talk again")


def test_fields_are_called_as_on_their_form_and_times_carry_their_year(case, auditor):
    page = words(auditor.get(f"/instances/{case}").text)
    assert "Remedy" in page and "2 Mar 2026" in page and "Amount 100" in page
    assert "金额 100" in words(auditor.get(f"/instances/{case}?lang=zh").text)


def test_the_diagram_is_opened_where_the_case_stands(case, auditor):
    assert 'data-focus="propose"' in auditor.get(f"/instances/{case}").text


def test_the_steps_of_the_machinery_are_shown_on_wish(case, auditor):
    assert "Connection taken" not in words(auditor.get(f"/instances/{case}").text)
    assert "Connection taken" in words(auditor.get(f"/instances/{case}?steps=all").text)


def test_an_intact_chain_is_said_to_hold(case, auditor):
    assert "The chain of hashes holds." in words(auditor.get(f"/instances/{case}").text)


def test_a_changed_event_breaks_the_chain_in_sight(company, case, auditor):
    with company.write() as connection:
        third = (history.history.c.instance_id == case) & (history.history.c.sequence == 3)
        connection.execute(history.history.update().where(third).values(actor="mallory"))
    assert "broken at event 3" in words(auditor.get(f"/instances/{case}").text)


def test_the_json_file_can_be_checked_by_anybody(case, auditor):
    told = json.loads(auditor.get(f"/instances/{case}/history.json").data)
    assert told["chain"]["intact"] and told["chain"]["length"] == len(told["events"])
    assert told["events"][-1]["hash"] == told["chain"]["head"]


def test_the_csv_file_holds_every_event(case, auditor):
    answer = auditor.get(f"/instances/{case}/history.csv")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [int(row["sequence"]) for row in rows] == list(range(1, len(rows) + 1))
    assert any(row["reason"] == "too little; talk again" and row["actor"] == "Mara" for row in rows)


def test_a_formula_in_a_comment_does_not_run_in_a_spreadsheet(company, begun, auditor):
    task = begun("KS-2")
    claims.claim(company, task, actor="ivan")
    moved = runtime.complete(company, task, actor="ivan", submission={"cause": "x", "remedy": "repair"}, comment='=HYPERLINK("http://x")')
    assert "'=HYPERLINK" in auditor.get(f"/instances/{moved.instance_id}/history.csv").data.decode("utf-8-sig")


def test_the_page_speaks_chinese(case, auditor):
    page = words(auditor.get(f"/instances/{case}?lang=zh").text)
    assert "哈希链完整" in page and "提出方案" in page and "伊凡" in page


def test_a_case_that_is_not_there_is_said_in_a_sentence(auditor):
    assert "there is none with id 99" in words(auditor.get("/instances/99", status=404).text)


@pytest.mark.parametrize("login", ["otto", "ines", "ivan"])
@pytest.mark.parametrize("path", ["", "/history.json", "/history.csv"])
def test_others_do_not_read_histories(case, as_person, login, path):
    as_person(login).get(f"/instances/{case}{path}", status=403)
