"""What changes omnibus motions when a batch is approved or withdrawn, and their reads.

Jobs write through `omnibus_drafting`, under their leases; signing and filing are those of cases.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, F, OuterRef, QuerySet, Subquery, When
from django.utils import timezone

from clearmyrecord import work
from clearmyrecord.batches import queries as batches
from clearmyrecord.batches.models import Batch
from clearmyrecord.errors import NotAllowed, NotFound
from clearmyrecord.filings.models import OmnibusMotion, OmnibusPaper, OmnibusVolume, Package, Receipt, Signature
from clearmyrecord.office.access import READERS
from clearmyrecord.office.models import User

States = work.Work.WorkState


def want_papers(batch: Batch) -> None:
    """One omnibus motion for an approved batch. In the approval's transaction."""
    court = batch.items.values_list("court_id", flat=True)[0]
    motion = OmnibusMotion.objects.create(batch=batch, court_id=court)
    Package.objects.create(batch=batch, work_state=States.NONE)  # due once the last volume is drawn
    work.ring(motion)


def supersede_papers(batch: Batch) -> None:
    """Mark a withdrawn batch's motion and papers; its signature falls. In the withdrawal's transaction.

    A motion that the court took already stays as it is.
    """
    now = timezone.now()
    unfiled = OmnibusMotion.objects.filter(batch=batch).exclude(state=OmnibusMotion.State.FILED)
    OmnibusPaper.objects.filter(motion__in=unfiled, superseded_at=None).update(superseded_at=now)
    Signature.objects.filter(motion__in=unfiled, fallen_at=None).update(
        fallen_at=now, fallen_why=Signature.Fallen.WITHDRAWN
    )
    OmnibusVolume.objects.filter(motion__in=unfiled).update(plan=None)
    unfiled.update(state=OmnibusMotion.State.WITHDRAWN)


def motions(user: User) -> QuerySet[OmnibusMotion]:
    """Omnibus motions that a reader of records may see, newest first.

    `signed_on`, `filed_on`, `court_number` and `assigned_number` are those of the standing signature and receipt.
    """
    if user.role not in READERS:
        raise NotAllowed("Your account sees no records.")
    signed = Signature.objects.filter(motion=OuterRef("pk"), fallen_at=None)
    received = Receipt.objects.filter(motion=OuterRef("pk"), undone_at=None)
    return (
        OmnibusMotion.objects.select_related("batch", "court")
        .annotate(
            signed_on=Subquery(signed.values("signed_on")),
            filed_on=Subquery(received.values("filed_on")),
            court_number=Subquery(received.values("number")),
            assigned_number=Subquery(received.values("assigned_number")),
        )
        .order_by("-pk")
    )


def motion_or_404(user: User, batch_id: int) -> Any:
    """A batch's omnibus motion as `motions` gives it; raises NotFound where it has none."""
    batches.batch_or_404(user, batch_id)
    found = motions(user).filter(batch=batch_id).first()
    if found is None:
        raise NotFound("This batch has no omnibus motion.")
    return found


def to_sign(user: User) -> QuerySet[OmnibusMotion]:
    """Whole motions that wait for this attorney's signature."""
    if not user.is_attorney:
        return OmnibusMotion.objects.none()
    return whole(motions(user)).filter(batch__state=Batch.State.APPROVED, batch__signing_attorney=user)


def to_file(user: User) -> QuerySet[OmnibusMotion]:
    """Signed motions that no court has taken yet."""
    return motions(user).filter(state=OmnibusMotion.State.SIGNED)


def whole(of: QuerySet[OmnibusMotion]) -> QuerySet[OmnibusMotion]:
    """Those that are unsigned and have every volume of their exhibit: nobody signs what can't be read yet."""
    unfinished = OmnibusVolume.objects.exclude(work_state=States.DONE)
    return of.filter(state=OmnibusMotion.State.DRAFTED).exclude(pk__in=unfinished.values("motion"))


def paper_or_404(user: User, pk: int) -> OmnibusPaper:
    """A standing paper; raises NotFound for one that was superseded, so that nobody files it."""
    found = OmnibusPaper.objects.select_related("motion__batch").filter(pk=pk, motion__in=motions(user)).first()
    if found is None:
        raise NotFound("There is no such paper.")
    if found.superseded_at is not None:
        raise NotFound("This paper was superseded, by a signed one or with its batch. It must not be filed.")
    return found


def papers_of(motion: OmnibusMotion) -> QuerySet[OmnibusPaper]:
    """Its standing papers: motion, declaration and order, the exhibit's volumes, then what is for the court alone."""
    kinds = Case(When(kind="motion", then=0), When(kind="declaration", then=1), default=2)
    first = (F("volume__is_confidential").asc(nulls_first=True), kinds, "volume__number", "pk")
    return OmnibusPaper.objects.filter(motion=motion, superseded_at=None).order_by(*first)


def people_of(batch: Batch) -> list[int]:
    """Ids of everybody listed in the exhibit."""
    return list(batch.items.values_list("snapshot__person", flat=True).distinct())


@dataclass(frozen=True)
class Progress:
    """How far an omnibus motion is: its three papers count as one piece, each volume as another."""

    done: int
    total: int
    failed: bool
    is_ready: bool

    @property
    def is_finished(self) -> bool:
        return self.total > 0 and self.done == self.total


def progress(motion: OmnibusMotion) -> Progress:
    """Counted in the database. Ready once everything is drawn and packed."""
    states = [motion.work_state, *motion.volumes.values_list("work_state", flat=True)]
    package: Package = motion.batch.package
    is_drawn = all(state == States.DONE for state in states)
    is_ready = is_drawn and package.work_state == States.DONE and package.superseded_at is None
    return Progress(states.count(States.DONE), len(states), States.FAILED in (*states, package.work_state), is_ready)
