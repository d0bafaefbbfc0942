"""Built-in functions over strings. Positions count from 1, or from -1 at the end, in characters."""

from decimal import Decimal
from typing import Any

from kesu.rules.feel import patterns
from kesu.rules.feel.builtins.registry import builtin
from kesu.rules.feel.filters import index_of_position
from kesu.rules.feel.text import to_text
from kesu.rules.limits import check_list, check_string


@builtin("substring(string: string, start position: number, [length: number])", "string")
def substring(string: str, start: Decimal, length: Decimal | None) -> str | None:
    """The characters from a position on, as many as asked for."""
    begin = index_of_position(start, len(string))
    if begin is None or (length is not None and length < 1):
        return None
    size = len(string) if length is None or length > len(string) else int(length)
    return string[begin : begin + size]


@builtin("string length(string: string)", "number")
def string_length(string: str) -> Decimal:
    """The number of characters."""
    return Decimal(len(string))


@builtin("upper case(string: string)", "string")
def upper_case(string: str) -> str:
    """All letters large."""
    return string.upper()


@builtin("lower case(string: string)", "string")
def lower_case(string: str) -> str:
    """All letters small."""
    return string.lower()


@builtin("substring before(string: string, match: string)", "string")
def substring_before(string: str, match: str) -> str:
    """What stands before the first match, or nothing."""
    before, found, _ = string.partition(match) if match else ("", "", "")
    return before if found else ""


@builtin("substring after(string: string, match: string)", "string")
def substring_after(string: str, match: str) -> str:
    """What stands after the first match, or nothing."""
    return string.partition(match)[2] if match else string


@builtin("contains(string: string, match: string)", "boolean")
def contains(string: str, match: str) -> bool:
    """Whether the match occurs."""
    return match in string


@builtin("starts with(string: string, match: string)", "boolean")
def starts_with(string: str, match: str) -> bool:
    """Whether the string begins with the match."""
    return string.startswith(match)


@builtin("ends with(string: string, match: string)", "boolean")
def ends_with(string: str, match: str) -> bool:
    """Whether the string ends with the match."""
    return string.endswith(match)


@builtin("matches(input: string, pattern: string, [flags: string?])", "boolean")
def matches(text: str, pattern: str, flags: str | None) -> bool | None:
    """Whether the regular expression occurs anywhere."""
    compiled = patterns.compile_pattern(pattern, flags or "")
    return None if compiled is None else compiled.search(text, 0) is not None


@builtin("replace(input: string, pattern: string, replacement: string, [flags: string?])", "string")
def replace(text: str, pattern: str, replacement: str, flags: str | None) -> str | None:
    """Every match replaced; $1 stands for the first group, $0 for the match."""
    compiled = patterns.compile_pattern(pattern, flags or "")
    return None if compiled is None else compiled.replace(text, replacement)


@builtin("split(string: string, delimiter: string)", "list")
def split(string: str, delimiter: str) -> list[str] | None:
    """The parts between matches of the regular expression."""
    compiled = patterns.compile_pattern(delimiter, "")
    return None if compiled is None else compiled.split(string)


@builtin("string join(list: list, [delimiter: string?])", "string")
def string_join(parts: list[Any], delimiter: str | None) -> str | None:
    """The strings one after the other, nulls left out."""
    strings = [part for part in parts if part is not None]
    if not all(type(part) is str for part in strings):
        return None
    check_string(sum(map(len, strings)) + len(delimiter or "") * len(strings))
    return (delimiter or "").join(strings)


@builtin("string join(list: list, delimiter: string?, prefix: string?, suffix: string?)", "string")
def string_join_within(parts: list[Any], delimiter: str | None, prefix: str | None, suffix: str | None) -> str | None:
    """The strings one after the other between a prefix and a suffix (an extension Camunda knows)."""
    joined = string_join(parts, delimiter)
    return None if joined is None else (prefix or "") + joined + (suffix or "")


@builtin("extract(input: string, pattern: string)", "list")
def extract(text: str, pattern: str) -> list[str] | None:
    """Every match of the regular expression (an extension Camunda knows)."""
    compiled = patterns.compile_pattern(pattern, "")
    if compiled is None:
        return None
    found = [text[start:end] for start, end in compiled.spans(text)]
    check_list(len(found))
    return found


@builtin("trim(string: string)", "string")
def trim(string: str) -> str:
    """The string without white space at its ends (an extension Camunda knows)."""
    return string.strip()


@builtin("is blank(string: string)", "boolean")
def is_blank(string: str) -> bool:
    """Whether there is nothing but white space (an extension Camunda knows)."""
    return not string.strip()


@builtin("string(from: any)", "string")
def string(value: Any) -> str | None:
    """The text of a value."""
    if value is None:
        return None
    text = to_text(value)
    check_string(len(text))
    return text
