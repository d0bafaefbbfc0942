"""Passwords: which are good enough, and how they are kept (only as argon2id hashes).

Rules of OWASP ASVS 2.1 and NIST SP 800-63B 5.1.1.2: long enough, not among the common ones, not the
person's or the product's own name, no simple pattern; nothing about kinds of characters.
"""

from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from kesu.engine.errors import Invalid, sentence

SHORTEST = 10  # characters of a new password
LONGEST = 1000
EASIEST = 10**8  # guesses that somebody who knows what people choose should need at least
EXAMINED = 72  # characters from the beginning: more would take the estimate seconds
# What zxcvbn's lists, made from leaks of the West, do not have.
USUAL_HERE = ("kesu", "客诉", "demo", "mima", "wodemima", "woaini", "aini", "nihao", "zhongguo",
              "wangyi", "tengxun", "taobao", "admin", "guanliyuan", "kefu", "520", "1314", "5201314",
              "1314520", "521521", "密码", "我的密码", "我爱你", "你好", "中国", "公司", "管理员", "客服")
TOO_SHORT = sentence(
    "Use at least {shortest} characters; several words are easy to remember."
)
TOO_LONG = sentence("Use at most {longest} characters.")
TOO_EASY = sentence(
    "This password is too easy to guess: it is a common one, made of a name of yours, or one "
    "pattern repeated. Use several words that do not belong together."
)
_hasher: PasswordHasher
_nobodys: str


def use(hasher: PasswordHasher) -> None:
    """Hash with these settings from now on; tests use weak ones, since strong ones take half their time."""
    global _hasher, _nobodys
    _hasher = hasher
    _nobodys = hasher.hash("the password of nobody")


use(PasswordHasher())


def check(password: str, names: Iterable[str] = ()) -> None:
    """Raise `Invalid` where a new password is too short, or easily guessed by somebody who knows these names."""
    if len(password) < SHORTEST:
        raise Invalid(TOO_SHORT, shortest=SHORTEST)
    if len(password) > LONGEST:
        raise Invalid(TOO_LONG, longest=LONGEST)
    from zxcvbn import zxcvbn  # noqa: PLC0415  a quarter of a second that only new passwords need

    known = [*USUAL_HERE, *(word for name in names for word in {name, *name.split()} if word)]
    guesses = zxcvbn(password[:EXAMINED], user_inputs=known)["guesses"]
    if guesses < EASIEST or password.isdigit():  # a birthday, a telephone number
        raise Invalid(TOO_EASY)


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
