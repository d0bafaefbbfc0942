"""Fixtures of the pages for customers: the same company, application and complaints as for colleagues."""

from tests.complaints.conftest import plugged  # noqa: F401  the same plugs
from tests.webui.cases.conftest import app, company, received  # noqa: F401  pytest hands fixtures over by name
