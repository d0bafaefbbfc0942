"""The mail page and the dashboard: what went out word for word, figures that lead to their cases, tables beside charts."""

import csv
import io
import json
import re
from datetime import timedelta

from kesu.complaints import mails
from kesu.engine import clock, instances, runtime, user_tasks, worker
from tests.webui.pages import words


def test_a_mail_is_shown_word_for_word_with_what_became_of_it(company, as_person, received):
    receipt = received()
    ines = as_person("ines")
    listed = words(ines.get("/mails").text)
    assert "We have received your complaint" in listed and "carol@example.com" in listed and "no mail server is set" in listed

    with company.read() as connection:
        [mail] = mails.latest(connection, reference=receipt.reference)
    page = ines.get(f"/mails/{mail.id}").text
    assert "Dear Carol" in page and "/track/" in page


def test_the_customers_own_link_is_not_shown_once_it_has_gone_out(company, as_person, received):
    receipt = received()
    with company.write() as connection:
        [mail] = mails.latest(connection, reference=receipt.reference)
        connection.execute(mails.mails.update().values(state=mails.SENT, sent_at=clock.now()))

    page = as_person("ines").get(f"/mails/{mail.id}").text
    assert "/track/…" in page and not re.search(r"/track/[\w-]{20}", page)


def test_mail_is_for_those_who_know_the_customer(company, as_person, received):
    receipt = received()
    with company.read() as connection:
        [mail] = mails.latest(connection, reference=receipt.reference)

    assert "Dear Carol" in as_person("ivan").get(f"/mails/{mail.id}").text
    for login in ("yun", "lin", "otto"):
        as_person(login).get(f"/mails/{mail.id}", status=404)
        as_person(login).get("/mails", status=403)


def test_the_tiles_count_and_lead_to_the_cases(as_person, received, turned):
    received()
    turned.advance(timedelta(hours=30))
    received(name="Dora", email="d@example.com")
    page = as_person("mara").get("/reports").text
    tiles = re.findall(r'tile-title">([^<]+)</span><span class="tile-figure">([^<]+)<', page)

    assert tiles == [("Open", "2"), ("Overdue", "1"), ("Time limits kept", "0 %"), ("Satisfied", "–")]
    assert 'href="/cases?overdue=1"' in page


def test_a_limit_kept_counts_as_kept(company, as_person, received, turned):
    receipt = received()
    turned.advance(timedelta(hours=3))
    with company.read() as connection:
        task = user_tasks.of_instance(connection, instances.by_business_key(connection, receipt.reference).id, only_open=True)[0]
    answer = {"facts": "x", "customer_needed": "no", "department_cause": "y", "responsible": "own"}
    runtime.complete(company, task.id, actor="ivan", submission=answer)
    worker.drain(company)

    page = as_person("mara").get("/reports").text
    assert "100 %" in page
    assert "Investigation,1,0" in as_person("mara").get("/reports/limits.csv").text


def test_every_chart_has_its_numbers_as_table_and_as_csv(as_person, received):
    received()
    mara = as_person("mara")
    page = mara.get("/reports").text
    drawn = [json.loads(text) for text in re.findall(r'<script type="application/json">(.*?)</script>', page, flags=re.S)]
    tables = page.count('<details class="chart-table">')
    keys = re.findall(r'href="/reports/(\w+)\.csv', page)

    assert len(drawn) == tables >= 5 and len(keys) == len(set(keys)) == 9
    for key in keys:
        rows = list(csv.reader(io.StringIO(mara.get(f"/reports/{key}.csv").data.decode("utf-8-sig"))))
        assert len(rows[0]) >= 2 and all(len(row) == len(rows[0]) for row in rows)
    assert ["Product quality", "1"] in list(csv.reader(io.StringIO(mara.get("/reports/categories.csv").data.decode("utf-8-sig"))))


def test_a_period_is_chosen_in_the_address_and_odd_ones_are_put_right(as_person, received):
    received()
    mara = as_person("mara")

    assert "2026-03-02" in mara.get("/reports?since=2026-03-02&until=2026-03-02").text
    for odd in ("since=x&until=y", "since=2027-01-01&until=2025-01-01", "since=0001-01-01", "until=9999-12-31"):
        mara.get(f"/reports?{odd}")
    mara.get("/reports/nothing.csv", status=404)


def test_reports_are_for_managers_owners_and_auditors(as_person):
    for login, status in (("mara", 200), ("olga", 200), ("yun", 200), ("ines", 403), ("ivan", 403), ("otto", 403)):
        as_person(login).get("/reports", status=status)
        as_person(login).get("/reports/flow.csv", status=status)


def test_mails_are_narrowed_by_state_and_by_case_receiver_or_subject(company, received, as_person):
    reference = received().reference
    ines = as_person("ines")
    assert "carol@example.com" in words(ines.get(f"/mails?q={reference}").text)
    assert "carol@example.com" in words(ines.get("/mails?q=CAROL@&state=kept").text)
    for nothing in ("q=nobody", "state=refused", "q=%25"):
        assert "No mail fits" in words(ines.get(f"/mails?{nothing}").text)
