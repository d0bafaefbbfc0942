"""Words that may mean danger to people. Recall first: a harmless complaint read once too often costs minutes, a fire more.

Negations are not honoured on purpose ("no smoke yet" is read by a person all the same), and no machine
lowers what was flagged. Only figures of speech and "nobody was hurt" by itself are passed over.
"""

import re
import unicodedata

from kesu.complaints import danger_stems_en, danger_stems_zh

CHINESE = (
    "起火 着火 失火 火灾 冒烟 烧焦 焦味 糊味 烧糊 烧坏 自燃 爆炸 炸裂 炸了 爆裂 爆开 火花 短路 熔化 融化 鼓包 过热 发烫 滚烫 "
    "漏电 触电 电到 电击 电人 漏气 煤气 燃气泄 一氧化碳 有毒 甲醛 刺鼻 中毒 过敏 皮疹 呕吐 晕倒 昏迷 窒息 噎 误吞 吞下 吞了 "
    "烫伤 烧伤 灼伤 烫到 割伤 划伤 割破 夹伤 夹到 砸伤 砸到 扎伤 扎到 伤到 伤人 摔伤 摔倒 受伤 流血 出血 骨折 缝针 锋利 尖锐 "
    "住院 医院 急诊 送医 死亡 生命危险 人身 安全隐患 危险 刹车失灵 失控 倾倒 倒塌 塌 坠落 掉下来砸"
).split()
ENGLISH = (
    r"fires?\b flame ignit smok(?:e|ing|ed) burn scorch scald singe melt explo burst shatter blew.up blow.up spark",
    r"overheat too.hot very.hot electr(?:ic|ical)?.shock electrocut shocked.me got.a.shock short.?circuit gas.leak fumes",
    r"carbon.monoxide toxic poison chemical lead.paint injur wound bleed blood cuts?\b lacerat fractur bruis concuss",
    r"broken.(?:arm|leg|bone|finger|tooth|nose|wrist) hospital emergency.room er\b doctor stitches surgery medical",
    r"chok suffocat strangl swallow ingest asphyx allerg rash blister vomit faint unconscious drown",
    r"death died deadly fatal danger hazard unsafe safety brakes?.(?:fail|did) out.of.control collaps tipp?ed.over tip.?over",
    r"slic(?:e|ed|ing) cutting swollen swelling scar caught.in got.caught hair entangl tangled throat inhal impal topp?l unstable",
    r"breath knocked.(?:down|over|out) (?:in|on).(?:his|her|my|their|the).(?:face|head|mouth|eye|teeth|lip|finger) shard cried crying scream",
    r"(?:broke|bruised|cracked).my finger.(?:got|was|is) odou?r smell landed.on jammed.(?:finger|hand)",
    r"fell\b pinch trap(?:ped)? sharp\b hurt harm pain splinter puncture amputat eye\b mou?ld lodged stuck.in",
)
_CLAUSE = r"[^，,。.;；!！?？\n]"
_SPACE = r"\s+"
_SPACED = re.compile(r"(?<=[\u4e00-\u9fff])[ \t\u3000]+(?=[\u4e00-\u9fff])")


def _alternatives(stems: str, gap: str) -> str:
    return "|".join(stems.replace("~", gap).split())


def _chinese(stems: str) -> str:
    named = stems.replace("&", danger_stems_zh.PERSON).replace("@", danger_stems_zh.LIMB)
    return _alternatives(named, _CLAUSE + "{0,10}?")


_CHINESE = re.compile("|".join([*CHINESE, *map(_chinese, danger_stems_zh.KINDS.values())]))
# Tight, so that a figure of speech never swallows the sign beside it: "could not stop and got hurt".
_FIGURES = re.compile(
    _alternatives(danger_stems_zh.FIGURES, "")
    + rf"|\b(?:{_alternatives(danger_stems_en.FIGURES, _SPACE)})",
    re.IGNORECASE,
)
# A shrill sound or a pointed remark is sharp in word only.
_SHRILL = re.compile(
    r"(?:声音?|音|噪|响|啸叫|鸣|言辞|语言|语气|态度|矛盾|意见)[^，,。.;；!！?？\n]{0,6}尖锐"
    r"|尖锐(?:刺耳)?的?[^，,。.;；!！?？\n]{0,3}(?:声|噪|响|啸|鸣|批评|意见|矛盾)"
    r"|\bsharp(?=\s+(?:\w+\s+)?(?:noise|sound|whistle|tone|squeal|image|picture|rise|increase))",
    re.IGNORECASE,
)
_STEMS = (_alternatives(each, _CLAUSE + r"{1,25}?\b") for each in danger_stems_en.KINDS.values())
_ENGLISH = re.compile(rf"\b(?:{'|'.join([*' '.join(ENGLISH).split(), *_STEMS])})", re.IGNORECASE)


def signs(text: str) -> list[str]:
    """Return the words of a text that may mean danger to people, in order, each once."""
    text = _SPACED.sub("", unicodedata.normalize("NFKC", text))
    text = _FIGURES.sub(" ", _SHRILL.sub(" ", text))
    found = [*_CHINESE.findall(text), *(match.group(0).lower() for match in _ENGLISH.finditer(text))]
    return list(dict.fromkeys(found))


def is_concern(text: str) -> bool:
    """Say whether a person must look at this text at once."""
    return bool(signs(text))
