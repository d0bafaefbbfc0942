"""Whether words in a text are meant: not denied, not only told of the past or of somebody else.

"不要退款，只要修好" asks for no refund, "we recently replaced the batteries" for no replacement,
"没有异响" tells of no noise. Looked for within the clause that the words stand in. What a seller
refuses ("商家不给退款", "they won't refund me") is still wanted.
"""

import re
from collections.abc import Iterator

BREAK = re.compile(
    r"[，,。.;；:：!！?？\n…]|但|而(?!是)|只要|只想|只求|\bbut\b|\bjust\b|\bonly\b|\bhowever\b|\binstead,"
)
QUOTED = re.compile(r"“[^“”]*”|「[^「」]*」|『[^『』]*』|(?<!\w)\"[^\"]*\"")
DENIED = re.compile(
    r"(?:没有?|无|并非|并不|不是|未|不(?!仅|但|只|光|停|断|得不|住)|别)[^，。\s]{0,3}$"
    r"|\b(?:no|not|never|without|nothing|hardly|\w+n[’']t)\s+(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)
UNWANTED = re.compile(
    r"(?:不(?:再)?(?:想|要|求|需要?|用|必|打算|考虑|接受|愿意?(?!给))|无需|无须|不是(?:来|要|想|为了|图)?"
    r"|没(?:有)?(?:想|要求|打算|说|提)|别(?:给我)?|而不是|并非|绝非|拒绝接受)[^，。]{0,6}$"
    r"|(?:\b(?:do|does|did)(?:n[’']t| not)\s+(?:want|need|ask|expect|require|wish|request)"
    r"|\bnot\s+(?:want|need|ask|look|after|interested|request|a|the|for)\w*|\bno need|\binstead of"
    r"|\brather than|\bwithout|\brefuse to accept|\bwon[’']t accept)\b"
    r"(?:(?!\bI (?:want|need|demand)|\bplease\b|\bgive me)[^,.]){0,30}$",
    re.IGNORECASE,
)
NOT_NEEDED = re.compile(
    r"^\s*(?:(?:is )?not (?:needed|necessary|wanted|what)|就?不必|就?不用|就?算了|就?不需要|就?免了)",
    re.IGNORECASE,
)
PAST = re.compile(
    r"(?:已经?|早就|曾经?|上次|上回|之前|以前|刚刚?|前几?天|去年|前年|昨天|上个?(?:月|周|星期))[^，。]{0,8}$"
)
PAST_AFTER = re.compile(r"^(?:过|了(?!吧|算|事)|完了?|后|之后|以后|的(?!要求|申请|话|诉求))")
OTHERS = re.compile(
    r"(?:邻居|隔壁|别人|人家|其他人|朋友|同事|亲戚|网友|有人|网上|听说|别家)[^，。]{0,10}$"
    r"|(?:客服|商家|店家|卖家|厂家|他们|师傅|售后|你们)[^，。]{0,4}(?:说|称|建议|只能|只肯|只同意|让我|表示)[^，。]{0,8}$"
    r"|\b(?:neighbou?rs?|friends?|colleagues?|others?|somebody else|other people)\b[^,.]{0,30}$",
    re.IGNORECASE,
)

WISH = re.compile(
    r"\b(?:want|wants|need|needs|request|requesting|demand|demanding|ask|asking|expect|insist"
    r"|please|like|should|must|could|can|would|to (?:be|get|have)|hope|claim"
    r"|require|entitled|refus\w*|won[’']t"
    r"|never|still|not been|n[’']t been|waiting for|owe|owed)\b[^,.]{0,40}$",
    re.IGNORECASE,
)
DONE = re.compile(
    r"\b(?:after|recently|already|since|last (?:week|month|year)|yesterday|the|was|were|been"
    r"|first|second|got|received|previous|earlier|this|their|your)\s+(?:\w+\s+){0,1}$",
    re.IGNORECASE,
)


def clause(text: str, match: re.Match[str]) -> tuple[str, str]:
    """Return what stands before and after a match in its clause."""
    before = BREAK.split(text[: match.start()])[-1]
    return before, BREAK.split(text[match.end() :])[0]


def is_denied(text: str, match: re.Match[str]) -> bool:
    """Say whether the words are denied: 没有异响, "not rude". Words that deny themselves are not."""
    before, _ = clause(text, match)
    return DENIED.search(before) is not None


def is_quoted(text: str, match: re.Match[str]) -> bool:
    """Say whether the words stand in quotation marks within a longer text."""
    return any(
        quote.start() < match.start() and match.end() < quote.end()
        for quote in QUOTED.finditer(text)
        if quote.end() - quote.start() < 0.8 * len(text.strip())
    )


def is_of_others(text: str, match: re.Match[str]) -> bool:
    """Say whether the words tell of somebody else, or of what the other side says."""
    before, _ = clause(text, match)
    return OTHERS.search(before) is not None


def is_past(text: str, match: re.Match[str]) -> bool:
    """Say whether the words tell of what has been done already."""
    before, after = clause(text, match)
    return PAST.search(before) is not None or PAST_AFTER.search(after) is not None


def wanted(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Yield the matches of a pattern that are wishes of the writer's own."""
    for match in pattern.finditer(text):
        before, after = clause(text, match)
        unwanted = UNWANTED.search(before) or NOT_NEEDED.search(after) or _is_waived(before, after)
        if unwanted or is_quoted(text, match) or is_of_others(text, match):
            continue
        english = match[0][0].isascii()
        if not (_is_past_english(before, match[0]) if english else is_past(text, match)):
            yield match


def _is_waived(before: str, after: str) -> bool:
    # "no refund needed" waives it, "no refund was given" complains of it
    last = re.search(r"\bno\s*$", before, re.IGNORECASE)
    return bool(last and re.match(r"\s*(?:please|needed|necessary|wanted|required)\b", after))


def _is_past_english(before: str, word: str) -> bool:
    """Say whether an English verb or noun tells what was done, not what is wished."""
    if WISH.search(before):
        return False
    done = re.search(r"(?:ed|ing)$", word, re.IGNORECASE) is not None
    return done or DONE.search(before) is not None
