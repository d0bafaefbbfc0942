"""Imports every file of every room that has a table, so that `metadata` is complete."""

from kesu.complaints import tables  # noqa: F401
from kesu.webui import saved_views, sign_ins, signs_of_life, throttles  # noqa: F401
