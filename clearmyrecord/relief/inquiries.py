"""Answering inquiries: logging them, saying who is meant, what we found, the letter, and the public form."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

import petitions
from clearmyrecord.among import among
from clearmyrecord.audit import services as audit
from clearmyrecord.errors import Conflict, Invalid, NotAllowed, NotFound
from clearmyrecord.filings.models import Receipt
from clearmyrecord.office import queries as office
from clearmyrecord.office import wording_queries
from clearmyrecord.office.access import READERS, require
from clearmyrecord.office.models import Role, User
from clearmyrecord.records.models import Conviction, Subject
from clearmyrecord.records.queries import person_ids
from clearmyrecord.records.storage import written_whole
from clearmyrecord.relief.inquiry_models import Inquiry, InquiryLetter, PublicAsk
from clearmyrecord.relief.models import Asked, CourtAnswer
from clearmyrecord.reviews import queries as reviews
from petitions.papers import inquiry as paper
from petitions.papers.data import Office
from petitions.papers.letter import Language

WHO = (Role.ANALYST, Role.SUPERVISOR)
ASKS_AN_HOUR = 5
"""Times that one address may send the public form in an hour."""
ASK_LOCK = 6466
"""Advisory lock under which the public form is counted."""
ASKS_A_DAY = 300
"""Times that the public form may be sent in a day by anybody."""
TYPED = ("channel", "asker", "asker_name", "contact", "name", "birth_date", "note", "asked_on")


WORDS = {"hand_review": "Being reviewed", "not_eligible": "Not eligible"}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one conviction of the person stands, in one glance."""

    conviction: Conviction
    case_number: str
    state: str  # cleared, asked, hearing, denied, found, not_found
    words: str
    why: str
    day: date | None
    became: str  # as the letter has it; empty where it tells nothing singly

    @property
    def is_sealed(self) -> bool:
        """Whether a court sealed it: shown only where needed to answer."""
        return self.became == "sealed"


def log(*, actor: User, values: dict[str, Any]) -> Inquiry:
    """An inquiry that came by telephone, at the counter, by letter or e-mail. Analysts and supervisors."""
    require(actor, *WHO)
    if values["channel"] == Inquiry.Channel.FORM:
        raise Invalid("Only the public form itself files these.")
    if values["asked_on"] > office.today():
        raise Invalid("The day lies in the future.")
    with transaction.atomic():
        kept = Inquiry.objects.create(entered_by=actor, **{name: values[name] for name in TYPED})
        audit.record(actor=actor, verb="inquiry.logged", target=kept, detail={"channel": kept.channel})
    return kept


def ask(*, address: str, values: dict[str, Any]) -> None:
    """File what the public form holds, and nothing else: no search, no answer. Raises NotAllowed when asked too often.

    The count is kept in the database, under a lock, so that it holds for any number of servers.
    """
    if not settings.PUBLIC_INQUIRIES:
        raise NotFound("There is no such page.")
    hashed = hmac.new(settings.SECRET_KEY.encode(), f"inquiry {address}".encode(), hashlib.sha256).hexdigest()
    now = timezone.now()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ASK_LOCK])
        PublicAsk.objects.filter(at__lt=now - timedelta(days=1)).delete()
        theirs = PublicAsk.objects.filter(address_hash=hashed, at__gte=now - timedelta(hours=1)).count()
        if theirs >= ASKS_AN_HOUR or PublicAsk.objects.count() >= ASKS_A_DAY:
            raise NotAllowed("Too many questions came just now. Please try again later, or call the office.")
        PublicAsk.objects.create(address_hash=hashed)
        typed = {name: values[name] for name in ("asker", "asker_name", "contact", "name", "birth_date", "note")}
        kept = Inquiry.objects.create(channel=Inquiry.Channel.FORM, asked_on=office.today(), entered_by=None, **typed)
        audit.record(actor=None, verb="inquiry.filed", target=kept, detail={"channel": kept.channel})


