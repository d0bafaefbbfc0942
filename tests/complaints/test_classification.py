"""Rules, the local model, the safety words and what a text says about itself: measured, with their limits."""

import csv
from datetime import date
from decimal import Decimal

import pytest
from sklearn.model_selection import StratifiedKFold

from kesu.complaints import classification, extraction, keyword_rules, products, safety, text_models
from kesu.complaints.starting_data import _read
from tests.conftest import shared

PARENT = {entry["code"]: entry.get("parent") for entry in _read("categories.yaml")}


def classified(company, text, **chosen):
    with company.read() as connection:
        return classification.classify(connection, text, **chosen)


def test_a_keyword_rule_decides_and_says_which_words_did(company):
    found = classified(company, "安装师傅把墙打坏了")
    assert (found.category, found.subcategory, found.by, found.confidence) == ("service", "installation", "rule", 1.0)
    assert found.trace == ["rule 6: 安装师傅"]


def test_rules_are_ordered_and_a_dry_run_shows_all_that_fit(company):
    with company.write() as connection:
        keyword_rules.replace_all(connection, [("noise", ["loud"]), ("attitude", ["rude", "very+loud"])])
        assert [hit.subcategory for hit in keyword_rules.hits(connection, "He was rude and very loud")] == ["noise", "attitude"]


def test_english_words_match_at_their_beginning_only():
    assert keyword_rules.occurs("late", "It was LATER than promised")
    assert not keyword_rules.occurs("late", "the plate is cracked")


def test_what_the_complainant_chose_stands(company):
    found = classified(company, "The installer was rude", category="delivery", subcategory="late_delivery")
    assert (found.category, found.subcategory, found.by) == ("delivery", "late_delivery", "complainant")
    found = classified(company, "The fan rattles all night", category="quality")
    assert (found.category, found.subcategory) == ("quality", "noise")


@pytest.mark.parametrize("text", ["?", "你好", "asdf qwer", "See attachment", "As discussed on the phone on Monday, thank you"])
def test_unsure_the_classification_says_so(company, text):
    found = classified(company, text)
    assert (found.category, found.by, found.is_certain) == ("other", "nobody", False) and found.confidence < 0.6


def test_the_model_is_measured_on_texts_it_has_not_seen():
    pairs = [(PARENT[label], text) for label, text in text_models.examples()]
    labels, texts = [label for label, _ in pairs], [text for _, text in pairs]
    right, answered = 0, 0
    for train, test in StratifiedKFold(5, shuffle=True, random_state=0).split(texts, labels):
        model = text_models.fit([texts[n] for n in train], [labels[n] for n in train])
        chances = model.predict_proba([texts[n].casefold() for n in test])
        for row, number in zip(chances, test, strict=True):
            if row.max() >= classification.THRESHOLD:
                answered, right = answered + 1, right + (model.classes_[row.argmax()] == labels[number])
    assert right / answered >= 0.85 and answered / len(texts) >= 0.3


def test_there_are_examples_in_both_languages_for_every_subcategory():
    pairs = text_models.examples()
    assert len(pairs) >= 150 and len(set(pairs)) == len(pairs)
    for code, parent in PARENT.items():
        own = [text for label, text in pairs if label == code]
        assert parent is None or (any(text.isascii() for text in own) and any(not text.isascii() for text in own)), code


def test_danger_to_people_is_seen_in_both_languages():
    for text in (
        "插上电就冒烟了",
        "孩子被烫伤送医院",
        "手被锋利的边割破",
        "It caught fire",
        "My son got an electric shock",
        "I cut myself on a sharp edge",
    ):
        assert safety.is_concern(text), text
    for text in ("颜色发错了", "订单还没发货", "The invoice is wrong", "Delivery is ten days late"):
        assert not safety.is_concern(text), text


def test_injuries_in_real_reports_are_seen_and_harmless_questions_seldom_flagged():
    hurt = [row["text"] for row in _rows("en_cpsc_toys_severity.csv") if row["injury"] == "True"]
    assert len(hurt) > 500 and sum(map(safety.is_concern, hurt)) / len(hurt) >= 0.97
    harmless = [row["text"] for row in _rows("en_banking77_intent.csv")]
    assert sum(map(safety.is_concern, harmless)) / len(harmless) <= 0.03


def test_models_batches_amounts_orders_and_demands_are_found(company):
    with company.write() as connection:
        products.add_model(connection, "KX-1000", product="kettle")
        products.add_batch(connection, "B2603-07", model="KX-100", made_on=date(2026, 3, 1), quantity=500)
        found = extraction.extract(connection, "kx 100, Batch b2603-07, order no. TB-20260301, I paid ¥1,299.50 and want my money back")
    assert found == extraction.Findings(("KX-100",), ("B2603-07",), Decimal("1299.50"), "TB-20260301", "refund")


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("花了1200元", "1200"),
        ("损失3.5万元，另付200块", "35000"),
        ("$ 99.9", "99.90"),
        ("用了2小时", None),
        ("型号1200", None),
        ("costs 80 euros", "80"),
    ],
)
def test_amounts_are_read_as_people_write_them(text, amount):
    assert extraction.amount(text) == (Decimal(amount) if amount else None)


@pytest.mark.parametrize(
    ("text", "demand"),
    [
        ("要求退货退款", "refund"),
        ("请换一台新的", "replace"),
        ("please send me the missing screws", "resend"),
        ("必须道歉", "apology"),
        ("很失望", None),
    ],
)
def test_the_demand_is_read(text, demand):
    assert extraction.demand(text) == demand


def _rows(name):
    with shared("data", name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
