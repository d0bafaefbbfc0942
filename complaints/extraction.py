"""What a text itself says: models and batches we know, amounts of money, order numbers, and what the customer wants.

Everything found is a suggestion with the words it came from; a person confirms it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection

from kesu.complaints import amounts, products

DEMANDS = {  # the most costly first: "replace or refund" is treated as a refund until a person decides
    "refund": r"退款|退钱|退货|退掉|全额退|money back|refund|return it",
    "compensation": r"赔偿|赔钱|补偿|索赔|三倍|compensat|damages",
    "replace": r"换货|更换|换一台|换新|换个|换一个|replac|exchange|new one",
    "repair": r"维修|修理|修好|返修|上门修|repair|\bfix\b|fixed",
    "resend": r"补发|补寄|重新发|重发|resend|send (me )?(the )?missing",
    "apology": r"道歉|致歉|赔礼|apolog",
}
AMOUNT = re.compile(
    r"(?:[¥￥$€]\s*(?P<before>\d[\d,]*(?:\.\d{1,2})?))|(?:(?P<after>\d[\d,]*(?:\.\d{1,2})?)\s*(?P<ten_thousand>万)?\s*"
    r"(?:元|块钱|块(?!钱)|人民币|rmb|yuan|cny|usd|eur|euros?|dollars?)(?![a-z]))",
    re.IGNORECASE,
)
ORDER = re.compile(
    r"(?:订单(?:编号|号)?|order\s*(?:number|no\.?|#)?)\s*[:：#是为]?\s*(?P<number>(?=[A-Z0-9-]*\d)[A-Z0-9][A-Z0-9-]{4,29})",
    re.IGNORECASE,
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
    """Return what the customer wants, or None where the text does not say."""
    return next((kind for kind, words in DEMANDS.items() if re.search(words, text, re.IGNORECASE)), None)