@transaction.atomic
def say_who(*, actor: User, inquiry_id: int, subject_id: int, identity: str) -> Inquiry:
    """The person is this subject, and whoever asks may be told: `identity` says how that was verified."""
    require(actor, *WHO)
    inquiry = _open(inquiry_id)
    if not identity.strip():
        raise Invalid("Say how it was verified that they may be told.")
    if not Subject.objects.filter(pk=subject_id).exists():
        raise NotFound("There is no such subject.")
    inquiry.subject_id, inquiry.identity = subject_id, identity.strip()[:300]
    inquiry.save(update_fields=["subject", "identity"])
    audit.record(actor=actor, verb="inquiry.matched", target=inquiry, subjects=[subject_id])
    return inquiry


@transaction.atomic
def settle(*, actor: User, inquiry_id: int, state: str, answer: str) -> Inquiry:
    """It is answered, or closed without an answer; `answer` says what they were told, or why nothing."""
    require(actor, *WHO)
    inquiry = _open(inquiry_id)
    if state not in (Inquiry.State.ANSWERED, Inquiry.State.CLOSED) or not answer.strip():
        raise Invalid("Say what they were told, or why nothing.")
    inquiry.state, inquiry.answer = state, answer.strip()
    inquiry.settled_by, inquiry.settled_at = actor, timezone.now()
    inquiry.save(update_fields=["state", "answer", "settled_by", "settled_at"])
    subjects = [inquiry.subject_id] if inquiry.subject_id else []
    audit.record(actor=actor, verb=f"inquiry.{state}", target=inquiry, subjects=subjects)
    return inquiry


def _open(inquiry_id: int) -> Inquiry:
    found = Inquiry.objects.select_for_update().filter(pk=inquiry_id).first()
    if found is None:
        raise NotFound("There is no such inquiry.")
    if found.state != Inquiry.State.OPEN:
        raise Conflict("This inquiry is settled. Log a new one.")
    return found


def inquiry_or_404(user: User, inquiry_id: int) -> Inquiry:
    """Raises NotFound where there is none."""
    require(user, *READERS)
    found = Inquiry.objects.select_related("subject", "entered_by", "settled_by").filter(pk=inquiry_id).first()
    if found is None:
        raise NotFound("There is no such inquiry.")
    return found


def standings(subject_id: int) -> list[Standing]:
    """Every cannabis conviction of a person, and what else a court was asked of: cleared, asked, or why not.

    By conviction date. As many queries for many convictions as for one.
    """
    people = person_ids(subject_id)
    was_asked = Exists(Asked.objects.filter(conviction=OuterRef("pk")))
    convictions = list(
        Conviction.objects.filter(~Q(prop64="") | was_asked, subject__in=people, newest_reading__isnull=False)
        .order_by("convicted_on", "pk")
    )  # fmt: skip
    ids = [each.pk for each in convictions]
    rows = Asked.objects.filter(conviction__in=among(ids)).select_related("item").order_by("pk")
    asked = {each.conviction_id: each for each in rows if each.state not in ("withdrawn", "rejected")}
    answers = CourtAnswer.objects.filter(item__in=among([each.item_id for each in asked.values()]), superseded_at=None)
    answered = {each.item_id: each for each in answers}
    filed_on = _filed_on(asked.values())
    found = {row.conviction_id: row for row in reviews.standing_in_use().filter(conviction__in=among(ids))}
    return [
        _told(each, of, answered.get(of.item_id), filed_on.get((of.filing_id, of.motion_id)))
        if (of := asked.get(each.pk))
        else _not_asked(each, found.get(each.pk))
        for each in convictions
    ]


