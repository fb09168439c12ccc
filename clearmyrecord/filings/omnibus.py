"""What changes omnibus motions: a batch approved or withdrawn, an answer, failed work started again; and their reads.

Jobs write through `omnibus_drafting`, under their leases.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from clearmyrecord import work
from clearmyrecord.audit import services as audit
from clearmyrecord.batches import queries as batches
from clearmyrecord.batches.models import Batch
from clearmyrecord.errors import Conflict, NotAllowed, NotFound
from clearmyrecord.filings.models import OmnibusMotion, OmnibusPackage, OmnibusPaper, OmnibusVolume
from clearmyrecord.office.access import READERS, require
from clearmyrecord.office.models import Role, User

States = work.Work.WorkState


def want_papers(batch: Batch) -> None:
    """One omnibus motion for an approved batch. In the approval's transaction."""
    court = batch.items.values_list("court_id", flat=True)[0]
    motion = OmnibusMotion.objects.create(batch=batch, court_id=court)
    OmnibusPackage.objects.create(motion=motion, work_state=States.NONE)  # due once the last volume is drawn
    work.ring(motion)


def supersede_papers(batch: Batch) -> None:
    """Mark a withdrawn batch's motion, papers and package; both ZIPs go. In the withdrawal's transaction."""
    now = timezone.now()
    OmnibusPaper.objects.filter(motion__batch=batch, superseded_at=None).update(superseded_at=now)
    OmnibusMotion.objects.filter(batch=batch).update(state=OmnibusMotion.State.WITHDRAWN)
    OmnibusVolume.objects.filter(motion__batch=batch).update(plan=None)
    packages = OmnibusPackage.objects.filter(motion__batch=batch)
    packages.update(superseded_at=now)
    for keys in packages.values_list("public_key", "confidential_key"):
        for key in filter(None, keys):
            transaction.on_commit(partial(default_storage.delete, key))


def pack_again(batch: Batch) -> None:
    """Make finished ZIPs anew: what their index says was answered. In the answer's transaction."""
    for package in OmnibusPackage.objects.filter(motion__batch=batch, superseded_at=None, work_state=States.DONE):
        work.start_again(package)


@transaction.atomic
def try_again(*, actor: User, batch_id: int) -> int:
    """Start a motion's failed work again; how many pieces. Analysts and supervisors. Raises Conflict if none failed."""
    require(actor, Role.ANALYST, Role.SUPERVISOR)
    motion = motion_or_404(actor, batch_id)
    rows = _failed(motion)
    if motion.batch.state != Batch.State.APPROVED or not rows:
        raise Conflict("Nothing failed here any more. Reload to see how far the papers are.")
    for row in rows:
        work.start_again(row)
    audit.record(actor=actor, verb="papers.started_again", target=motion.batch, detail={"pieces": len(rows)})
    return len(rows)


def _failed(motion: OmnibusMotion) -> list[work.Work]:
    parts: list[work.Work] = [motion, *motion.volumes.all(), motion.package]
    return [part for part in parts if part.work_state == States.FAILED]


def motions(user: User) -> QuerySet[OmnibusMotion]:
    """Omnibus motions that a reader of records may see, newest first."""
    if user.role not in READERS:
        raise NotAllowed("Your account sees no records.")
    return OmnibusMotion.objects.select_related("batch", "court", "package").order_by("-pk")


def motion_or_404(user: User, batch_id: int) -> OmnibusMotion:
    """A batch's omnibus motion; raises NotFound where it has none."""
    batches.batch_or_404(user, batch_id)
    found = motions(user).filter(batch=batch_id).first()
    if found is None:
        raise NotFound("This batch has no omnibus motion.")
    return found


def paper_or_404(user: User, pk: int) -> OmnibusPaper:
    """A standing paper; raises NotFound for one that was superseded, so that nobody files it."""
    found = OmnibusPaper.objects.select_related("motion__batch").filter(pk=pk, motion__in=motions(user)).first()
    if found is None:
        raise NotFound("There is no such paper.")
    if found.superseded_at is not None:
        raise NotFound("This paper was superseded when its batch was withdrawn. It must not be filed.")
    return found


def papers_of(motion: OmnibusMotion) -> QuerySet[OmnibusPaper]:
    """Its standing papers: motion, declaration and order, the exhibit's volumes, then what is for the court alone."""
    first = (F("volume__is_confidential").asc(nulls_first=True), "volume__number", "pk")
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
    """Counted in the database."""
    states = [motion.work_state, *motion.volumes.values_list("work_state", flat=True)]
    ready = bool(motion.package.public_key) and motion.package.superseded_at is None
    return Progress(states.count(States.DONE), len(states), bool(_failed(motion)), ready)
