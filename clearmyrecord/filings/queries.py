"""Reads of filings that pages share."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from clearmyrecord.batches.models import Batch
from clearmyrecord.errors import NotAllowed, NotFound
from clearmyrecord.filings.models import Filing, Letter, Package, Paper
from clearmyrecord.office.access import READERS
from clearmyrecord.office.models import Court, User
from clearmyrecord.work import Work


def filings(user: User) -> QuerySet[Filing]:
    """Filings that a reader of records may see, with their standing papers as `standing_papers`."""
    if user.role not in READERS:
        raise NotAllowed("Your account sees no records.")
    standing = Paper.objects.filter(superseded_at=None).order_by("-kind")
    prefetched = Prefetch("papers", queryset=standing, to_attr="standing_papers")
    return Filing.objects.select_related("court", "batch", "subject").prefetch_related(prefetched)


def filing_or_404(user: User, pk: int) -> Filing:
    """A filing with its standing papers; raises NotFound."""
    found = filings(user).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such case.")
    return found


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
        raise NotFound("This paper was superseded when its batch was withdrawn. It must not be filed.")
    return found


def package_of(batch: Batch) -> Package | None:
    """The batch's standing package, made or not; None for a batch without papers."""
    return Package.objects.filter(batch=batch, superseded_at=None).first()


@dataclass(frozen=True)
class Progress:
    """How far a batch's papers are."""

    total: int
    drafted: int
    refused: int
    done: int
    failed: bool

    @property
    def is_finished(self) -> bool:
        return self.done == self.total


def progress(batch: Batch) -> Progress:
    """Filings drafted, refused and in work, counted in the database; chunks in work tell how far they are."""
    states = list(batch.filings.values_list("state", flat=True))
    refused, drafted = states.count(Filing.State.REFUSED), states.count(Filing.State.DRAFTED)
    in_work = sum(batch.paper_chunks.filter(work_state=Work.WorkState.WORKING).values_list("progress_done", flat=True))
    failed = batch.paper_chunks.filter(work_state=Work.WorkState.FAILED).exists()
    package = package_of(batch)
    failed = failed or (package is not None and package.work_state == Work.WorkState.FAILED)
    return Progress(len(states), drafted, refused, min(len(states), drafted + refused + in_work), failed)


def refused_count(user: User) -> int:
    """Cases of approved batches whose papers could not be drafted."""
    return filings(user).filter(state=Filing.State.REFUSED).count()


def courts_with_filings() -> QuerySet[Court]:
    return Court.objects.filter(filings__isnull=False).distinct()
