"""Words are not taken for what they are not: denied, past, of others, out of scope."""

import pytest

from kesu.complaints import cases, classification, corrections, extraction, receipts, safety
from tests.complaints.companies import complaint

ASKED_BELOW = 0.6  # as the shipped diagram has it


def classified(company, text):
    with company.read() as connection:
        return classification.classify(connection, text)


@pytest.mark.parametrize(
    "text",
    [
        "工地超时施工噪音扰民",
        "小区楼下广场舞噪音太大",
        "邻居家装修噪音吵得睡不着",
        "The airline staff was rude",
        "My neighbour's drill makes a grinding noise at night",
        "半夜打桩的噪音吵得睡不着",
    ],
)
def test_a_rule_word_of_something_else_is_asked_about(company, text):
    found = classified(company, text)
    assert found.by in ("rule", "nobody") and found.confidence < ASKED_BELOW
    assert any("out of scope" in line for line in found.trace)


@pytest.mark.parametrize(
    "text", ["没有异响，就是漏水", "客服没有骂人", "There is no grinding noise at all"]
)
def test_what_is_denied_makes_no_rule_fit(company, text):
    assert classified(company, text).by != "rule"


def test_two_rules_of_different_categories_are_asked_about(company):
    found = classified(company, "快递员态度恶劣，洗衣机还有异响，客服没人接")
    assert found.by == "rule"
    found = classified(company, "洗衣机有异响，发票也开错了，售后态度恶劣")
    assert found.confidence < ASKED_BELOW and "another rule" in found.trace[-1]


@pytest.mark.parametrize(
    "text", ["安装师傅把墙打坏了", "水壶噪音很大", "客服态度差，骂人", "The fan rattles all night"]
)
def test_a_clear_rule_is_still_certain(company, text):
    assert (classified(company, text).by, classified(company, text).confidence) == ("rule", 1.0)


@pytest.mark.parametrize(
    ("text", "demand"),
    [
        ("不要退款，只要修好", "repair"),
        ("我不是要赔偿，我要一个道歉", "apology"),
        ("不接受换货，要求维修", "repair"),
        ("不用赔钱，来人修好就行", "repair"),
        ("不想修了，给我换新", "replace"),
        ("商家不给退款", "refund"),
        ("不退款就投诉到底", "refund"),
        ("至今未退款", "refund"),
        ("为什么不能退款", "refund"),
        ("修过两次了还是坏", None),
        ("上次维修之后又漏水", None),
        ("刚换了一个新的还是坏", None),
        ("邻居家的已经换货了", None),
        ("客服说只能维修", None),
        ("包装上写着“七天无理由退货”，可是机器根本不制热，水也不热，怎么办", None),
        ("We recently replaced the batteries and it still does not work", None),
        ("The battery was replaced last week", None),
        ("The replacement also broke", None),
        ("My neighbour got a refund", None),
        ("I don't need compensation", None),
        ("I do not want a refund, please repair it", "repair"),
        ("Instead of a replacement I want my money back", "refund"),
        ("Not a refund but a replacement", "replace"),
        ("Please just fix it, no refund needed", "repair"),
        ("They won't refund me", "refund"),
        ("Refund please", "refund"),
        ("I want it replaced", "replace"),
        ("It should be repaired under warranty", "repair"),
    ],
)
def test_a_demand_is_what_the_writer_wants(text, demand):
    assert extraction.demand(text) == demand


@pytest.mark.parametrize(
    "text",
    [
        "水泵声音尖锐",
        "噪音非常尖锐刺耳",
        "发出尖锐的啸叫声",
        "客服言辞尖锐",
        "It makes a sharp whistling noise",
    ],
)
def test_a_shrill_sound_is_no_danger(text):
    assert not safety.is_concern(text)


@pytest.mark.parametrize(
    "text", ["边缘尖锐，割破了手", "外壳很尖锐", "声音尖锐，还冒烟", "a sharp edge"]
)
def test_what_is_sharp_still_is(text):
    assert safety.is_concern(text)


TOLD = "我家的 WH80 用了半年不加热，批次 B2603-07，订单号 TB-20260301，请维修"


@pytest.fixture
def with_models(company):
    """The company, making water heaters too."""
    from kesu.complaints import products

    with company.write() as connection:
        products.add_product(connection, "WH", name="电热水器")
        products.add_model(connection, "WH80", product="WH")
    return company


def test_what_the_text_says_fills_what_was_left_empty(with_models):
    given = complaint(product="", description=TOLD)
    reference = receipts.receive(with_models, given, channel="web").reference
    with with_models.read() as connection:
        case = cases.find(connection, reference)
        changes = {change.field: change.actor for change in cases.changes_of(connection, reference)}
    filled = (case.product, case.model, case.batch, case.order_number)
    assert filled == ("WH", "WH80", "B2603-07", "TB-20260301") and case.amount is None
    assert changes == dict.fromkeys(("product", "model", "batch", "order_number"), "system")


def test_what_was_given_is_never_contradicted_by_the_text(with_models):
    given = complaint(product="kettle", batch="B1", description=TOLD)
    reference = receipts.receive(with_models, given, channel="web").reference
    with with_models.read() as connection:
        case = cases.find(connection, reference)
    assert (case.product, case.model, case.batch) == ("kettle", None, "B1")


def test_two_models_fill_nothing_and_what_was_emptied_stays_empty(with_models):
    given = complaint(product="", description="WH80 和 KX-100 都漏水，订单号 A12345")
    reference = receipts.receive(with_models, given, channel="web").reference
    with with_models.read() as connection:
        case = cases.find(connection, reference)
    assert (case.product, case.model, case.order_number) == (None, None, "A12345")
    told = {"actor": "ines", "seen": case.version, "reason": "not theirs"}
    corrections.correct(with_models, reference, {"order_number": ""}, **told)
    with with_models.read() as connection:
        assert cases.find(connection, reference).order_number is None
