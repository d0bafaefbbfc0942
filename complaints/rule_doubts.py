"""Why a keyword rule that fits may yet be wrong: then it only proposes, and a person is asked.

A word in a text is no certainty: 工地超时施工噪音扰民 has the word of a noisy product and is about a
building site.
"""

import re
from collections.abc import Mapping, Sequence

from kesu.complaints import keyword_rules
from kesu.complaints.keyword_rules import Hit

DOUBTFUL = 0.5  # below the 0.6 under which the process asks a person
SURE_OF_OTHER = 0.52  # the model is this sure of another category
OURS = re.compile(  # what a manufacturer makes, sells, delivers, repairs
    r"产品|商品|机器|机子|设备|电器|家电|器具|热水器|净水器|空气净化|空调|冰箱|冰柜|洗衣机|烘干机|电视|风扇|暖风|取暖|电机|马达|压缩机"
    r"|灶|油烟机|烤箱|微波炉|电饭煲|压力锅|锅|壶|榨汁|料理机|破壁机|豆浆机|咖啡机|吸尘器|扫地|吹风机|剃须|熨斗|灯|插座|充电"
    r"|电池|遥控|滤芯|水箱|面板|配件|零件|螺丝|说明书|型号|批次|保修|质保|三包|售后|客服|热线|师傅|工程师|安装|维修|上门|报修"
    r"|快递|物流|包裹|发货|送货|收货|签收|订单|下单|网购|购买|买的|买了|买回|刚买|新买|退货|退款|换货|发票|扣款|收据|门店|商家|卖家"
    r"|店家|工单|投诉单|你们|贵公司|贵司|货|椅|沙发|床|柜|桌"
    r"|\b(?:product|item|device|appliance|machine|unit|heater|boiler|kettle|fan|washer"
    r"|washing|dryer"
    r"|fridge|freezer|oven|cooker|stove|hob|mixer|blender|juicer|vacuum|purifier|lamp"
    r"|toaster|coffee|shaver"
    r"|motor|compressor|battery|charger|remote|filter|model|batch|serial|warranty|manual"
    r"|part|screw|spare"
    r"|customer service|hotline|support|agent|installer|fitter|technician|engineer"
    r"|install\w*|repair\w*"
    r"|deliver\w*|parcel|courier|carrier|ship\w*|order\w*|bought|purchas\w*|refund|invoice"
    r"|receipt|seller"
    r"|shop|store|warehouse|box|packag\w*|spin|discount|you (?:sent|sold|made)"
    r"|your (?:company|service|people|staff))s?\b",
    re.IGNORECASE,
)
OTHERS = re.compile(  # matters that are other people's to mend
    r"工地|施工|扰民|邻居|楼上|楼下|隔壁|小区|物业|业主|广场舞|马路|道路|公交|地铁|出租车|网约车|城管|派出所|警察|政府|街道办|学校|老师"
    r"|银行|贷款|信用卡|医保|社保|航班|机场|航空|高铁|酒店|宾馆|餐厅|饭店|外卖|景区|旅行社|直播间|游戏|账号|微博|疫情|口罩|房东|租房|KTV|酒吧|烧烤"
    r"|\b(?:neighbou?rs?|construction|building site|roadworks|landlord|tenant|airline"
    r"|airport|flights?|boarding"
    r"|luggage|hotel|restaurant|bank|loan|credit card|atm|exchange rate|top.?up|police"
    r"|government|council"
    r"|school|teacher|bus|train|taxi|pilot|crew|gate)\b",
    re.IGNORECASE,
)


def reasons(
    text: str,
    hits: Sequence[Hit],
    parents: Mapping[str, str],
    chances: Mapping[str, float],
    *,
    known_product: bool = False,
) -> list[str]:
    """Return why the first of the rules that fit a text may be wrong, each as a word for the trace.

    `parents` are the categories by subcategory, `chances` those of the model for each category;
    `known_product`: it was said or found which of our products this is about.
    """
    first = hits[0]
    category = parents[first.subcategory]
    best = max(chances, key=lambda label: chances[label], default=category)
    others = {parents.get(hit.subcategory) for hit in hits[1:]} - {None, category}
    found = {
        "another rule": bool(others),
        "the model": best != category and chances[best] >= SURE_OF_OTHER,
        "somebody else's": not keyword_rules.is_own(first.words, text),
        "out of scope": not known_product and (is_of_others(text) or not OURS.search(text)),
    }
    return [reason for reason, holds in found.items() if holds]


def is_of_others(text: str) -> bool:
    """Say whether a text tells of what other people have to mend: a building site, a bank."""
    return OTHERS.search(text) is not None
