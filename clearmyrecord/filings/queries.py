"""Reads of filings that pages share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, OuterRef, Prefetch, Q, QuerySet, Subquery, When

from clearmyrecord.batches.models import Batch
from clearmyrecord.errors import Conflict, NotAllowed, NotFound
from clearmyrecord.filings import omnibus
from clearmyrecord.filings.models import (
    Archive,
    Filing,
    Letter,
    OmnibusMotion,
    OmnibusPaper,
    Package,
    Paper,
    Receipt,
    ReceiptList,
    Signature,
)
from clearmyrecord.office.access import READERS
from clearmyrecord.office.models import Court, User
from clearmyrecord.work import Work
from petitions.archives import LEADS
from petitions.papers.drafts import SIGNED_BY_ATTORNEY

NOT_FILED = (Filing.State.DRAFTED, Filing.State.SIGNING, Filing.State.SIGNED)
"""States of cases that have papers which no court has taken yet."""


def filings(user: User) -> QuerySet[Filing]:
    """Filings that a reader of records may see, with their standing papers as `standing_papers`.

    `signed_on`, `filed_on` and `court_number` are those of the standing signature and receipt.
    """
    if user.role not in READERS:
        raise NotAllowed("Your account sees no records.")
    lead_first = Case(When(kind__in=LEADS, then=0), default=1)
    standing = Paper.objects.filter(superseded_at=None).order_by(lead_first, "kind")
    prefetched = Prefetch("papers", queryset=standing, to_attr="standing_papers")
    signed = Signature.objects.filter(filing=OuterRef("pk"), fallen_at=None)
    received = Receipt.objects.filter(filing=OuterRef("pk"), undone_at=None)
    return (
        Filing.objects.select_related("court", "batch", "subject")
        .prefetch_related(prefetched)
        .annotate(
            signed_on=Subquery(signed.values("signed_on")),
            filed_on=Subquery(received.values("filed_on")),
            court_number=Subquery(received.values("number")),
        )
    )


def filing_or_404(user: User, pk: int) -> Any:
    """The filing as `filings` gives it; raises NotFound."""
    found = filings(user).filter(pk=pk).first()
    if found is None:
        raise NotFound("There are no such papers.")
    return found


def receipts_of(matter: Filing | OmnibusMotion) -> QuerySet[Receipt]:
    """Everything that was entered about what the clerk took, newest first, undone ones too."""
    return matter.receipts.select_related("entered_by", "undone_by", "receipt_list").order_by("-pk")


def receipt_lists(user: User) -> QuerySet[ReceiptList]:
    """Courts' lists that a reader of records may see, with how many cases stand filed from each as `standing`."""
    if user.role not in READERS:
        raise NotAllowed("Your account sees no records.")
    standing = Count("receipts", filter=Q(receipts__undone_at=None))
    found = ReceiptList.objects.select_related("court", "uploaded_by", "recorded_by")
    return found.annotate(standing=standing).order_by("-pk")


def receipt_list_or_404(user: User, pk: int) -> ReceiptList:
    """The list; raises NotFound."""
    found = receipt_lists(user).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such receipt list.")
    return found


def recorded_from(of: ReceiptList) -> int:
    """How many cases stand filed from this list."""
    return of.receipts.filter(undone_at=None).count()


def letters_of(filing: Filing) -> QuerySet[Letter]:
    """The standing letters of a case."""
    return filing.letters.filter(superseded_at=None).select_related("written_by")


def letter_or_404(user: User, pk: int) -> Letter:
    """A standing letter; raises NotFound for one that a newer one replaced, so that nobody sends it."""
    found = Letter.objects.select_related("filing").filter(pk=pk, filing__in=filings(user)).first()
    if found is None or found.superseded_at is not None:
        raise NotFound("There is no such letter, or a newer one replaced it.")
    return found


def last_letter() -> Letter | None:
    """The letter written last: the next one is likely to name the same public defender."""
    return Letter.objects.order_by("-pk").first()


def paper_or_404(user: User, pk: int) -> Paper:
    """A standing paper; raises NotFound for one that was superseded, so that nobody files it."""
    if user.role not in READERS:
        raise NotAllowed("Your account sees no records.")
    found = Paper.objects.select_related("filing__batch").filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such paper.")
    if found.superseded_at is not None:
        raise NotFound("This paper was superseded, by a signed one or with its whole batch. It must not be filed.")
    return found


