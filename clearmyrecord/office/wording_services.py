"""What makes wordings: drafting, changing and discarding a draft, approving one. Each is one act of the trail.

Administrators and attorneys draft: what papers call the office and its courts is the one's business, what they say of
the law the others'. Attorneys and supervisors approve, never their own draft: an approved wording is what attorneys
sign and supervisors let go out. One person drafts a wording and nobody else changes it, so that who approves it wrote
no word of it.
"""

from __future__ import annotations

from functools import lru_cache

from django.db import IntegrityError, transaction
from django.utils import timezone

import petitions
from clearmyrecord.audit import services as audit
from clearmyrecord.errors import Conflict, Invalid, NotAllowed, NotFound
from clearmyrecord.office import access, wording_queries, wording_text
from clearmyrecord.office.models import Role, User, WordingVersion
from petitions.wording import Wording, problems

OPEN = "You have a draft already. Have it approved, or discard it, before you start another one."


def start_draft(*, actor: User, version_id: int | None = None) -> WordingVersion:
    """A draft of the actor's own with the words in force, or with those of an older version to restore them.

    Administrators and attorneys. Raises Conflict while the actor has another draft, or for what is no version.
    """
    access.require_attorney_or(actor, Role.ADMINISTRATOR)
    with transaction.atomic():
        source = wording_queries.version_or_404(version_id) if version_id else wording_queries.in_force()
        if source is not None and source.state not in (WordingVersion.State.APPROVED, WordingVersion.State.STANDARD):
            raise Conflict("Only an approved version can be drafted from, so that nobody approves their own words.")
        texts = wording_text.in_full(source.texts) if source else wording_text.standard()
        try:
            with transaction.atomic():
                draft = WordingVersion.objects.create(
                    texts=texts, sha256=wording_text.digest(texts), based_on=source, drafted_by=actor
                )
        except IntegrityError:
            raise Conflict(OPEN) from None
        detail = {"based_on": source.pk if source else None, "sha256": draft.sha256}
        audit.record(actor=actor, verb="wording.drafted", target=draft, detail=detail)
    return draft


def change_block(*, actor: User, draft_id: int, key: str, text: str, seen: str) -> WordingVersion:
    """Put another text in a block of one's own draft. `seen` is the SHA-256 of the block's text as it was shown.

    Raises Invalid with every problem of the text, Conflict if the block was changed or the draft approved since.
    """
    access.require_attorney_or(actor, Role.ADMINISTRATOR)
    wording_queries.block_or_404(key)
    text = wording_text.typed(text)
    if found := problems(key, text):
        raise Invalid(" ".join(found))
    with transaction.atomic():
        draft = _locked_draft(draft_id)
        if draft.drafted_by_id != actor.pk:
            raise NotAllowed("Only who started a draft changes it.")
        before = wording_text.in_full(draft.texts)
        if wording_text.digest_of(before[key]) != seen:
            raise Conflict("This text was changed in another window. Open it again.")
        if text != before[key]:
            draft.texts = before | {key: text}
            draft.sha256 = wording_text.digest(draft.texts)
            draft.save(update_fields=["texts", "sha256"])
            audit.record(
                actor=actor, verb="wording.changed", target=draft, detail={"block": key, "sha256": draft.sha256}
            )
    return draft


def discard_draft(*, actor: User, draft_id: int) -> None:
    """Give a draft up; its author, or a supervisor for one left behind. It can still be read."""
    if actor.role != Role.SUPERVISOR:
        access.require_attorney_or(actor, Role.ADMINISTRATOR)
    with transaction.atomic():
        draft = _locked_draft(draft_id)
        if draft.drafted_by_id != actor.pk and actor.role != Role.SUPERVISOR:
            raise NotAllowed("Only who started a draft, or a supervisor, may discard it.")
        draft.discarded_by, draft.discarded_at = actor, timezone.now()
        draft.save(update_fields=["discarded_by", "discarded_at"])
        audit.record(actor=actor, verb="wording.discarded", target=draft)


def approve(*, actor: User, draft_id: int, seen: str, against: int | None) -> WordingVersion:
    """Approve exactly the words that were shown, beside the version they replace; they are in force from then on.

    Attorneys and supervisors, never the author. `seen` is the draft's SHA-256, `against` the version it was compared
    with. Raises NotAllowed, Invalid with what is wrong in papers so worded, Conflict if either changed since.
    """
    access.require_attorney_or(actor, Role.SUPERVISOR)
    draft = wording_queries.version_or_404(draft_id)
    if draft.drafted_by_id == actor.pk:
        raise NotAllowed("You drafted these words. Another attorney or a supervisor must approve them.")
    if found := _faults(Wording("draft", draft.texts)):  # takes seconds: before the transaction, which compares `seen`
        raise Invalid(" ".join(found))
    with transaction.atomic():
        draft = _locked_draft(draft_id)
        replaced = wording_queries.in_force()
        if draft.sha256 != seen or (replaced.pk if replaced else None) != against:
            raise Conflict("The draft, or the version in force, changed while you had it open. Read it again.")
        if not wording_text.changes(wording_queries.texts_of(replaced), draft.texts):
            raise Invalid("This draft says what is in force already. There is nothing to approve.")
        draft.number = (replaced.number or 0) + 1 if replaced else 1  # unique: nothing came between
        draft.approved_by, draft.approved_at = actor, timezone.now()
        try:
            with transaction.atomic():
                draft.save(update_fields=["number", "approved_by", "approved_at"])
        except IntegrityError:  # another draft became this version since `replaced` was read
            raise Conflict("Another draft was approved at this moment. Read this one again.") from None
        detail = {"version": draft.number, "sha256": draft.sha256}
        audit.record(actor=actor, verb="wording.approved", target=draft, detail=detail)
    return draft


@lru_cache(maxsize=8)
def _faults(wording: Wording) -> tuple[str, ...]:
    """What is wrong with papers of invented data in these words. Whoever has to read a draft again waits once."""
    return tuple(petitions.wording_faults(wording))


def for_papers() -> WordingVersion:
    """The wording of what is submitted now: the version in force, else the product's standard, kept from then on."""
    if found := wording_queries.in_force():
        return found
    texts = wording_text.standard()
    sha256 = wording_text.digest(texts)
    kept, _ = WordingVersion.objects.get_or_create(drafted_by=None, sha256=sha256, defaults={"texts": texts})
    return kept


def _locked_draft(draft_id: int) -> WordingVersion:
    draft = WordingVersion.objects.select_for_update(of=("self",)).filter(pk=draft_id).first()
    if draft is None:
        raise NotFound("There is no such wording.")
    if draft.state != WordingVersion.State.DRAFT:
        raise Conflict("This wording is approved or discarded: it is never changed. Start a draft from it instead.")
    return draft
