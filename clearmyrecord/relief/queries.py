"""Reads of what courts were asked and did, that pages share. Everybody who may read records sees all of it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import (
    Count,
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce

from clearmyrecord.errors import NotAllowed, NotFound
from clearmyrecord.filings.models import Filing, OmnibusMotion, Receipt
from clearmyrecord.office import queries as office
from clearmyrecord.office.access import READERS
from clearmyrecord.office.models import Court, User
from clearmyrecord.relief.models import (
    OPEN,
    TROUBLE,
    Asked,
    CourtAnswer,
    CourtResponse,
    DojConfirmation,
    Objection,
    ResponseRow,
)

SOON = 14
"""Days before the end of its clock from which an unanswered filing is shown as due soon."""

Matter = Filing | OmnibusMotion


def _require_reader(user: User) -> None:
    if user.role not in READERS:
        raise NotAllowed("Your account sees no records.")


# Clocks


def _on_clocks(model: type[Filing] | type[OmnibusMotion], owner: str) -> QuerySet[Any]:
    """Filed matters with `filed_on`, `due_on` (the end of the clock), `is_open` (the court owes an answer)."""
    received = Receipt.objects.filter(**{owner: OuterRef("pk")}, undone_at=None)
    waiting = Asked.objects.filter(**{owner: OuterRef("pk")}, state__in=OPEN)
    due_on = ExpressionWrapper(F("filed_on") + F("court__answer_days"), output_field=DateField())
    return (
        model._default_manager.filter(state=Filing.State.FILED)
        .select_related("court", "batch")
        .annotate(filed_on=Subquery(received.values("filed_on")), is_open=Exists(waiting))
        .annotate(due_on=due_on)
    )


def filings(user: User) -> QuerySet[Any]:
    """Filed cases with their clocks, the one that ends first first."""
    _require_reader(user)
    found = _on_clocks(Filing, "filing").select_related("subject")
    return found.order_by("due_on", "court_id", "case_number", "pk")


def motions(user: User) -> QuerySet[Any]:
    """Filed omnibus motions with their clocks, the one that ends first first."""
    _require_reader(user)
    return _on_clocks(OmnibusMotion, "motion").order_by("due_on", "pk")


def late(found: QuerySet[Any]) -> QuerySet[Any]:
    """Those past their clock with convictions that the court has not decided."""
    return found.filter(is_open=True, due_on__lt=office.today())


def due_soon(found: QuerySet[Any]) -> QuerySet[Any]:
    today = office.today()
    return found.filter(is_open=True, due_on__range=(today, today + timedelta(SOON)))


def tally(matters: Sequence[Any]) -> None:
    """Give each listed matter its `states` (state, words, convictions), `days` left on its clock and `late_by`."""
    if not matters:
        return
    owner = "motion" if isinstance(matters[0], OmnibusMotion) else "filing"
    counted = Asked.objects.filter(**{f"{owner}__in": matters}).values_list(owner, "state").annotate(n=Count("pk"))
    states: dict[int, list[tuple[str, str, int]]] = defaultdict(list)
    for pk, state, number in counted.order_by(owner, "state"):
        states[pk].append((state, Asked.State(state).label, number))
    today = office.today()
    for matter in matters:
        matter.states, matter.days = states[matter.pk], (matter.due_on - today).days
        matter.late_by = -matter.days


def matter_or_404(user: User, reference: str) -> Any:
    """A filing (F12) or omnibus motion (O3) by our reference, as far as a clerk had it; raises NotFound."""
    _require_reader(user)
    named = re.fullmatch(r"([FO])([0-9]{1,18})", reference)
    if named is None:
        raise NotFound("There are no such papers.")
    model, owner = (Filing, "filing") if named[1] == "F" else (OmnibusMotion, "motion")
    received = Receipt.objects.filter(**{owner: OuterRef("pk")}, undone_at=None)
    found = (
        model._default_manager.select_related("court", "batch")
        .annotate(filed_on=Subquery(received.values("filed_on")))
        .annotate(due_on=ExpressionWrapper(F("filed_on") + F("court__answer_days"), output_field=DateField()))
        .filter(pk=int(named[2]))
        .first()
    )
    if found is None:
        raise NotFound("There are no such papers.")
    return found


def asked_of(matter: Matter) -> QuerySet[Asked]:
    """What a matter asks, with `item`, its standing answer and its open objections at hand."""
    owner = "motion" if isinstance(matter, OmnibusMotion) else "filing"
    standing = CourtAnswer.objects.filter(superseded_at=None)
    objections = Objection.objects.filter(resolved_at=None)
    return (
        Asked.objects.filter(**{owner: matter})
        .select_related("item")
        .prefetch_related(
            Prefetch("item__answers", queryset=standing, to_attr="standing"),
            Prefetch("item__objections", queryset=objections, to_attr="open_objections"),
        )
        .order_by("exhibit_row", "pk")
    )


def asked_or_404(user: User, item_id: int) -> Asked:
    """One conviction that a court was asked about; raises NotFound."""
    _require_reader(user)
    found = Asked.objects.select_related("item", "filing__batch", "motion__batch", "court").filter(item=item_id).first()
    if found is None:
        raise NotFound("This conviction is not filed with a court, or not any more.")
    return found


def answers_of(item_id: int) -> QuerySet[CourtAnswer]:
    """Everything that was entered for a conviction, newest first, superseded answers too."""
    return CourtAnswer.objects.filter(item=item_id).select_related("entered_by", "superseded_by", "response")


def objections_of(item_id: int) -> QuerySet[Objection]:
    return Objection.objects.filter(item=item_id).select_related("entered_by", "resolved_by")


def notice(user: User) -> QuerySet[Asked]:
    """What is asked in filed matters, for the public defender's notice list: with `filed_on` and `due_on`."""
    _require_reader(user)
    received = Receipt.objects.filter(undone_at=None)
    filed_on = Subquery(
        received.filter(Q(filing=OuterRef("filing")) | Q(motion=OuterRef("motion"))).values("filed_on")[:1]
    )
    return (
        Asked.objects.filter(Q(filing__state="filed") | Q(motion__state="filed"))
        .exclude(state=Asked.State.WITHDRAWN)
        .select_related("court", "item")
        .annotate(filed_on=filed_on)
        .annotate(due_on=ExpressionWrapper(F("filed_on") + F("court__answer_days"), output_field=DateField()))
        .order_by("court__branch", "court_id", "item__case_number", "pk")
    )


