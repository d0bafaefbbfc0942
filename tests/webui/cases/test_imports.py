"""Importing a file: every row by itself, reasons by row, and never the same row twice."""

import io

import pytest
from sqlalchemy import func, select

from kesu.complaints.cases import cases
from tests.webui.pages import words

HEADER = "name,phone,email,description,category,product\n"
GOOD = "Carol,13800001111,,The handle broke,quality,kettle\n"


def send(browser, content, status=200, name="complaints.csv"):
    data = content if isinstance(content, bytes) else content.encode()
    return words(browser.post("/imports", status=status, file=(io.BytesIO(data), name)).text)


def count(db):
    with db.read() as connection:
        return connection.execute(select(func.count()).select_from(cases)).scalar_one()


def test_rows_that_hold_are_received_and_the_others_told_why(company, as_person):
    page = send(as_person("ines"), HEADER + GOOD + "Dora,,,No way to answer,quality,kettle\n" + "Emil,13700001111,,Leaks,quality,Zeppelin\n")

    assert "1 row received" in page and "2 rows refused" in page
    assert "Please give a phone number or an e-mail address" in page
    assert "We do not make a product called “Zeppelin”." in page
    assert count(company) == 1


def test_the_corrected_file_is_sent_again_without_receiving_anything_twice(company, as_person):
    ines = as_person("ines")
    send(ines, HEADER + GOOD)
    page = send(ines, HEADER + GOOD + "Dora,13600001111,,Now with a phone,quality,kettle\n")

    assert "received before" in page and count(company) == 2


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_what_spreadsheets_write_in_china_is_read(company, as_person, encoding):
    content = (HEADER + "王小明,13800002222,,壶把手断了，很危险,quality,电水壶\n").encode(encoding)

    assert "1 row received" in send(as_person("ines"), content)
    with company.read() as connection:
        assert connection.execute(select(cases.c.description)).scalar_one() == "壶把手断了，很危险"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "Expected a CSV file"),
        (b"\xff\xfe\x00\x81", "neither UTF-8 nor GB18030"),
        (b"what,ever\n1,2\n", "Expected a first line with the names of the columns"),
        ((HEADER + GOOD * 501).encode(), "at most 500 rows"),
    ],
)
def test_a_file_that_is_none_is_refused_whole(company, as_person, content, told):
    assert told in send(as_person("ines"), content, status=422)
    assert count(company) == 0


def test_a_file_without_rows_is_told_so(as_person):
    assert "The file had no rows" in send(as_person("ines"), HEADER)


def test_the_sample_can_be_sent_as_it_is(company, as_person):
    ines = as_person("ines")
    sample = ines.get("/imports/sample.csv").data
    assert sample.startswith(b"\xef\xbb\xbf") and b"description" in sample

    assert "refused" in send(ines, sample)  # it lacks the product on purpose: the page shows what that looks like
    assert count(company) == 0


def test_only_agents_and_managers_import(as_person):
    for login in ("ivan", "yun", "otto"):
        as_person(login).get("/imports/new", status=403)
