"""Imports every file of the case file that has a table, and the engine's, so that `metadata` is complete."""

from kesu.complaints import (  # noqa: F401
    attachments,
    cases,
    categories,
    clocks,
    commitments,
    complainants,
    contacts,
    digests,
    escalations,
    intakes,
    keyword_rules,
    mail_wishes,
    mails,
    notices,
    numbers,
    products,
    profiles,
    questions,
    remedies,
    routings,
    statuses,
    surveys,
    tracking,
    working_hours,
)
from kesu.engine import tables  # noqa: F401
