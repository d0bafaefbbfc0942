"""Danger is seen by its kind, not by one word; figures of speech and "nobody was hurt" alone are none."""

import csv
import io

import pytest

from kesu.complaints import danger_stems_en, danger_stems_zh, safety
from tests.conftest import shared

DANGERS = [
    "漏电，幸好没有受伤",
    "插头烧黑了一块，幸好人没事",
    "壶身麻手，站在地上一摸就刺痛",
    "冰箱冷媒泄漏，家里人头晕恶心",
    "高压锅的盖子飞到天花板上",
    "燃气灶炸了",
    "插头都炸了",
    "下坡刹车踩不住，差点撞树",
    "方向盘突然锁死",
    "老人吃了这个药心慌抽搐",
    "充电宝鼓了个大包",
    "吊扇掉下来砸到人",
    "我不想活了，你们看着办",
    "孩子把纽扣电池吞了",
    "着火快来人",
    "冒 烟 了",
    "The kettle shocks me, luckily nobody was hurt",
    "It could not stop and he got hurt",
    "The battery bulged and leaked acid",
    "Refrigerant leaked and we felt dizzy",
    "Steering locked up at a junction",
    "The ladder rung gave way under my father",
    "I want to end my life because of you",
    "Three of us got sick after eating it",
]
HARMLESS = [
    "没有人受伤，只是想退货",
    "气死我了，客服电话打爆了",
    "包装一塌糊涂",
    "空气炸锅颜色发错了",
    "说明书不清楚，要求换货",
    "快递三天没动静",
    "Nobody was hurt, just want my money back",
    "I am sick of waiting",
    "The fire tablet freezes",
    "Shocking customer service",
    "The box was late and the colour is wrong",
]


@pytest.mark.parametrize("text", DANGERS)
def test_a_danger_is_seen(text):
    assert safety.is_concern(text)


@pytest.mark.parametrize("text", HARMLESS)
def test_an_ordinary_complaint_is_not(text):
    assert safety.signs(text) == []


@pytest.mark.parametrize("figure", ["气死我了，", "没有人受伤，", "客服电话打爆了。", "Nobody was hurt. "])
@pytest.mark.parametrize("text", DANGERS)
def test_a_figure_of_speech_lowers_no_danger(figure, text):
    assert safety.is_concern(figure + text) and safety.is_concern(text + "。" + figure)


def test_no_stem_is_empty_or_swallows_everything():
    assert not safety.signs("") and not safety.signs("你好") and not safety.signs("hello")
    for kinds in (danger_stems_zh.KINDS, danger_stems_en.KINDS):
        assert all(stems.split() for stems in kinds.values())


def _rates():
    text = shared("data/danger_train.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    for key in {(row["source"], row["lang"], row["label"]) for row in rows}:
        texts = [each["text"] for each in rows if (each["source"], each["lang"], each["label"]) == key]
        yield key, sum(map(safety.is_concern, texts)) / len(texts)


def test_measured_on_many_texts_it_misses_little_and_cries_wolf_seldom():
    rates = dict(_rates())
    assert rates["own", "zh", "hazard"] >= 0.97 and rates["own", "en", "hazard"] >= 0.97
    assert rates["os10", "zh", "hazard"] >= 0.9 and rates["car12365-2020", "zh", "hazard"] >= 0.7
    assert max(rate for key, rate in rates.items() if key[2] == "none") <= 0.06
