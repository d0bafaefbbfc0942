"""Built-in functions over contexts."""

from typing import Any

from kesu.rules.feel.builtins.registry import builtin
from kesu.rules.limits import charge


@builtin("get value(m: context, key: string)")
def get_value(m: dict[str, Any], key: str) -> Any:
    """The value of an entry, or null."""
    return m.get(key)


@builtin("get value(context: context, key: string)")
def get_value_of(context: dict[str, Any], key: str) -> Any:
    """The value of an entry, or null."""
    return context.get(key)


@builtin("get value(context: context, keys: list)")
def get_value_at(context: dict[str, Any], keys: list[Any]) -> Any:
    """The value at a path of keys, or null (an extension Camunda knows)."""
    value: Any = context
    for key in keys:
        value = value.get(key) if type(value) is dict and type(key) is str else None
    return value


@builtin("get entries(m: context)", "list")
def get_entries(m: dict[str, Any]) -> list[dict[str, Any]]:
    """Every entry as a context of key and value."""
    return [{"key": key, "value": value} for key, value in m.items()]


@builtin("get entries(context: context)", "list")
def get_entries_of(context: dict[str, Any]) -> list[dict[str, Any]]:
    """Every entry as a context of key and value."""
    return get_entries(context)


@builtin("context(entries: list)", "context")
def context(entries: list[Any]) -> dict[str, Any] | None:
    """A context of entries with key and value; null when a key comes twice."""
    made: dict[str, Any] = {}
    for entry in entries:
        if type(entry) is not dict or type(entry.get("key")) is not str or "value" not in entry or entry["key"] in made:
            return None
        made[entry["key"]] = entry["value"]
    return made


@builtin("context put(context: context, key: string, value: any)", "context")
def context_put(context: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    """The context with one entry more, or changed."""
    return {**context, key: value}


@builtin("context put(context: context, keys: list, value: any)", "context")
def context_put_at(context: dict[str, Any], keys: list[Any], value: Any) -> dict[str, Any] | None:
    """The context with the entry at a path of keys added or changed."""
    charge(len(context) + len(keys))
    if not keys or type(keys[0]) is not str:
        return None
    key, rest = keys[0], keys[1:]
    if not rest:
        return {**context, key: value}
    below = context.get(key)
    if below is not None and type(below) is not dict:
        return None
    put = context_put_at(below or {}, rest, value)
    return None if put is None else {**context, key: put}


@builtin("context merge(contexts: list)", "context")
def context_merge(contexts: list[Any]) -> dict[str, Any] | None:
    """All entries together; of two with the same key the later counts."""
    merged: dict[str, Any] = {}
    for one in contexts:
        if type(one) is not dict:
            return None
        charge(len(one))
        merged.update(one)
    return merged


@builtin("put(context: context, key: string, value: any)", "context")
def put(context: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    """As `context put`, which Camunda called so before."""
    return context_put(context, key, value)


@builtin("put all(contexts...: context)", "context")
@builtin("context merge(contexts...: context)", "context")
def context_merge_of(*contexts: dict[str, Any]) -> dict[str, Any] | None:
    """All entries of several contexts together (an extension Camunda knows)."""
    return context_merge(list(contexts))
