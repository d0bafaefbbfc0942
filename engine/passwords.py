"""Passwords, kept only as argon2id hashes."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 10  # characters of a new password
_hasher: PasswordHasher
_nobodys: str


def use(hasher: PasswordHasher) -> None:
    """Hash with these settings from now on; tests use weak ones, since strong ones take half their time."""
    global _hasher, _nobodys
    _hasher = hasher
    _nobodys = hasher.hash("the password of nobody")


use(PasswordHasher())


def hashed(password: str) -> str:
    """Return the hash to keep for this password."""
    return _hasher.hash(password)


def fits(kept: str | None, password: str) -> bool:
    """Say whether the password is the one behind the kept hash; as slow where there is none, so that nobody can probe."""
    try:
        return _hasher.verify(kept or _nobodys, password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def is_stale(kept: str) -> bool:
    """Say whether the hash was made with weaker settings than today's and should be made anew."""
    return _hasher.check_needs_rehash(kept)
