"""Imports every file of the case file that has a table, and the engine's, so that `metadata` is complete."""

from kesu.complaints import (  # noqa: F401
    attachments,
    cases,
    categories,
    clocks,
    commitments,
    complainants,
    contacts,
    escalations,
    intakes,
    keyword_rules,
    mails,
    notices,
    numbers,
    products,
    questions,
    remedies,
    routings,
    statuses,
    surveys,
    tracking,
    working_hours,
)
from kesu.engine import tables  # noqa: F401
