"""Fixtures of the service tasks: the company with the process that Kesu comes with."""

import pytest

from tests.complaints import companies
from tests.complaints.conftest import plugged  # noqa: F401  the same plugs
from tests.handlers.mailboxes import mailbox  # noqa: F401  a fixture
from tests.moulds import cast


@pytest.fixture
def company(db, turned, plugged):  # noqa: F811  pytest hands fixtures over by name
    """A database with the company and the shipped complaint process."""
    return cast(db, _shipped)


def _shipped(db):
    companies.found(db)
    companies.publish_shipped(db)
