"""A conflict says what it is; only a real race is titled "Somebody was faster"."""

import pytest

from kesu.engine.errors import Conflict, Overtaken
from kesu.webui import errors


@pytest.mark.parametrize(
    ("error", "title"),
    [
        (Overtaken("{task} has changed", task="t"), "Somebody was faster"),
        (Conflict("Case {key} is suspended", key="KS"), "That does not fit how things stand"),
    ],
)
def test_the_title_of_a_conflict(app, error, title):
    with app.test_request_context(
        "/api/v1/user-tasks/1/completion", headers={"Accept-Language": "en"}
    ):
        response = errors._rejected(error)
    assert response.status_code == 409 and response.json["title"] == title