def _filed_on(asked: Collection[Asked]) -> dict[tuple[int | None, int | None], date]:
    """By filing and motion, the day on which the clerk took it."""
    filings, motions = {each.filing_id for each in asked}, {each.motion_id for each in asked}
    of_them = Q(filing__in=filings - {None}) | Q(motion__in=motions - {None})
    found = Receipt.objects.filter(of_them, undone_at=None).values_list("filing_id", "motion_id", "filed_on")
    return {(filing, motion): day for filing, motion, day in found}


def _not_asked(conviction: Conviction, row: Any) -> Standing:
    """Where a conviction stands of which no court was asked; `row` is what the run in use found."""
    number = ", ".join(conviction.case_numbers)
    if row is None:
        return Standing(conviction, number, "not_found", "Not evaluated", "No run decided on it yet.", None, "")
    state = "found" if row.standing_outcome in reviews.RELIEF else "not_found"
    words = WORDS.get(row.standing_outcome, "Not filed yet")
    return Standing(conviction, number, state, words, row.override_reason or row.reason, None, "")


def _told(conviction: Conviction, asked: Asked, answer: CourtAnswer | None, filed_on: date | None) -> Standing:
    """Where a conviction stands of which a court was asked."""
    number = asked.item.case_number
    if answer and answer.decision == "granted":
        return Standing(
            conviction, number, "cleared", answer.get_granted_as_display(), "", answer.decided_on, answer.granted_as
        )
    if answer and answer.decision == "denied":
        return Standing(conviction, number, "denied", "Denied by the court", answer.reason, answer.decided_on, "denied")
    became = "hearing" if asked.state == Asked.State.HEARING else "waiting"
    return Standing(conviction, number, "asked", asked.get_state_display(), "", filed_on, became)


@transaction.atomic
def write_letter(
    *, actor: User, inquiry_id: int, language: Language, address: Sequence[str], defender_phone: str
) -> InquiryLetter:
    """The letter that answers an inquiry; kept. Nothing is sent. Raises Invalid with every reason against it."""
    require(actor, *WHO)
    inquiry = Inquiry.objects.select_for_update(of=("self",)).select_related("subject").filter(pk=inquiry_id).first()
    if inquiry is None or inquiry.subject is None:
        raise Invalid("Say first which person is meant, and how it was verified that they may be told.")
    subject, own = inquiry.subject, office.office_or_error()
    found = standings(subject.pk)
    told = paper.InquiryLetter(
        office=Office(
            district_attorney=own.district_attorney, county=own.county, office_name=own.name,
            address=(own.street, f"{own.city}, CA {own.zip_code}"), phone=own.phone, fax=own.fax, email=own.email,
            letterhead=tuple(own.letterhead.splitlines()),
        ),
        name=subject.name,
        name_is_stated=False,
        address=tuple(line.strip() for line in address if line.strip()),
        is_deceased=Subject.objects.filter(pk__in=person_ids(subject.pk), deceased=True).exists(),
        asked_on=inquiry.asked_on,
        found=tuple(paper.Found(each.case_number, each.became, each.day) for each in found if each.became and each.day),
        not_changed=sum(not each.became for each in found),
        defender_phone=defender_phone,
        language=language,
        wording=wording_queries.as_frozen(wording_queries.frozen(wording_queries.in_force(), own)),
    )  # fmt: skip
    try:
        drafted = petitions.draft_inquiry_letter(told)
    except petitions.PaperRefused as refused:
        raise Invalid(" ".join(refused.reasons)) from refused
    key = f"inquiries/{inquiry.pk}/{drafted.sha256[:16]}.pdf"
    with written_whole(key) as stream:
        stream.write(drafted.pdf)
    kept = InquiryLetter.objects.create(
        inquiry=inquiry, language=language, sha256=drafted.sha256, size=len(drafted.pdf), storage_key=key,
        written_by=actor,
    )  # fmt: skip
    audit.record(
        actor=actor, verb="inquiry.letter_written", target=inquiry, subjects=[subject.pk],
        detail={"letter": kept.pk, "language": language, "sha256": drafted.sha256},
    )  # fmt: skip
    return kept
