"""What the forms for complaints have in common: fields by category, products to choose from, files, and answers read back.

A field of one category is sent as `category.name`, so that two categories may ask for the same thing on one page without a script.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, request
from flask_babel import gettext as _
from sqlalchemy import Connection
from werkzeug.datastructures import FileStorage, MultiDict

from kesu.complaints import attachments, categories, products
from kesu.complaints.attachments import Upload
from kesu.complaints.problems import FieldProblem
from kesu.engine.errors import sentence
from kesu.webui.languages import listed, named

FOR_ALL = frozenset({"title", "description", "name", "phone", "email", "category", "subcategory", "attachments"})
HELPFUL = {"quality": ("product", "batch"), "service": ("order_number", "occurred_on"), "delivery": ("order_number", "expected_on")}
MOST_OF_ITS_OWN = 3  # with the five every complaint asks for: eight
DEMANDS = ("repair", "replace", "refund", "resend", "compensation", "apology")


@dataclass(frozen=True)
class Kind:
    """A top category as a form shows it: its own fields, and which of them (or of the common ones) it cannot do without."""

    code: str
    name: str
    name_en: str
    examples: str
    fields: tuple[str, ...]
    required: frozenset[str]
    children: tuple[dict[str, Any], ...]


def init(app: Flask) -> None:
    """Give templates the way to say what is wrong with a field."""
    app.jinja_env.globals.update(told=told)


def kinds(connection: Connection, most: int = MOST_OF_ITS_OWN) -> list[Kind]:
    """Return the top categories in their order, each with at most so many fields of its own."""
    return [_kind(node, most) for node in categories.tree(connection)]


def demands() -> list[tuple[str, str]]:
    """Return what a customer may want, as value and words."""
    words = {
        "repair": _("Repair"),
        "replace": _("Replacement"),
        "refund": _("Money back"),
        "resend": _("Send what is missing"),
        "compensation": _("Compensation"),
        "apology": _("An apology"),
    }
    return [(demand, words[demand]) for demand in DEMANDS]


def product_labels(connection: Connection) -> dict[str, tuple[str, str]]:
    """Return every product and model under the words a person would choose it by."""
    return _labels(products.offered(connection), named)


def product_meant(connection: Connection, text: str) -> tuple[str, str]:
    """Return the codes of the product and model a person meant, in either language.

    Raises `ValueError` with a `FieldProblem` where that is not clear.
    """
    offered, wanted = products.offered(connection), _plain(text)
    labels = _labels(offered, lambda product: product["name_en"]) | _labels(offered, lambda product: product["name"])
    exact = [codes for label, codes in labels.items() if wanted in (_plain(label), codes[1].casefold(), codes[0].casefold())]
    close = {label: codes for label, codes in labels.items() if wanted in _plain(label)}
    if exact:
        return max(exact, key=lambda codes: bool(codes[1]) and codes[1].casefold() == wanted)
    if len({codes[0] for codes in close.values()}) == 1:
        models = {codes[1] for codes in close.values()}
        return next(iter(close.values()))[0], next(iter(models)) if len(models) == 1 else ""
    shown = {label: codes for label, codes in product_labels(connection).items() if codes in close.values()}
    raise ValueError(_not_clear(text, shown))


def uploads(files: Iterable[FileStorage]) -> list[Upload]:
    """Read the files of a form, never more of each than tells that it is too large."""
    return [Upload(file.filename or "", file.stream.read(attachments.LARGEST + 1)) for file in files if file.filename]


def limits() -> dict[str, Any]:
    """Return what a file field says and checks."""
    endings = sorted({f".{ending}" for endings in attachments.EXTENSIONS.values() for ending in endings})
    return {"accept": ",".join(["image/*", "video/*", *endings]), "most": attachments.MOST, "megabytes": attachments.LARGEST // attachments.MEGABYTE}


def answers(form: MultiDict[str, str]) -> dict[str, str]:
    """Return what was filled in, the chosen category's own fields under their plain names."""
    chosen = form.get("category", "")
    common = {name: text.strip() for name, text in form.items() if "." not in name}
    own = {name.partition(".")[2]: text.strip() for name, text in form.items() if name.partition(".")[0] == chosen and "." in name}
    return {**common, **{name: text for name, text in own.items() if text}}


def with_product(connection: Connection, values: Mapping[str, str]) -> tuple[dict[str, str], list[FieldProblem]]:
    """Replace the words for a product by its codes; a problem where they mean none."""
    given = dict(values)
    if not given.get("product"):
        return given, []
    try:
        given["product"], given["model"] = product_meant(connection, given["product"])
    except ValueError as unclear:
        given["product"] = ""
        return given, [unclear.args[0]]
    return given, []


def told(problem: FieldProblem) -> str:
    """Say what is wrong with a field in the reader's language; its label too."""
    values = {name: _(value) if name == "label" else value for name, value in problem.values.items()}
    return str(_(problem.template).format(**values))


def by_field(problems: Iterable[FieldProblem], names: Mapping[str, str] | None = None) -> dict[str, FieldProblem]:
    """Return the first problem of each field, under the name the page has for it."""
    found: dict[str, FieldProblem] = {}
    for problem in problems:
        found.setdefault((names or {}).get(problem.field, problem.field), problem)
    return found


def sent_files() -> list[Upload]:
    """Return the files that came with this request."""
    return uploads(request.files.getlist("attachments"))


def _kind(node: Mapping[str, Any], most: int) -> Kind:
    required = ["product" if name == "model" else name for name in node["required"]]
    own = [name for name in required if name not in FOR_ALL]
    fields = tuple(dict.fromkeys([*own, *HELPFUL.get(node["code"], ())]))[: max(most, len(set(own)))]
    examples = listed(named(child) for child in node["children"][:3])
    return Kind(node["code"], node["name"], node["name_en"], examples, fields, frozenset(required), tuple(node["children"]))


def _labels(offered: list[dict[str, Any]], called: Callable[[dict[str, Any]], str]) -> dict[str, tuple[str, str]]:
    labels: dict[str, tuple[str, str]] = {}
    for product in offered:
        labels[called(product)] = (product["code"], "")
        labels |= {f"{model} · {called(product)}": (product["code"], model) for model in product["models"]}
    labels.pop("", None)
    return labels


def _plain(text: str) -> str:
    return "".join(text.casefold().split())


def _not_clear(text: str, close: Mapping[str, Any]) -> FieldProblem:
    if close:
        few = "; ".join(list(close)[:4])
        return FieldProblem(
            "product",
            sentence("Several of our products fit “{given}”: {products}. Please choose one of them."),
            {"given": text[:60], "products": few},
        )
    return FieldProblem(
        "product",
        sentence("We do not make a product called “{given}”. Choose one from the list, or read the model off the type plate."),
        {"given": text[:60]},
    )
