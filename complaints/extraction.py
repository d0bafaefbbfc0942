"""What a text itself says: models and batches we know, amounts of money, order numbers, and what the customer wants.

Everything found is a suggestion with the words it came from; a person confirms it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection

from kesu.complaints import amounts, assertions, products
from kesu.complaints.new_complaints import NewComplaint

_DEMANDS = {  # the most costly first: "replace or refund" is a refund until a person decides
    "refund": r"退款|退钱|退货|退掉|全额退|money back|refund\w*|return it(?! to)",
    "compensation": r"赔偿|赔钱|补偿|索赔|三倍|赔我|compensat\w*|damages\b",
    "replace": r"换货|更换|换一台|换新|换个|换一个|replac\w*|exchange\w*|new one",
    "repair": r"维修|修理|修好|返修|上门修|来修|repair\w*|\bfix\b|fixed",
    "resend": r"补发|补寄|重新发|重发|resend|send (me )?(the )?missing",
    "apology": r"道歉|致歉|赔礼|apolog",
}
DEMANDS = {kind: re.compile(words, re.IGNORECASE) for kind, words in _DEMANDS.items()}
AMOUNT = re.compile(
    r"(?:[¥￥$€]\s*(?P<before>\d(?:[\d.,]*\d)?))"
    r"|(?:(?P<after>\d(?:[\d.,]*\d)?)\s*(?P<ten_thousand>万)?\s*"
    r"(?:元|块钱|块(?!钱)|人民币|rmb|yuan|cny|usd|eur|euros?|dollars?)(?![a-z]))",
    re.IGNORECASE,
)
ORDER = re.compile(
    r"(?:订单(?:编号|号)?|order\s*(?:number|no\.?|#)?)\s*[:：#是为]?\s*(?P<number>(?=[A-Z0-9-]*\d)[A-Z0-9][A-Z0-9-]{4,29})",
    re.IGNORECASE,
)
_CODE = r"\s*(?:号|编号|码)?\s*[:：#是为]?\s*((?=[A-Z0-9-]*\d)[A-Z0-9][A-Z0-9-]{2,29})"
BATCH = re.compile(rf"(?:批次|批号|\bbatch(?:\s+(?:number|no\.?))?){_CODE}", re.IGNORECASE)
SERIAL = re.compile(
    rf"(?:序列号|机身号|\bS/?N\b|\bserial(?:\s+(?:number|no\.?))?){_CODE}", re.IGNORECASE
)


@dataclass(frozen=True)
class Findings:
    """What a text mentions; None or empty where it does not."""

    models: tuple[str, ...] = ()
    batches: tuple[str, ...] = ()
    amount: Decimal | None = None
    order_number: str | None = None
    demand: str | None = None


def extract(connection: Connection, text: str) -> Findings:
    """Read a text against the models and batches we make."""
    return Findings(
        models=mentioned(text, products.model_codes(connection)),
        batches=mentioned(text, products.batch_codes(connection)),
        amount=amount(text),
        order_number=order_number(text),
        demand=demand(text),
    )


def proposals(connection: Connection, complaint: NewComplaint) -> dict[str, str]:
    """Return what the text says of fields that were left empty: product, model, batch and numbers.

    What was given is never contradicted, two models or batches fill nothing, and money is not
    filled: it decides who approves.
    """
    text = f"{complaint.title}\n{complaint.description}"
    found = extract(connection, text)
    told: dict[str, str | None] = {}
    if len(found.models) == 1 and not complaint.model:
        product = products.product_of_model(connection, found.models[0])
        if complaint.product in ("", product):
            told |= {"model": found.models[0], "product": product}
    batch, serial = BATCH.search(text), SERIAL.search(text)
    known = found.batches[0] if len(found.batches) == 1 else None
    told["batch"] = known or (batch[1] if batch and not found.batches else None)
    told |= {"serial": serial[1] if serial else None, "order_number": found.order_number}
    empty = {name for name in told if not getattr(complaint, name).strip()}
    return {name: value for name, value in told.items() if value and name in empty}


def mentioned(text: str, codes: Iterable[str]) -> tuple[str, ...]:
    """Return the codes that a text mentions, however spaced, dashed or cased; a code within a longer one does not count."""
    found = []
    for code in codes:
        parts = [re.escape(part) for part in re.split(r"[\s\-_/]+", code) if part]
        if re.search(r"(?<![A-Za-z0-9])" + r"[\s\-_/]*".join(parts) + r"(?![A-Za-z0-9])", text, re.IGNORECASE):
            found.append(code)
    return tuple(found)


def amount(text: str) -> Decimal | None:
    """Return the largest amount of money that a text names, or None."""
    found = []
    for match in AMOUNT.finditer(text):
        value = amounts.read(match["before"] or match["after"])
        if value is not None:
            found.append(value * 10_000 if match["ten_thousand"] else value)
    return max(found, default=None)


def order_number(text: str) -> str | None:
    """Return the order number that a text names, or None."""
    match = ORDER.search(text)
    return match["number"] if match else None


def demand(text: str) -> str | None:
    """Return what the customer wants, or None where the text does not say.

    What they do not want, had before, or tell of others is no demand (`assertions`).
    """
    found = (kind for kind, words in DEMANDS.items() if any(assertions.wanted(words, text)))
    return next(found, None)
