"""Reads of hand-offs."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, QuerySet

from clearmyrecord.errors import NotFound
from clearmyrecord.office.access import READERS, require
from clearmyrecord.office.models import Court, User
from clearmyrecord.relief.handoff_models import HandOff, HandOffReceipt, HandOffRow, Stage
from clearmyrecord.relief.models import Asked

STATES = {Stage.FILED: (Asked.State.WAITING, Asked.State.HEARING), Stage.GRANTED: (Asked.State.GRANTED,)}


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many convictions wait to be handed to a court, or to the DOJ where there is none, at a stage."""

    court: Court | None
    stage: Stage
    convictions: int


def waiting(user: User) -> list[Waiting]:
    """What can be handed off now, the courts in their order, the DOJ last. Three queries."""
    require(user, *READERS)
    courts = {court.pk: court for court in Court.objects.all()}
    found = []
    for for_court, stage in ((True, Stage.FILED), (True, Stage.GRANTED), (False, Stage.GRANTED)):
        handed = HandOffRow.objects.filter(item=OuterRef("item"), for_court=for_court, stage=stage, holds=True)
        open_ = Asked.objects.filter(~Exists(handed), state__in=STATES[stage]).order_by()
        if for_court:
            counted = open_.values_list("court").annotate(number=Count("pk"))
            found += [Waiting(courts[court], stage, number) for court, number in counted]
        elif number := open_.count():
            found.append(Waiting(None, stage, number))
    return sorted(found, key=lambda each: (each.court is None, each.court.branch if each.court else "", each.stage))


def hand_offs(user: User) -> QuerySet[HandOff]:
    """All hand-offs, newest first, with how often each was received."""
    require(user, *READERS)
    return HandOff.objects.select_related("court", "made_by").annotate(received=Count("receipts")).order_by("-pk")


def hand_off_or_404(user: User, hand_off_id: int) -> HandOff:
    """Raises NotFound where there is none."""
    found = hand_offs(user).filter(pk=hand_off_id).first()
    if found is None:
        raise NotFound("There is no such hand-off.")
    return found


def receipts_of(hand_off: HandOff) -> QuerySet[HandOffReceipt]:
    return hand_off.receipts.select_related("entered_by")


def court_or_404(court_id: int) -> Court:
    """Raises NotFound where there is none."""
    found = Court.objects.filter(pk=court_id).first()
    if found is None:
        raise NotFound("There is no such court.")
    return found