def courts() -> QuerySet[Court]:
    """Courts that were asked anything."""
    return Court.objects.filter(Exists(Asked.objects.filter(court=OuterRef("pk"))))


# Objections


def open_objections(user: User) -> QuerySet[Objection]:
    """Objections that wait for an attorney, the oldest first."""
    _require_reader(user)
    related = ("entered_by", "item__asked__court", "item__asked__filing", "item__asked__motion")
    return Objection.objects.filter(resolved_at=None).select_related(*related).order_by("raised_on", "pk")


def open_objection_count() -> int:
    """How many objections wait for an attorney."""
    return Objection.objects.filter(resolved_at=None).count()


def objection_or_404(user: User, pk: int) -> Objection:
    _require_reader(user)
    found = Objection.objects.select_related("item__asked__court", "entered_by", "resolved_by").filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such objection.")
    return found


# Responses


def responses(user: User) -> QuerySet[CourtResponse]:
    """Courts' responses, newest first, with `answered` (convictions that stand answered) and `open_rows`."""
    _require_reader(user)
    standing = Count("answers", filter=Q(answers__superseded_at=None), distinct=True)
    rows = ResponseRow.objects.filter(response=OuterRef("pk"), state=ResponseRow.State.OPEN)
    left = Subquery(rows.order_by().values("response").annotate(n=Count("pk")).values("n"))
    found = CourtResponse.objects.select_related("court", "uploaded_by", "recorded_by", "undone_by")
    return found.annotate(answered=standing, open_rows=left).order_by("-pk")


def response_or_404(user: User, pk: int) -> Any:
    found = responses(user).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such response.")
    return found


def rows_by_kind(of: CourtResponse) -> dict[str, int]:
    return dict(of.rows.order_by().values_list("kind").annotate(n=Count("pk")))


def in_trouble(of: CourtResponse) -> QuerySet[ResponseRow]:
    """Rows that need a person and that nobody settled."""
    unsettled = (ResponseRow.State.PENDING, ResponseRow.State.OPEN)
    return of.rows.filter(kind__in=TROUBLE, state__in=unsettled).select_related("filing", "motion")


def row_or_404(user: User, pk: int) -> ResponseRow:
    _require_reader(user)
    found = ResponseRow.objects.select_related("response__court", "settled_by").filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such row.")
    return found


def rows_to_work_off(user: User) -> QuerySet[ResponseRow]:
    """Rows of recorded responses that nobody settled."""
    _require_reader(user)
    return ResponseRow.objects.filter(state=ResponseRow.State.OPEN)


# The DOJ's record


def granted(user: User) -> QuerySet[Any]:
    """Standing grants, the oldest order first, each with its standing `confirmation` state and shows."""
    _require_reader(user)
    standing = DojConfirmation.objects.filter(answer=OuterRef("pk")).exclude(state=DojConfirmation.State.REFUSED)
    return (
        CourtAnswer.objects.filter(decision=CourtAnswer.Decision.GRANTED, superseded_at=None)
        .select_related("item__asked__court", "item__conviction__newest_reading__file_subject__file")
        .annotate(
            doj_state=Coalesce(Subquery(standing.values("state")[:1]), Value("")),
            doj_shows=Subquery(standing.values("shows")[:1]),
            confirmation_id=Subquery(standing.values("pk")[:1]),
        )
        .order_by("decided_on", "pk")
    )


IN_A_LATER_FILE = Q(item__conviction__newest_reading__file_subject__file__received_on__gt=F("decided_on"))
"""A record file that the DOJ made after the order still has the conviction."""


def to_decide(user: User) -> QuerySet[DojConfirmation]:
    """Confirmations that a record file only suggests."""
    _require_reader(user)
    suggested = DojConfirmation.objects.filter(state=DojConfirmation.State.SUGGESTED)
    return suggested.filter(answer__superseded_at=None)


def answer_or_404(user: User, pk: int) -> CourtAnswer:
    found: CourtAnswer | None = granted(user).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such standing grant.")
    return found
