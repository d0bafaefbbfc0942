"""The case file: status words, corrections that are kept, products and warranty, the log that never shows a note to the customer."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update

from kesu.complaints import (
    cases,
    categories,
    commitments,
    contacts,
    letters,
    notices,
    products,
    receipts,
    remedies,
    reports,
    statuses,
    surveys,
)
from kesu.complaints.amounts import read
from kesu.engine import clock
from kesu.engine.errors import Conflict, Invalid, NotFound, Rejected
from tests.complaints.companies import complaint

OF_NO_CASE = ("digest", "late_backup", "late_restore_test")


@pytest.fixture
def reference(company):
    """Carol's complaint, just received."""
    return receipts.receive(company, complaint(amount="199"), channel="web").reference


def mark(db, reference, *words):
    for word in words:
        with db.write() as connection:
            statuses.mark(connection, reference, word, actor="ines", at=clock.now())


def case(db, reference):
    with db.read() as connection:
        return cases.find(connection, reference)


def test_every_step_is_kept_with_who_and_when(company, reference, turned):
    turned.advance(timedelta(hours=1))
    mark(company, reference, "in_progress", "in_progress", "resolved", "closed")
    with company.read() as connection:
        told = [(change.before, change.after) for change in statuses.history_of(connection, reference)]
    assert told == [(None, "received"), ("received", "in_progress"), ("in_progress", "resolved"), ("resolved", "closed")]
    assert case(company, reference).closed_at == case(company, reference).resolved_at == turned.now()


def test_a_closed_case_stays_closed(company, reference):
    mark(company, reference, "closed")
    with pytest.raises(Rejected, match="File a follow-up case"):
        mark(company, reference, "in_progress")


def test_going_back_from_resolved_is_a_new_cycle(company, reference):
    mark(company, reference, "resolved", "in_progress")
    assert (case(company, reference).cycle, case(company, reference).resolved_at) == (2, None)


def test_an_unknown_status_is_refused_with_the_eight_words(company, reference):
    with pytest.raises(Invalid, match="received, in_progress, .*got done"):
        mark(company, reference, "done")


def test_a_correction_keeps_before_after_and_reason(company, reference):
    with company.write() as connection:
        seen = cases.find(connection, reference).version
        changes = {"amount": Decimal("250.00"), "batch": "B7", "status": "closed"}
        cases.correct(connection, reference, changes, actor="ines", at=clock.now(), seen=seen, reason="misread")
        kept = [(change.field, change.before, change.after, change.reason) for change in cases.changes_of(connection, reference)]
    assert kept == [("amount", "199.00", "250.00", "misread"), ("batch", None, "B7", "misread")]
    assert (case(company, reference).amount, case(company, reference).status) == (Decimal("250.00"), "received")


def test_two_people_correcting_at_once_do_not_overwrite_each_other(company, reference):
    def change(seen, batch):
        with company.write() as connection:
            cases.correct(connection, reference, {"batch": batch}, actor="ines", at=clock.now(), seen=seen, reason="-")

    seen = case(company, reference).version
    change(seen, "B7")
    with pytest.raises(Conflict, match="changed by somebody else"):
        change(seen, "B8")
    assert case(company, reference).batch == "B7"


def test_a_note_among_colleagues_is_never_among_what_the_customer_reads(company, reference):
    with company.write() as connection:
        for kind in contacts.KINDS:
            contacts.log(connection, reference, kind, kind, channel="phone", actor="ines", at=clock.now())
        assert [entry.kind for entry in contacts.for_customer(connection, reference)] == ["to_customer", "from_customer"]
        assert [entry.kind for entry in contacts.for_staff(connection, reference)] == list(contacts.KINDS)
        with pytest.raises(Invalid):
            contacts.log(connection, reference, contacts.INTERNAL, "  ", channel="note", actor="ines", at=clock.now())


@pytest.mark.parametrize(
    ("bought", "months", "ends"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2025-12-15", 13, "2027-01-15"),
    ],
)
def test_warranty_ends_on_the_same_day_or_the_months_last(bought, months, ends):
    assert products.warranty_ends(date.fromisoformat(bought), months) == date.fromisoformat(ends)


def test_warranty_is_known_only_with_the_day_of_purchase(company):
    with company.read() as connection:
        assert products.in_warranty(connection, "kettle", date(2025, 3, 2), date(2026, 3, 2)) is True
        assert products.in_warranty(connection, "kettle", date(2025, 3, 1), date(2026, 3, 2)) is False
        assert products.in_warranty(connection, "kettle", None, date(2026, 3, 2)) is None


