"""The words of a case are those it has now, whoever changed what, on either database."""

import pytest

from kesu.complaints import cases, complainants
from kesu.complaints.case_words import matching
from kesu.complaints.complainants import Contact
from tests.conftest import MONDAY


@pytest.fixture
def filed(db):
    """A case of Carol's about a lid."""
    with db.write() as connection:
        carol = complainants.keep(connection, Contact("Carol 王"), at=MONDAY, trusted=True)
        cases.insert(connection, "KS-1", at=MONDAY, channel="phone", received_by="ines", title="The LID leaks 外壳", description="d", batch="B77",
                     details={}, complainant_id=carol, safety=False, vip=False, cycle=1, version=1)
    return carol


def found(db, words):
    with db.read() as connection:
        return list(connection.execute(matching(words)).scalars())


@pytest.mark.parametrize("words", ["lid LEAKS", "外壳", "b77", "carol", "王", "ks-1"])
def test_a_case_is_found_by_any_part_of_its_words_however_they_are_written(db, filed, words):
    assert found(db, words) == ["KS-1"]


def test_a_change_and_a_new_name_are_found_at_once_and_the_old_ones_no_more(db, filed):
    with db.write() as connection:
        cases.set_columns(connection, "KS-1", title="Runs cold")
        complainants.change(connection, filed, {"name": "Carola"})

    assert found(db, "runs") == found(db, "carola") == ["KS-1"]
    assert found(db, "lid") == found(db, "王") == []
