"""Tables as spreadsheets in China and Europe save them: separators, quotes, column names, yes and no.

What is certain is understood, everything else is left as it stands for the checks to refuse.
"""

import csv
import io
import re
import unicodedata
from dataclasses import dataclass

from kesu.complaints.encodings import Reading
from kesu.complaints.problems import FieldProblem
from kesu.engine.errors import Invalid, sentence

SEPARATORS = (",", ";", "\t", "，", "；", "|")
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx and .xls
YES = frozenset(
    "是 有 对 真 1 1.0 y yes j ja t true on x ✓ ✔ √ wahr vrai oui o si sí vip 重要".split()
)
NO = frozenset(
    "否 无 不 不是 错 假 0 0.0 n no nein f false off - – — ✗ ✘ × falsch faux non".split()
)
COLUMNS = {  # field -> how its column is called
    "name": "姓名 名字 客户 客户姓名 客户名称 联系人 投诉人 顾客 name customer customername fullname kunde nom",
    "phone": "电话 手机 手机号 手机号码 联系电话 电话号码 联系方式 phone phonenumber telephone tel mobile telefon",
    "email": "邮箱 电子邮箱 电子邮件 邮件 email mail emailaddress e-mail-adresse",
    "description": "内容 描述 投诉内容 问题描述 问题 情况 投诉描述 说明 description complaint text problem beschreibung",
    "title": "标题 主题 title subject betreff",
    "category": "类别 分类 投诉类别 类型 category",
    "subcategory": "子类 小类 二级分类 子类别 subcategory",
    "product": "产品 商品 产品名称 型号 产品型号 product model item produkt",
    "batch": "批次 批号 生产批次 batch batchnumber charge",
    "serial": "序列号 机身号 sn serial serialnumber seriennummer",
    "order_number": "订单号 订单编号 订单 order ordernumber orderno bestellnummer",
    "purchased_on": "购买日期 购买时间 购买日 purchasedon purchasedate dateofpurchase kaufdatum",
    "amount": "金额 涉及金额 价格 amount price sum betrag",
    "address": "地址 联系地址 住址 address adresse",
    "vip": "重要客户 是否重要客户 贵宾 是否vip vip",
}


@dataclass(frozen=True)
class TableFile:
    """A table as it was read: the first line names the columns, every other has its line number."""

    names: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def refuse_workbook(content: bytes) -> None:
    """Raise `Invalid` with a hint for a workbook, which is no text."""
    if content.startswith(WORKBOOKS):
        raise Invalid(
            sentence(
                "This is an Excel workbook. In Excel choose “Save as”, “CSV UTF-8”, and send that file."
            )
        )


def parsed(reading: Reading) -> TableFile:
    """Return the table that a text holds; empty lines and columns without anything are left out."""
    text = reading.text.lstrip("\ufeff")
    told = re.match(r"sep=(.)\r?\n", text, re.IGNORECASE)  # Excel's own word for its separator
    text = text[told.end() :] if told else text
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=told[1] if told else separator(text)
    )
    try:
        lines = [(reader.line_num, tuple(map(cell, line))) for line in reader]
    except csv.Error as error:
        raise Invalid(sentence("The table cannot be read: {reason}"), reason=str(error)) from error
    lines = [(number, cells) for number, cells in lines if any(cells)]
    if not lines:
        return TableFile((), ())
    names, rows = lines[0][1], lines[1:]
    width = max((n + 1 for _, cells in lines for n, each in enumerate(cells) if each), default=0)
    filled = [(number, (cells + ("",) * width)[:width]) for number, cells in rows]
    return TableFile((names + ("",) * width)[:width], tuple(filled))


def separator(text: str) -> str:
    """Return what separates the columns: what stands most often in the first line, quotes apart."""
    first = re.sub(r'"[^"]*"', "", text.lstrip().split("\n", 1)[0])
    return max(SEPARATORS, key=lambda mark: (first.count(mark), -SEPARATORS.index(mark)))


def cell(text: str) -> str:
    """Return what a cell says: without ="..." and the apostrophe that keeps a number a text."""
    plain = text.replace("\u00a0", " ").replace("\u3000", " ").strip()
    formula = re.fullmatch(r'="?(.*?)"?', plain, re.DOTALL) if plain.startswith('="') else None
    plain = formula[1] if formula else plain
    return plain[1:] if re.match(r"'[\d+=]", plain) else plain


def field_of(name: str) -> str:
    """Return the field that a column is called after, in Chinese or English; empty where there is none."""
    return _FIELDS.get(_plain(name), "")


def yes_or_no(text: str) -> bool | FieldProblem:
    """Return what a cell for yes or no says; an unknown word is a problem, never a no."""
    word = unicodedata.normalize("NFKC", text).strip().casefold()
    if word in YES:
        return True
    if word in NO or not word:
        return False
    return FieldProblem(
        "vip", sentence("Expected yes or no (是 or 否), got {given}."), {"given": text[:40]}
    )


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name).casefold())


_FIELDS = {
    _plain(word): field for field, words in COLUMNS.items() for word in (field, *words.split())
}
