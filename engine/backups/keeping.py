"""Which backups are kept: so many days, weeks and months, the newest of each.

The newest of all always stays, and so does whatever no rule was ever asked about.
"""

import os
import pathlib
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import tzinfo

from kesu.engine.backups.making import UNFINISHED, Made, all_in
from kesu.engine.errors import Rejected, sentence

SETTING = "KESU_BACKUP_KEEP"


@dataclass(frozen=True)
class Rule:
    """How many daily, weekly and monthly backups stay."""

    daily: int = 7
    weekly: int = 4
    monthly: int = 12


def rule(text: str | None = None) -> Rule:
    """Return the rule that `KESU_BACKUP_KEEP` says, like `7,4,12`. Raises `Rejected`."""
    text = os.environ.get(SETTING, "") if text is None else text
    if not text:
        return Rule()
    parts = text.split(",")
    if len(parts) != 3 or not all(part.strip().isdigit() for part in parts):
        raise Rejected(
            sentence(
                "{setting} is {given}: expected three numbers, daily, weekly and monthly, as in 7,4,12."
            ),
            setting=SETTING,
            given=text,
        )
    return Rule(*(int(part) for part in parts))


def kept(made: Iterable[Made], rule: Rule, zone: tzinfo) -> list[Made]:
    """Return those that stay; days, ISO weeks and months are those of the company's zone."""
    newest_first = sorted(made, key=lambda each: each.manifest.at, reverse=True)
    stay = {id(each) for each in newest_first[:1]}
    for count, form in ((rule.daily, "%Y-%m-%d"), (rule.weekly, "%G-%V"), (rule.monthly, "%Y-%m")):
        spans: dict[str, Made] = {}
        for each in newest_first:
            spans.setdefault(each.manifest.at.astimezone(zone).strftime(form), each)
        stay |= {id(each) for each in list(spans.values())[:count]}
    return [each for each in newest_first if id(each) in stay]


def thin(place: pathlib.Path, rule: Rule, zone: tzinfo) -> list[pathlib.Path]:
    """Delete what the rule no longer keeps; return the folders that went."""
    made = all_in(place)
    stay = {each.folder for each in kept(made, rule, zone)}
    gone = [each.folder for each in made if each.folder not in stay]
    for folder in gone:
        # No longer a backup from the first moment on: half of one must not look like one.
        doomed = folder.with_name(f"{UNFINISHED}{folder.name}")
        os.replace(folder, doomed)
        shutil.rmtree(doomed)
    return gone
