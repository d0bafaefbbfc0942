"""Which encoding a text file is in: the one whose reading is likeliest, and whether that is certain.

Bytes of one encoding are often legal in another (Big5 read as GB18030 is a row of rare signs), so what
they would say is judged: common signs of the language speak for a reading, rare ones against it.
"""

import codecs
import re
import unicodedata
from dataclasses import dataclass

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
GUESSED = ("gb18030", "big5", "cp932", "euc_kr", "cp1252", "cp1250")
NAMES = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32": "UTF-32",
    "gb18030": "GB18030",
    "big5": "Big5",
    "cp932": "Shift-JIS",
    "euc_kr": "EUC-KR",
    "cp1252": "Windows-1252",
    "cp1250": "Windows-1250",
}
LIKELY, APART = 0.8, 0.1  # below this share of common signs, or this near to the next: doubtful
SAMPLE = 20_000  # signs that are judged
PUNCTUATION = frozenset("，。！？、；：“”‘’（）《》【】「」『』·…—～￥　・€–©®°§«»×")
LATIN = frozenset("äöüßÄÖÜàâæçéèêëîïôœùûÿÀÂÇÉÈÊËÎÏÔŒÙÛáíóúñÁÍÓÚÑãõåøÅØìòÌÒ")
MIDDLE = frozenset("ąćęłńóśźżĄĆĘŁŃÓŚŹŻčďěňřšťůžČĎĚŇŘŠŤŮŽáéíúýőűŐŰäöüß")


@dataclass(frozen=True)
class Reading:
    """A text as one encoding reads it; `share` of its signs beyond ASCII are common ones (0 to 1)."""

    encoding: str
    text: str
    share: float

    @property
    def name(self) -> str:
        """Return what the encoding is called."""
        return NAMES.get(self.encoding, self.encoding)


def readings(content: bytes) -> list[Reading]:
    """Return every reading that is possible, the likeliest first; none for what is no text."""
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return _read(content, [encoding], certain=True)
    if b"\x00" in content:
        even, odd = content[0::2].count(0), content[1::2].count(0)
        return _read(content, ["utf-16-le" if odd >= even else "utf-16-be"], certain=odd != even)
    found = _read(content, ["utf-8"], certain=True)
    return found or sorted(_read(content, GUESSED), key=lambda reading: -reading.share)


def is_certain(found: list[Reading]) -> bool:
    """Say whether the first of the readings is beyond doubt."""
    if not found or found[0].share < LIKELY:
        return False
    others = [other for other in found[1:] if other.text != found[0].text]
    return all(found[0].share - other.share >= APART for other in others)


def _read(
    content: bytes, encodings: list[str] | tuple[str, ...], certain: bool = False
) -> list[Reading]:
    found = []
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except (UnicodeDecodeError, UnicodeError):
            continue
        if not any(_is_odd(sign) for sign in set(text)):
            share = 1.0 if certain else _share(encoding, text[:SAMPLE])
            found.append(Reading(encoding, text, share))
    return found


def _is_odd(sign: str) -> bool:
    return unicodedata.category(sign) in ("Cc", "Cn", "Co") and sign not in "\r\n\t\x1a"


def _share(encoding: str, text: str) -> float:
    beyond = [sign for sign in text if ord(sign) > 127]
    if not beyond:
        return 1.0
    common = sum(_is_common(encoding, sign) for sign in beyond)
    share = common / len(beyond)
    if encoding in ("cp1252", "cp1250"):  # letters with accents stand alone among plain ones
        runs = re.findall(r"[^\x00-\x7f]{2,}", text)
        joined = sum(len(run) for run in runs if run not in ("öß", "üß", "éé"))
        return share * (1 - joined / len(beyond)) - (0.05 if encoding == "cp1250" else 0)
    if encoding == "cp932":  # Japanese is never without kana
        kana = sum("ぁ" <= sign <= "ヿ" for sign in beyond) / len(beyond)
        return share if kana >= 0.15 else share * kana
    return share


def _is_common(encoding: str, sign: str) -> bool:
    if sign in PUNCTUATION:
        return True
    if encoding in ("cp1252", "cp1250"):
        return sign in (LATIN if encoding == "cp1252" else MIDDLE)
    if 0xFF01 <= ord(sign) <= 0xFF5E:
        return True
    level, first, last = {
        "gb18030": ("gb2312", 0xB0, 0xD7),  # the 3,755 of level 1
        "big5": ("big5", 0xA4, 0xC6),  # the 5,401 in daily use
        "cp932": ("shift_jis", 0x82, 0x97),  # kana and level 1
        "euc_kr": ("euc_kr", 0xB0, 0xC8),  # hangul
    }[encoding]
    try:
        return first <= sign.encode(level)[0] <= last
    except UnicodeEncodeError:
        return False
