"""Saved views: the present filters under a name, with counts, in one's own order; chips that take a filter away; addresses that can be sent on."""

import re
from datetime import timedelta
from html import unescape

import pytest

from kesu.engine.errors import Invalid
from kesu.webui import saved_views
from tests.webui.pages import words
from tests.webui.test_inbox import names


def view_names(page):
    """Return the views beside the list with what they count, in order."""
    found = re.findall(r'class="view-name">([^<]+)</span>\s*(?:<span class="count calm">([^<]+)</span>)?', page.text)
    return [(unescape(name), count) for name, count in found]


def chips(page):
    """Return the chips as text: address."""
    return {unescape(text): unescape(address) for address, text in re.findall(r'<a class="chip" href="([^"]+)"><span>([^<]+)</span>', page.text)}


@pytest.fixture
def kept(company):
    """Keep views of Ivan's; returns their ids."""

    def keep(*given):
        with company.write() as connection:
            return [saved_views.save(connection, "ivan", name, "box=group") for name in given]

    return keep


def test_what_is_shown_is_saved_under_a_name_and_stands_beside_the_list_with_its_count(as_person, begun):
    begun("KS-1")
    begun("KS-2")
    ivan = as_person("ivan")

    answer = ivan.post("/inbox/views", name="  My   second ", query="box=group&q=KS-2")
    page = ivan.follow(answer)

    assert names(page) == [("Propose a remedy", "KS-2")]
    assert view_names(page) == [("My second", "1")]
    assert "Saved as “My second”" in words(page.text)
    assert re.search(r'aria-current="page">\s*<span class="view-name">My second', page.text)


def test_a_view_is_nobody_elses_but_its_address_works_for_everybody(as_person, begun, kept):
    begun("KS-1")
    [view_id] = kept("Mine")
    ada = as_person("ada")

    assert view_names(ada.get("/inbox?box=group")) == []
    assert names(ada.get("/inbox?box=group&q=KS-1")) == [("Propose a remedy", "KS-1")]
    ada.post(f"/inbox/views/{view_id}", 404, method="PUT", act="rename", name="Stolen")
    ada.post(f"/inbox/views/{view_id}", 404, method="DELETE")
    ada.post(f"/inbox/views/{view_id}", 404, method="PUT", act="prefer")


def test_the_inbox_opens_with_the_default_view(as_person, begun):
    begun("KS-1")
    ivan = as_person("ivan")
    ivan.post("/inbox/views", name="Groups", query="box=group&due=week", default="1")

    assert ivan.get("/inbox", 302).location == "/inbox?box=group&due=week"
    assert ivan.get("/inbox?box=mine").status_code == 200
    page = ivan.get("/inbox/views")
    assert "opens with the inbox" in words(page.text)

    view_id = re.search(r'id="view-(\d+)"', page.text).group(1)
    ivan.post(f"/inbox/views/{view_id}", method="PUT", act="unprefer")
    assert ivan.get("/inbox").status_code == 200


def test_views_are_put_in_order_renamed_and_forgotten(as_person, kept):
    first, second, third = kept("First", "Second", "Third")
    ivan = as_person("ivan")

    ivan.post(f"/inbox/views/{third}", method="PUT", act="up")
    ivan.post(f"/inbox/views/{first}", method="PUT", act="down")
    ivan.post(f"/inbox/views/{second}", method="PUT", act="down")
    ivan.post(f"/inbox/views/{third}", method="PUT", act="rename", name="Last")
    ivan.post(f"/inbox/views/{first}", method="DELETE")

    assert [name for name, _count in view_names(ivan.get("/inbox"))] == ["Last", "Second"]


def test_two_views_of_one_name_are_refused_in_a_sentence(as_person, kept):
    _first, second = kept("First", "Second")
    ivan = as_person("ivan")

    refused = ivan.post(f"/inbox/views/{second}", 422, method="PUT", act="rename", name="First")

    assert "You have another view of that name." in words(refused.text)
    assert [name for name, _count in view_names(ivan.get("/inbox"))] == ["First", "Second"]


def test_saving_under_a_known_name_changes_that_view(company, kept):
    first, again = kept("First", "First")

    assert first == again


def test_twenty_views_are_enough(company, kept):
    kept(*[f"View {number}" for number in range(20)])

    with pytest.raises(Invalid, match="Forget one of them first"):
        kept("One too many")


def test_each_chip_takes_one_filter_away(as_person, begun):
    begun("KS-1")
    ivan = as_person("ivan")

    page = ivan.get("/inbox?box=group&q=KS&due=week&priority=2&kind=small/propose")

    assert list(chips(page)) == ["“KS”", "Propose a remedy", "Due this week", "Pressing or more"]
    without = ivan.get(chips(page)["Pressing or more"])
    assert list(chips(without)) == ["“KS”", "Propose a remedy", "Due this week"]
    assert names(without) == [("Propose a remedy", "KS-1")]


def test_filters_combine_and_nonsense_is_left_out(as_person, begun, turned):
    begun("KS-1")
    turned.advance(timedelta(hours=9))
    begun("KS-2")
    ivan = as_person("ivan")

    assert [case for _, case in names(ivan.get("/inbox?box=group&due=overdue"))] == ["KS-1"]
    assert [case for _, case in names(ivan.get("/inbox?box=group&due=week"))] == ["KS-2"]
    assert [case for _, case in names(ivan.get("/inbox?box=group&due=today"))] == []
    assert names(ivan.get("/inbox?box=group&due=overdue&q=KS-2")) == []
    assert len(names(ivan.get("/inbox?box=group&kind=small"))) == 2
    assert len(names(ivan.get("/inbox?box=group&due=never&priority=high&after=x&task=-1"))) == 2


def test_due_today_ends_at_the_readers_midnight(as_person, begun, turned):
    turned.advance(timedelta(hours=7))  # 16:00 in Shanghai, so that eight hours end at midnight
    begun("KS-1")
    ivan = as_person("ivan")

    assert [case for _, case in names(ivan.get("/inbox?box=group&due=today"))] == ["KS-1"]
    turned.advance(timedelta(minutes=1))
    begun("KS-2")
    assert [case for _, case in names(ivan.get("/inbox?box=group&due=today"))] == ["KS-1"]
