"""Files of every encoding that spreadsheets write are read right, or with a doubt; never as garbage."""

import pytest

from kesu.complaints import encodings

HEAD = "name,phone,description\n"
TEXTS = {
    "utf-8": "王小明,13900001111,净水器漏水，地板泡坏\n",
    "gb18030": "王小明,13900001111,净水器漏水，地板泡坏\n",
    "big5": "陳大文,0912345678,洗衣機漏水，聲音很大\n",
    "cp1252": "Müller,0170123456,Gerät undicht – Küche naß\n",
    "cp932": "山田太郎,0312345678,洗濯機から水が漏れます\n",
    "utf-16": "王小明,13900001111,净水器漏水\n",
    "utf-8-sig": "Zoë,0170,Fuite d’eau\n",
}


@pytest.mark.parametrize("encoding", TEXTS)
def test_the_encodings_of_spreadsheets_are_told_apart(encoding):
    found = encodings.readings((HEAD + TEXTS[encoding]).encode(encoding))
    assert found[0].text == HEAD + TEXTS[encoding]
    assert encodings.is_certain(found)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Müller", "cp1252"),
        ("Gerät undicht", "cp1252"),
        ("洗衣機漏水", "big5"),
        ("Crème brûlée", "cp1252"),
        ("王明", "gb18030"),
        ("热水器", "gb18030"),
        ("Größe", "cp1252"),
        ("電視機壞了", "big5"),
        ("漏电", "gb18030"),
        ("niño español", "cp1252"),
        ("保固期內", "big5"),
    ],
)
def test_short_texts_are_read_right_or_doubted(text, encoding):
    found = encodings.readings(text.encode(encoding))
    assert text in [reading.text for reading in found]
    assert found[0].text == text or not encodings.is_certain(found)


def test_rare_signs_are_doubted():
    found = encodings.readings("黮鋞瑍簗".encode("gb18030"))
    assert not encodings.is_certain(found)


@pytest.mark.parametrize(
    "content", [b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x02\x03", bytes(range(256))]
)
def test_what_is_no_text_has_no_certain_reading(content):
    assert not encodings.is_certain(encodings.readings(content))


def test_utf_16_without_its_mark_is_read():
    content = (HEAD + TEXTS["gb18030"]).encode("utf-16-le")
    assert encodings.readings(content)[0].text == HEAD + TEXTS["gb18030"]
