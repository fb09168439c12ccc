"""Papers made on request once a case is approved: proof of service, letters to the person, archive copies.

All from the frozen snapshot of the case, like its motion. A proof of service goes into the package; letters don't.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

import petitions
from clearmyrecord.audit import services as audit
from clearmyrecord.batches import casefile
from clearmyrecord.batches.models import Batch
from clearmyrecord.batches.snapshots import Snapshot
from clearmyrecord.errors import Conflict, Invalid, NotFound
from clearmyrecord.filings import queries, services
from clearmyrecord.filings.drafting import case_file_of, items_of, papers_of
from clearmyrecord.filings.models import Filing, Letter, Paper
from clearmyrecord.office import queries as office
from clearmyrecord.office.access import require
from clearmyrecord.office.models import Role, User
from clearmyrecord.records.models import Subject
from clearmyrecord.records.queries import person_ids
from clearmyrecord.records.storage import written_whole
from petitions.papers import data
from petitions.papers.letter import Done, Language
from petitions.papers.letter import Letter as LetterData
from petitions.papers.service import Method, ProofOfService, Served

ARCHIVED: dict[str, data.Kind] = {
    "motion": "motion",
    "declaration": "declaration",
    "order": "order",
    "recommendation": "recommendation",
}
"""Kinds of which an archive copy is drawn."""


def reliefs_of(items: Sequence[Snapshot]) -> dict[str, int]:
    """What the court would have done if it granted everything, and to how many convictions: one letter each."""
    return dict(sorted(Counter(map(_done, items)).items()))


def _done(item: Snapshot) -> str:
    if item["relief"] == "dismiss":
        return "sealed" if item["sealing"] else "dismissed"
    return str(item["new_severity"])


def _drafted(actor: User, filing_id: int) -> Filing:
    """The filing, locked with its batch's row, for an analyst; Conflict unless its papers stand."""
    require(actor, Role.ANALYST)
    filing: Filing = queries.filing_or_404(actor, filing_id)
    batch = Batch.objects.select_for_update().get(pk=filing.batch_id)
    if batch.state != Batch.State.APPROVED or not filing.standing_papers:  # type: ignore[attr-defined]
        raise Conflict("This case has no standing papers, so nothing goes with them.")
    return filing


@transaction.atomic
def prove_service(
    *, actor: User, filing_id: int, server: str, server_address: str, method: Method, consents: bool,
    served: Sequence[tuple[str, str]],
) -> Paper:  # fmt: skip
    """Draft the proof of service of a case's papers; an earlier one is superseded. Analysts.

    Raises Invalid with every reason of the law's, Conflict where the case has no standing papers.
    """
    filing = _drafted(actor, filing_id)
    titles = [paper.title for paper in filing.standing_papers if paper.kind != "proof"]  # type: ignore[attr-defined]
    on = tuple(Served(who, address) for who, address in served)
    proof = ProofOfService(
        file=case_file_of(filing.batch, items_of(filing)),
        titles=tuple(titles),
        server=server,
        server_address=server_address,
        server_is_over_18=True,  # the form asks, and takes no proof without it
        server_is_party=False,
        method=method,
        served=on,
        service_list=on,
        consents_to_electronic=consents,
    )
    drafted = _or_invalid(petitions.draft_proof_of_service, proof)
    Paper.objects.filter(filing=filing, kind="proof", superseded_at=None).update(superseded_at=timezone.now())
    paper = Paper.objects.create(
        filing=filing, kind="proof", **_stored(f"papers/{filing.batch_id}/{filing.pk}", drafted)
    )
    services.pack_again(filing.batch)
    audit.record(actor=actor, verb="proof.drafted", target=paper, subjects=[filing.subject_id])
    return paper


