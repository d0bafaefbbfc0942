"""Fixtures of the case file: a company with a small process, its clock turned by hand."""

import pytest
from hypothesis import settings

from tests.complaints import companies
from tests.handlers.mailboxes import mailbox  # noqa: F401  a fixture
from tests.moulds import cast

settings.register_profile("kesu", deadline=None)
settings.load_profile("kesu")


@pytest.fixture
def plugged():
    """Our service tasks and clocks, plugged into the engine for one test."""
    before = companies.plug()
    yield
    companies.unplug(before)


@pytest.fixture
def company(db, turned, plugged):
    """A database with the company and a process of two user tasks."""
    return cast(db, _small)


def _small(db):
    companies.found(db)
    companies.publish_small(db)
