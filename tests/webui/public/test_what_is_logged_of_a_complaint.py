"""A complaint goes through, and another breaks in the middle: nothing of the customer is in the log."""

from sqlalchemy import text

from kesu.engine import worker
from tests.log_lines import lines  # noqa: F401  a fixture
from tests.webui.public.test_complaints import send

SAID = {"name": "Wang Fang", "contact": "13800138000", "description": "The kettle gave me a shock."}


def test_neither_name_nor_phone_nor_words_are_in_the_log(company, reader, lines):  # noqa: F811
    send(reader, **SAID)
    worker.drain(company)
    with company.write() as connection:
        connection.execute(text("CREATE UNIQUE INDEX only_once ON cases (description)"))
    try:
        answer = send(reader, status=500, **SAID, submission="form-2")
    finally:
        with company.write() as connection:
            connection.execute(text("DROP INDEX only_once"))
    told = lines.getvalue()
    assert "IntegrityError" in told and f"request={answer.headers['X-Request-ID']}" in told
    assert not any(words in told for words in SAID.values())
