"""Importing a file: every row by itself, reasons by row, and never the same row twice."""

import io
import re

import pytest
from sqlalchemy import func, select

from kesu.complaints.cases import cases
from kesu.complaints.complainants import complainants
from tests.conftest import shared
from tests.webui.pages import words

HEADER = "name,phone,email,description,category,product\n"
GOOD = "Carol,13800001111,,The handle broke,quality,kettle\n"


def send(browser, content, status=200, name="complaints.csv"):
    """Send a file, look at its first rows, and press import."""
    seen = preview(browser, content, status, name)
    kept = re.search(r'name="kept" value="(\w+)"', seen.text)
    if status != 200 or not kept:
        return words(seen.text)
    return words(browser.post("/imports", status=200, kept=kept[1], confirmed="1").text)


def preview(browser, content, status=200, name="complaints.csv"):
    data = content if isinstance(content, bytes) else content.encode()
    return browser.post("/imports", status=status, file=(io.BytesIO(data), name))


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
        (b"\xff\xfe\x00\xd8", "is no text that can be read"),
        (b"PK\x03\x04" + bytes(50), "This is an Excel workbook"),
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

    assert "1 row received" in send(ines, sample)
    assert count(company) == 1


def test_only_agents_and_managers_import(as_person):
    for login in ("ivan", "yun", "otto"):
        as_person(login).get("/imports/new", status=403)


def test_nothing_is_taken_before_import_is_pressed(company, as_person):
    page = words(preview(as_person("ines"), HEADER + GOOD).text)
    assert "1 row was read, nothing has been taken yet." in page and "The handle broke" in page
    assert count(company) == 0


def test_the_file_of_the_faults_is_refused_or_understood_row_by_row(company, as_person):
    content = shared("faults", "inputs", "phones-from-a-spreadsheet.csv").read_bytes()
    page = send(as_person("ines"), content)
    assert "1.39E+10 is how a spreadsheet shortens a long number" in page
    assert "1 row received" in page
    with company.read() as connection:
        assert connection.execute(select(complainants.c.phone)).scalars().all() == ["13900001112"]


@pytest.mark.parametrize("mark", [";", "\t", "，"])
def test_other_separators_and_chinese_names_of_columns_are_understood(company, as_person, mark):
    lines = [["姓名", "联系 电话", "投诉内容", "是否重要客户", "购买日期"], ["王", '="013900001112"', "壶漏水", "是", "2026年2月3日"]]
    assert "1 row received" in send(as_person("ines"), "\n".join(map(mark.join, lines)))
    with company.read() as connection:
        case = connection.execute(select(cases)).one()
    assert (case.vip, str(case.purchased_on)) == (True, "2026-02-03")


def test_an_unknown_word_is_never_silently_no_and_two_days_are_asked_back(company, as_person):
    content = "name,phone,description,vip,purchased_on\nA,13900001112,x,maybe,\nB,13900001113,y,,03/02/2026\n"
    page = send(as_person("ines"), content)
    assert "Expected yes or no (是 or 否), got maybe." in page
    assert "03/02/2026 can be meant as 2026-02-03 or as 2026-03-02." in page and count(company) == 0


def test_a_doubtful_encoding_is_asked_about(as_person):
    page = preview(as_person("ines"), b"name,description\n" + "黮鋞瑍簗".encode("gb18030") + b",x\n")
    assert "It is not certain how this file is encoded" in words(page.text)
    big5 = preview(as_person("ines"), b"name,description\n" + "陳大文,洗衣機漏水\n".encode("big5"))
    assert "洗衣機漏水" in big5.text and "It is not certain" not in words(big5.text)
