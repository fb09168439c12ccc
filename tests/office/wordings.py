"""Wordings for tests: a block, two ways to reword it, and a draft on its way to a version."""

from __future__ import annotations

from collections.abc import Mapping

from clearmyrecord.office import wording_queries, wording_services, wording_text
from clearmyrecord.office.models import User, WordingVersion

KEY = "motion.opening"
OWN = "To the Court, to {defendant}, and to all counsel of record: The People hereby move for an order {order}."
OTHER = "To the Court, to defendant {defendant}, and to counsel: The People respectfully move for an order {order}."


def draft_by(author: User) -> WordingVersion:
    return wording_services.start_draft(actor=author)


def change(draft: WordingVersion, key: str, text: str, *, actor: User | None = None) -> WordingVersion:
    """As its author, or somebody else, changes a block that the page showed as it is in `draft`."""
    author = actor or draft.drafted_by
    assert author is not None
    seen = wording_text.digest_of(draft.texts[key])
    return wording_services.change_block(actor=author, draft_id=draft.pk, key=key, text=text, seen=seen)


def approved(draft: WordingVersion, approver: User, texts: Mapping[str, str]) -> WordingVersion:
    """The draft with these texts as its author put them in, approved beside what is in force."""
    for key, text in texts.items():
        draft = change(draft, key, text)
    in_force = wording_queries.in_force()
    against = in_force.pk if in_force else None
    return wording_services.approve(actor=approver, draft_id=draft.pk, seen=draft.sha256, against=against)