@transaction.atomic
def write_letters(
    *, actor: User, filing_id: int, done: Sequence[str], languages: Sequence[str], ordered_on: date,
    address: Sequence[str], address_source: str, defender_phone: str,
) -> list[Letter]:  # fmt: skip
    """Write a letter for each relief and language; earlier ones of the same are superseded. Analysts. Nothing is sent.

    Raises Invalid with every reason against one, Conflict where the case has no standing papers.
    """
    filing = _drafted(actor, filing_id)
    items = items_of(filing)
    reliefs = reliefs_of(items)
    if not address_source.strip():
        raise Invalid("Say how the address was verified.")
    if not set(done) <= set(reliefs) or not done or not languages:
        raise Invalid("Choose what the court ordered, and a language.")
    written = []
    for relief in done:
        for language in languages:
            told = _letter(filing, items, relief, language, ordered_on, address, defender_phone)
            drafted = _or_invalid(petitions.draft_letter, told)
            Letter.objects.filter(filing=filing, done=relief, language=language, superseded_at=None).update(
                superseded_at=timezone.now()
            )
            written.append(
                Letter.objects.create(
                    filing=filing,
                    done=relief,
                    language=language,
                    convictions=reliefs[relief],
                    ordered_on=ordered_on,
                    address="\n".join(address),
                    address_source=address_source.strip(),
                    defender_phone=defender_phone,
                    written_by=actor,
                    **_stored(f"letters/{filing.batch_id}/{filing.pk}/{relief}", drafted),
                )
            )
    detail = {"letters": len(written), "languages": sorted(languages), "reliefs": sorted(done)}
    audit.record(actor=actor, verb="letters.written", target=filing, subjects=[filing.subject_id], detail=detail)
    return written


def _letter(
    filing: Filing, items: Sequence[Snapshot], done: Any, language: Any, ordered_on: date, address: Sequence[str],
    defender_phone: str,
) -> LetterData:  # fmt: skip
    named = next((item for item in items if item["name_is_stated"]), items[0])
    relief: Done = done
    spoken: Language = language
    return LetterData(
        office=replace(casefile.office_of(filing.batch.heading), letterhead=_letterhead()),
        court=casefile.court_of(items[0]),
        name=named["defendant_name"],
        name_is_stated=named["name_is_stated"],
        address=tuple(address),
        address_is_verified=True,  # the form asks how
        is_deceased=Subject.objects.filter(pk__in=person_ids(filing.subject_id), deceased=True).exists(),
        case_number=filing.case_number,
        done=relief,
        convictions=reliefs_of(items)[done],
        ordered_on=ordered_on,
        defender_phone=defender_phone,
        language=spoken,
        wording=casefile.wording_of(filing.batch.heading),
    )


def _letterhead() -> tuple[str, ...]:
    """As the office page has it today: a letter is written long after its batch was frozen."""
    return tuple(office.office_or_error().letterhead.splitlines())


def archive_copy(paper: Paper) -> data.Paper:
    """The same pages as PDF/A-2u, drawn anew from the frozen snapshot. Raises NotFound for a kind that has none."""
    kind = ARCHIVED.get(paper.kind)
    if kind is None:
        raise NotFound("Of this paper no archive copy is made.")
    filing = paper.filing
    signature = filing.signatures.filter(fallen_at=None).first()
    (drawn,) = papers_of(filing.batch, items_of(filing), signature, purpose="archive", only=kind)
    return drawn


def _or_invalid(draft: Any, of: Any) -> data.Paper:
    """What `draft` makes of it. Raises Invalid with every reason why it can't."""
    try:
        drafted: data.Paper = draft(of)
    except petitions.PaperRefused as refused:
        raise Invalid(" ".join(refused.reasons)) from refused
    return drafted


def _stored(folder: str, paper: data.Paper) -> dict[str, Any]:
    """Keep the bytes under their own hash, so that a superseded paper stays what it was; the row's columns."""
    key = f"{folder}/{paper.sha256[:16]}-{paper.kind}.pdf"
    with written_whole(key) as stream:
        stream.write(paper.pdf)
    return {
        "title": paper.title[:300],
        "file_name": paper.file_name,
        "pages": paper.pages,
        "sha256": paper.sha256,
        "size": len(paper.pdf),
        "storage_key": key,
    }
