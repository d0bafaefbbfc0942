"""How built-in functions are declared: a signature as the standard writes it, above a plain Python function.

`[...]` marks what may be left out, `?` what may be null, `...` any number of values (`c1...` where
the standard numbers them: c1, c2, ...). An argument that does not fit makes the call null; before
that a single element stands for a list of one, a list of one for its element, and a date for its
midnight, as the standard converts them.

A name may be declared several times: the first signature that fits is called. With arguments by
name, those signatures fit that know every name; of two that know the same names, the one in whose
order they are written: before(point, range) and before(range, point) are not the same.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from kesu.rules.feel.builtins.signatures import BuiltinParameter, Signature
from kesu.rules.feel.scope import Run
from kesu.rules.feel.values import Function
from kesu.rules.limits import charge_text, check_string

_SIGNATURE = re.compile(r"(?P<name>[^(]+)\((?P<parameters>.*)\)")
_CALL_STEPS = 2
_CHARACTERS_A_STEP = 6  # 64 characters read in the time of one step, as a power of two
Body = TypeVar("Body", bound=Callable[..., Any])


@dataclass(slots=True)
class Builtin:
    """A built-in function with all its signatures."""

    name: str
    signatures: list[Signature] = field(default_factory=list)

    def call(self, arguments: list[Any], run: Run) -> Any:
        """Call by position; null if no signature fits."""
        _charge(arguments, run)
        for signature in self.signatures:
            fitted = signature.fit(arguments)
            if fitted is not None:
                return _bounded(signature.call(fitted, run))
        return None

    def binding(self, names: Sequence[str]) -> Callable[[list[Any], Run], Any]:
        """Return the function that calls with values for these names, in their order.

        It is null if no signature fits.
        """
        candidates = self.candidates(names)

        def call(values: list[Any], run: Run) -> Any:
            _charge(values, run)
            for signature, places in candidates:
                fitted = signature.fit_named(places, values)
                if fitted is not None:
                    return _bounded(signature.call(fitted, run))
            return None

        return call

    def candidates(self, names: Sequence[str]) -> list[tuple[Signature, list[int]]]:
        """Return the signatures that know all these names, the likeliest first, with their places."""
        known = [(one, places) for one in self.signatures if (places := one.places(names)) is not None]
        return sorted(known, key=lambda found: (found[0].lacks(found[1]), found[1] != sorted(found[1])))

    def as_function(self, run: Run) -> Function:
        """Return the built-in as a value that can be passed around."""
        names = tuple(parameter.name for parameter in self.signatures[0].parameters)
        return Function(
            self.name,
            names,
            lambda arguments: self.call(arguments, run),
            by_name=lambda names, values: self.binding(names)(values, run),
        )


BUILTINS: dict[str, Builtin] = {}


def builtin(signature: str, result: str = "Any", with_run: bool = False) -> Callable[[Body], Body]:
    """Declare a function as a built-in with this signature, returning values of kind `result`."""
    match = _SIGNATURE.fullmatch(signature)
    assert match is not None, signature
    name = match["name"].strip()
    parameters = tuple(_parameter(part.strip()) for part in match["parameters"].split(",") if part.strip())

    def declare(body: Body) -> Body:
        BUILTINS.setdefault(name, Builtin(name)).signatures.append(Signature(parameters, body, result, with_run))
        return body

    return declare


def _parameter(text: str) -> BuiltinParameter:
    name, _, kind = text.strip("[]").partition(":")
    kind = kind.strip()
    bare = name.strip().removesuffix("...")
    repeated = bare != name.strip()
    return BuiltinParameter(
        bare.removesuffix("1") if repeated else bare,
        kind.rstrip("?"),
        optional=text.startswith("["),
        nullable=kind.endswith("?"),
        repeated=repeated,
        numbered=repeated and bare.endswith("1"),
    )


def _charge(arguments: list[Any], run: Run) -> None:
    steps = _CALL_STEPS
    for value in arguments:
        kind = type(value)
        if kind is str:
            steps += len(value) >> _CHARACTERS_A_STEP
        elif kind is list or kind is dict:
            steps += len(value)
    run.spend(steps)


def _bounded(result: Any) -> Any:
    if type(result) is str:
        check_string(len(result))
        charge_text(len(result))
    return result
