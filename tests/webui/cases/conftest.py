"""Fixtures of the pages for colleagues who deal with cases."""

import pytest

from tests import apps
from tests.complaints.conftest import plugged  # noqa: F401  the same plugs
from tests.moulds import cast
from tests.webui.cases import stage


@pytest.fixture
def company(db, turned, plugged):  # noqa: F811  pytest hands fixtures over by name
    """A database with the company and the shipped complaint process."""
    return cast(db, stage.build)


@pytest.fixture
def app(company):
    """The web application over the company."""
    return apps.over(company, stage.application)


@pytest.fixture
def received(company):
    """Receive complaints: call it with changes to Carol's."""
    return lambda **changes: stage.receive(company, **changes)
