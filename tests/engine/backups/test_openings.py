"""A file copied by hand while it was served is told from the file itself."""

import shutil

import pytest

from kesu.engine import clock
from kesu.engine.backups import openings
from kesu.engine.database import Database, metadata


@pytest.fixture
def served(tmp_path, turned):
    """A database file that is being served."""
    db = Database(f"sqlite:///{tmp_path}/kesu.db")
    metadata.create_all(db.engine)
    assert openings.open_(db) is None
    yield db
    db.dispose()


def copy_of(tmp_path, name):
    """The file alone, as somebody copies it."""
    shutil.copy(tmp_path / "kesu.db", tmp_path / name)
    return Database(f"sqlite:///{tmp_path}/{name}")


def test_a_copy_of_a_served_file_says_since_when_it_may_lack_something(served, tmp_path):
    copied = copy_of(tmp_path, "copy.db")
    assert openings.open_(copied) == clock.now()
    assert openings.open_(copied) is None  # said once: from now on it is the file itself
    copied.dispose()


def test_a_copy_of_a_file_that_is_not_served_is_whole(served, tmp_path):
    openings.close(served)
    served.dispose()
    copied = copy_of(tmp_path, "copy.db")
    assert openings.open_(copied) is None
    copied.dispose()


def test_the_file_itself_is_whole_after_a_kill_and_beside_a_second_server(served):
    assert openings.open_(served) is None
