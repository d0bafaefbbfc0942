"""Backups: made while people work, verified as written, kept in order, tried by restoring."""

from kesu.engine.backups.making import make
from kesu.engine.backups.proving import prove
from kesu.engine.backups.restoring import restore

__all__ = ["make", "prove", "restore"]
