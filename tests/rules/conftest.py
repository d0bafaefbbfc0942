"""Where the shared material lies."""

import pytest

from tests.conftest import shared


@pytest.fixture
def shared_folder():
    """Return the function that finds a folder of the shared material, or skips."""
    return shared
