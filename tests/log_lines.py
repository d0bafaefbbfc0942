"""All that is logged, as it is written in production."""

import io
import logging

import pytest

from kesu.webui import logs


@pytest.fixture
def lines():
    """What was written so far: `getvalue()`."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    logs.dress(handler)
    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.INFO)
    root.addHandler(handler)
    yield written
    root.removeHandler(handler)
    root.setLevel(before)
