"""Text to tokens: numbers, strings, names, words and symbols, each with its place. Comments and white space fall away.

Names with spaces are not made here: a word is one part of a name, and the parser joins the parts it knows. Between
backticks, as Camunda writes it, a name stands whole: `a-b`.
"""

import re
from dataclasses import dataclass

from kesu.rules.errors import FeelSyntaxError
from kesu.rules.limits import EXPRESSION_LENGTH

_START = (
    "A-Za-z_?\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_PART = _START + "0-9\u00b7\u0300-\u036f\u203f-\u2040"
_SPACE = "\t\n\v\f\r \u0085\u00a0\u1680\u180e\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff"
_TOKEN = re.compile(
    rf"""
      (?P<skip> [{_SPACE}]+ | //[^\n]* | /\*.*?\*/ )
    | (?P<number> (?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)? )
    | (?P<string> "(?:[^"\\]|\\.)*" )
    | (?P<name> `[^`\n]+` )
    | (?P<word> [{_START}][{_PART}]* )
    | (?P<symbol> \*\*|\.\.|->|<=|>=|!=|[-+*/=<>(){{}}\[\],:.@’'] )
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{6})|(.))", re.DOTALL)
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}
_SURROGATES = re.compile("[\ud800-\udbff][\udc00-\udfff]")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of text: `kind` is number, string, name (between backticks), word, symbol or end."""

    kind: str
    text: str
    start: int
    end: int


def tokenize(text: str) -> list[Token]:
    """Split an expression into tokens, ending with one of kind "end"; raises FeelSyntaxError."""
    if len(text) > EXPRESSION_LENGTH:
        raise FeelSyntaxError(f"the expression is longer than {EXPRESSION_LENGTH} characters", text, 0, "limit")
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise FeelSyntaxError(_complaint(text[position:]), text, position)
        if match.lastgroup != "skip":
            tokens.append(Token(match.lastgroup, match.group(), position, match.end()))
        position = match.end()
    tokens.append(Token("end", "", len(text), len(text)))
    return tokens


def unquote(token: Token, text: str) -> str:
    """Return the value of a string token: escapes resolved, surrogate pairs joined; raises FeelSyntaxError."""
    body = token.text[1:-1]
    if "\\" in body:
        body = _SURROGATES.sub(_join_surrogates, _ESCAPE.sub(_unescape, body))
    if any("\ud800" <= character <= "\udfff" for character in body):
        raise FeelSyntaxError("half of a surrogate pair is not a character", text, token.start)
    return body


def _complaint(rest: str) -> str:
    if rest.startswith('"'):
        return "the string is not closed by a quotation mark"
    if rest.startswith("`"):
        return "a name between backticks is written `so`, with at least one character"
    if rest.startswith("/*"):
        return "the comment is not closed by */"
    return f"the character {rest[0]!r} has no meaning here"


def _unescape(match: re.Match[str]) -> str:
    four, six, plain = match.groups()
    if plain is not None:
        return _PLAIN.get(plain, match.group())
    code = int(four or six, 16)
    return chr(code) if code <= 0x10FFFF else match.group()


def _join_surrogates(match: re.Match[str]) -> str:
    pair = match.group()
    high, low = pair[0], pair[1]
    return chr(0x10000 + ((ord(high) - 0xD800) << 10) + (ord(low) - 0xDC00))
