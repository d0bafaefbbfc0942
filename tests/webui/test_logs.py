"""What is logged says which request, case and person it was; never what anybody wrote."""

import logging

import pytest
from flask import Flask
from sqlalchemy import text

from kesu.engine.database import Database
from kesu.webui import logs
from tests.log_lines import lines  # noqa: F401  a fixture

SECRETS = ("王芳", "13800138000", "水壶漏电")


def fail(db, *, row):
    """Write a row twice, so that the database refuses it in its own words."""
    with db.write() as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS scratch_rows (name TEXT UNIQUE)"))
        connection.execute(text("INSERT INTO scratch_rows VALUES (:name)"), {"name": row})
        connection.execute(text("INSERT INTO scratch_rows VALUES (:name)"), {"name": row})


def test_an_error_of_the_database_is_logged_without_the_row(db, lines):  # noqa: F811
    with pytest.raises(Exception, match="scratch_rows") as refused:
        fail(db, row=SECRETS[0])
    assert "[parameters: (" not in str(refused.value) and "hidden" in str(refused.value)
    logging.getLogger("kesu.test").exception("broken", exc_info=refused.value)
    told = lines.getvalue()
    assert "IntegrityError" in told and "test_logs.py" in told
    assert not any(secret in told for secret in SECRETS)


@pytest.mark.parametrize("secret", SECRETS)
def test_the_words_of_an_exception_and_of_its_causes_are_not_logged(lines, secret):  # noqa: F811
    def broken():
        try:
            int(secret + "x")
        except ValueError as error:
            raise KeyError(secret) from error

    try:
        broken()
    except KeyError:
        logging.getLogger("kesu.test").exception("broken")
    told = lines.getvalue()
    assert "builtins.KeyError" in told and "builtins.ValueError" in told and secret not in told


def test_a_line_says_which_request_and_which_case(lines):  # noqa: F811
    app = Flask(__name__)
    logs.init(app)

    @app.get("/cases/<reference>")
    def show(reference):
        logging.getLogger("kesu.test").warning("here", extra={"action": "shown"})
        return "ok"

    answer = app.test_client().get("/cases/KS-2026-000001")
    number = answer.headers["X-Request-ID"]
    assert f"request={number} case=KS-2026-000001 who=- action=shown here" in lines.getvalue()


def test_a_failed_sign_in_is_logged_without_what_may_be_a_password(lines):  # noqa: F811
    logs.sign_in_failed("mara", known=True)
    logs.sign_in_failed("my-secret-password", known=False)
    told = lines.getvalue()
    assert "who=mara action=sign_in_failed" in told and "who=unknown" in told
    assert "my-secret-password" not in told


def test_every_engine_hides_the_parameters_of_its_statements(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/x.db")
    assert database.engine.hide_parameters
    database.dispose()