def package_of(batch: Batch) -> Package | None:
    """The batch's standing package, made or not; None for a batch without papers."""
    return Package.objects.filter(batch=batch, superseded_at=None).first()


def archives_of(batch: Batch) -> QuerySet[Archive]:
    """The ZIPs of a batch as they were last made, by court; none once it is withdrawn."""
    return Archive.objects.filter(package__batch=batch, package__superseded_at=None).select_related("court")


def archive_or_404(user: User, pk: int) -> Archive:
    """A ZIP to download. Raises NotFound if it was made anew, Conflict if its batch was withdrawn."""
    if user.role not in READERS:
        raise NotAllowed("Your account sees no records.")
    found = Archive.objects.select_related("package__batch").filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such download any more: it was made anew. Open the batch's papers again.")
    if found.package.superseded_at is not None:
        raise Conflict("This batch was withdrawn. Its papers are superseded and can't be downloaded.")
    return found


def people_of(archive: Archive) -> set[int]:
    """Subjects whose papers are in a ZIP; of an omnibus motion everybody listed, to be sure."""
    if archive.package.batch.papers == Batch.Papers.OMNIBUS:
        return set(omnibus.people_of(archive.package.batch))
    filings_there = archive.package.batch.filings.filter(court=archive.court_id).order_by()
    found = filings_there.values_list("subject_id", "case_number")
    return {subject for subject, number in found if archive.first_case <= number <= archive.last_case}


@dataclass(frozen=True)
class Progress:
    """How far a batch's papers are."""

    total: int
    drafted: int  # with papers, signed or not
    refused: int
    done: int
    failed: bool
    unsigned: int
    signing: int  # signed, the papers with the signature not drawn yet
    signed: int  # and not filed
    filed: int

    @property
    def is_finished(self) -> bool:
        return self.done == self.total


def progress(batch: Batch, package: Package | None) -> Progress:
    """Filings drafted, refused and in work, counted in the database; chunks in work tell how far they are.

    `package`: the batch's, see `package_of`.
    """
    states, of = list(batch.filings.values_list("state", flat=True)), Filing.State
    refused, unsigned, in_signing, signed, filed = (
        states.count(state) for state in (of.REFUSED, of.DRAFTED, of.SIGNING, of.SIGNED, of.FILED)
    )
    drafted = unsigned + signed + filed
    chunks = list(batch.paper_chunks.values_list("work_state", "progress_done"))
    in_work = sum(done for state, done in chunks if state == Work.WorkState.WORKING)
    failed = any(state == Work.WorkState.FAILED for state, _ in chunks)
    failed = failed or (package is not None and package.work_state == Work.WorkState.FAILED)
    done = min(len(states), drafted + refused + in_work)
    return Progress(len(states), drafted, refused, done, failed, unsigned, in_signing, signed, filed)


def standing_papers(found: QuerySet[Any]) -> QuerySet[Any]:
    """The standing papers of these filings or omnibus motions."""
    if found.model is OmnibusMotion:
        return OmnibusPaper.objects.filter(motion__in=found.order_by().values("pk"), superseded_at=None)
    return Paper.objects.filter(filing__in=found.order_by(), superseded_at=None)


def papers_to_sign(found: QuerySet[Any]) -> dict[str, int]:
    """How many papers of each kind that the attorney signs these filings or motions have, motions first."""
    standing = standing_papers(found).filter(kind__in=SIGNED_BY_ATTORNEY)
    counted = dict(standing.order_by().values_list("kind").annotate(number=Count("pk")))
    return dict(sorted(counted.items(), reverse=True))


def to_sign(user: User) -> QuerySet[Filing]:
    """Cases whose papers wait for this attorney's signature."""
    if not user.is_attorney:
        return Filing.objects.none()
    return filings(user).filter(
        state=Filing.State.DRAFTED, batch__state=Batch.State.APPROVED, batch__signing_attorney=user
    )


def to_file(user: User) -> QuerySet[Filing]:
    """Signed cases that no court has taken yet."""
    return filings(user).filter(state=Filing.State.SIGNED)


def refused(user: User) -> QuerySet[Filing]:
    """Cases of approved batches whose papers could not be drafted."""
    return filings(user).filter(state=Filing.State.REFUSED)


def courts_with_filings() -> QuerySet[Court]:
    return Court.objects.filter(filings__isnull=False).distinct()