def test_a_retired_category_leaves_the_form(company):
    with company.write() as connection:
        connection.execute(update(categories.categories).where(categories.categories.c.code == "noise").values(retired=True))
        codes = [child["code"] for top in categories.tree(connection) for child in top["children"]]
    assert "noise" not in codes and "appearance" in codes


@pytest.mark.parametrize(("text", "amount"), [("1,200.505", "1200.51"), ("￥99", "99.00"), ("-1", None), ("NaN", None), ("1e40", None), ("", None)])
def test_amounts_are_read_to_the_cent_or_not_at_all(text, amount):
    assert read(text) == (Decimal(amount) if amount else None)


def test_every_letter_exists_in_both_languages_and_names_its_case():
    for template in letters.TO_CUSTOMER + letters.TO_STAFF:
        for locale in ("zh", "en"):
            letter = letters.write(template, locale, {"reference": "KS-2026-000001", "name": "Carol $name ${x}"})
            assert template in OF_NO_CASE or "KS-2026-000001" in letter.subject, "a letter is about one case"
            assert "Carol $name ${x}" in letter.body and "\n" not in letter.subject


def test_a_promise_is_open_until_it_is_kept(company, reference):
    with company.write() as connection:
        commitments.make(connection, reference, "call back", due_on=date(2026, 3, 3), key="k", actor="ines", at=clock.now())
        assert [(each.text, each.kept_at) for each in commitments.of_case(connection, reference)] == [("call back", None)]
        commitments.keep(connection, "k", at=clock.now())
        assert commitments.of_case(connection, reference)[0].kept_at == clock.now()


def test_a_notice_is_read_by_its_owner_only(company, reference):
    with company.write() as connection:
        notices.tell(connection, "ada", "copy", reference=reference, values={}, key="k", at=clock.now())
        assert not notices.tell(connection, "ada", "copy", reference=reference, values={}, key="k", at=clock.now())
        [notice] = notices.of_person(connection, "ada")
        notices.mark_read(connection, "otto", notice.id, at=clock.now())
        assert notices.unread(connection, "ada") == 1
        notices.mark_read(connection, "ada", notice.id, at=clock.now())
        assert notices.unread(connection, "ada") == 0


def test_reports_count_and_average_what_was_received(company, reference, turned):
    begin = turned.now()
    other = receipts.receive(company, complaint(title="late", category="delivery", order_number="A-1"), channel="phone", actor="ines").reference
    turned.advance(timedelta(hours=6))
    mark(company, reference, "resolved", "in_progress", "resolved")
    with company.write() as connection:
        surveys.invite(connection, other, cycle=1, at=turned.now())
        surveys.invite(connection, reference, cycle=2, at=turned.now())
        connection.execute(
            surveys.surveys.update().where(surveys.surveys.c.reference == reference).values(answered_at=turned.now(), score=4, satisfied=True)
        )
        told = reports.totals(connection, begin, turned.now())
        assert reports.counts(connection, "channel", begin, turned.now()) == [("phone", 1), ("web", 1)]
        assert reports.counts(connection, "category", turned.now(), turned.now()) == []
        assert reports.by_day(connection, begin, turned.now(), clock.now().tzinfo) == {"2026-03-02": 2}
    assert (told["received"], told["open"], told["resolved"], told["reopened"], told["mean_hours"]) == (2, 2, 1, 1, 6.0)
    assert (told["surveys_sent"], told["surveys_answered"], told["mean_score"], told["satisfied_share"]) == (2, 1, 4.0, 1.0)


def test_costs_of_different_currencies_are_never_one_sum(company, reference, turned):
    others = [receipts.receive(company, complaint(currency="EUR"), channel="web").reference for _ in range(2)]
    with company.write() as connection:
        for number, (about, amount) in enumerate([(reference, 100), (others[0], 20), (others[1], 3)]):
            row = {"reference": about, "cycle": 1, "kind": "refund", "amount": Decimal(amount), "recorded_at": turned.now(),
                   "currency": cases.find(connection, about).currency, "recorded_by": "ivan", "key": str(number), "confirmed_at": turned.now()}
            connection.execute(remedies.remedies.insert().values(**row))
        told = reports.totals(connection, clock.now() - timedelta(days=1), clock.now() + timedelta(days=1))
    assert told["costs"] == {"CNY": Decimal("100.00"), "EUR": Decimal("23.00")}


def test_a_survey_asked_again_replaces_its_link_until_it_is_answered(company, reference):
    with company.write() as connection:
        first = surveys.invite(connection, reference, cycle=1, at=clock.now())
        second = surveys.invite(connection, reference, cycle=1, at=clock.now())
        assert surveys.find(connection, second).reference == reference
        with pytest.raises(NotFound):
            surveys.find(connection, first)
