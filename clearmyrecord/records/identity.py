"""Answers to the question who is who: suggestions confirmed, refused, taken back. The services of that part."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from clearmyrecord.audit import services as audit
from clearmyrecord.errors import Conflict, Invalid, NotFound
from clearmyrecord.office import access
from clearmyrecord.office.models import Role, User
from clearmyrecord.records import loading, signals
from clearmyrecord.records.copying import lock_identities
from clearmyrecord.records.matching import match
from clearmyrecord.records.models import Conviction, Reading, Subject, SubjectLink, Suggestion


def _need(text: str, otherwise: str) -> None:
    if not text.strip():
        raise Invalid(otherwise)


def confirm_suggestion(*, actor: User, suggestion_id: int, reason: str) -> Suggestion:
    """Answer that the two are one. Analysts only.

    Subjects are linked, convictions get the readings of both; either can be undone. Raises Invalid without a reason,
    Conflict if it was answered already.
    """
    return _answer(actor, suggestion_id, reason, Suggestion.State.CONFIRMED)


def refuse_suggestion(*, actor: User, suggestion_id: int, reason: str) -> Suggestion:
    """Answer that the two are not one; it is not asked again. Analysts only. Raises as `confirm_suggestion`."""
    return _answer(actor, suggestion_id, reason, Suggestion.State.REFUSED)


def _answer(actor: User, suggestion_id: int, reason: str, state: Suggestion.State) -> Suggestion:
    access.require(actor, Role.ANALYST)
    _need(reason, "Say what your answer rests on.")
    with transaction.atomic():
        lock_identities()
        suggestion = _locked_suggestion(suggestion_id)
        if suggestion.state != Suggestion.State.OPEN:
            raise Conflict("This suggestion has been answered. Reload to see how.")
        suggestion.state, suggestion.reason = state, reason.strip()
        suggestion.reasons.append(suggestion.reason)
        suggestion.decided_by, suggestion.decided_at = actor, timezone.now()
        subjects, convictions = _concerned(suggestion)
        if state == Suggestion.State.CONFIRMED:
            if suggestion.kind == Suggestion.Kind.SUBJECT:
                SubjectLink.objects.create(
                    subject_id=suggestion.second_id,
                    same_as_id=suggestion.first_id,
                    suggestion=suggestion,
                    made_by=actor,
                )
                subjects = _relink(subjects)
                _suggest_same_convictions(subjects)
            else:
                suggestion.moved_readings = _join_convictions(suggestion)
        suggestion.save()
        if state == Suggestion.State.CONFIRMED:
            _identity_changed(suggestion, subjects, convictions)
        verb = f"suggestion.{state}"
        audit.record(actor=actor, verb=verb, target=suggestion, subjects=subjects, detail=_reason(suggestion))
    return suggestion


def undo_suggestion(*, actor: User, suggestion_id: int, reason: str) -> Suggestion:
    """Take an answer back; the suggestion is open again. Analysts only.

    Raises Invalid without a reason, Conflict if it is open, or if convictions of both subjects have been joined since.
    """
    access.require(actor, Role.ANALYST)
    _need(reason, "Say why the answer is taken back.")
    with transaction.atomic():
        lock_identities()
        suggestion = _locked_suggestion(suggestion_id)
        if suggestion.state == Suggestion.State.OPEN:
            raise Conflict("This suggestion is open: there is no answer to take back.")
        was_confirmed = suggestion.state == Suggestion.State.CONFIRMED
        subjects, convictions = _concerned(suggestion)
        if was_confirmed and suggestion.kind == Suggestion.Kind.SUBJECT:
            subjects = _unlink(suggestion, actor, reason)
        elif was_confirmed:
            Reading.objects.filter(pk__in=suggestion.moved_readings).update(conviction_id=suggestion.second_id)
            suggestion.moved_readings = []
            loading.renew_convictions(convictions)
        suggestion.state, suggestion.decided_by, suggestion.decided_at = Suggestion.State.OPEN, None, None
        suggestion.reasons.append(reason.strip())
        suggestion.save()
        if was_confirmed:
            _identity_changed(suggestion, subjects, convictions)
        audit.record(
            actor=actor, verb="suggestion.undone", target=suggestion, subjects=subjects, detail=_reason(suggestion)
        )
    return suggestion


def _reason(suggestion: Suggestion) -> dict[str, int]:
    """Which of its reasons an event is about; the trail holds no text."""
    return {"reason": len(suggestion.reasons)}


def _locked_suggestion(suggestion_id: int) -> Suggestion:
    suggestion = Suggestion.objects.select_for_update().filter(pk=suggestion_id).first()
    if suggestion is None:
        raise NotFound("There is no such suggestion.")
    return suggestion


def _identity_changed(suggestion: Suggestion, subjects: Iterable[int], convictions: Iterable[int]) -> None:
    signals.identity_changed.send(
        sender=Suggestion, suggestion=suggestion, subject_ids=sorted(subjects), conviction_ids=sorted(convictions)
    )


def _concerned(suggestion: Suggestion) -> tuple[list[int], list[int]]:
    """Ids of the subjects and of the convictions that a suggestion is about."""
    pair = [suggestion.first_id, suggestion.second_id]
    if suggestion.kind == Suggestion.Kind.SUBJECT:
        return pair, []
    return sorted(set(Conviction.objects.filter(pk__in=pair).values_list("subject_id", flat=True))), pair


def _join_convictions(suggestion: Suggestion) -> list[int]:
    """Give the readings of the second conviction to the first; returns which."""
    moved = Reading.objects.filter(conviction_id=suggestion.second_id)
    ids = list(moved.values_list("pk", flat=True))
    Reading.objects.filter(pk__in=ids).update(conviction_id=suggestion.first_id)
    loading.renew_convictions([suggestion.first_id, suggestion.second_id])
    return ids


def _relink(subjects: Iterable[int]) -> list[int]:
    """Derive `same_as` anew for all who are linked, over any number of links, to one of `subjects`; returns them."""
    pairs = list(SubjectLink.objects.filter(undone_at=None).values_list("subject_id", "same_as_id"))
    neighbours: dict[int, set[int]] = {}
    for one, other in pairs:
        neighbours.setdefault(one, set()).add(other)
        neighbours.setdefault(other, set()).add(one)
    touched: set[int] = set()
    for start in subjects:
        group, waiting = {start}, [start]
        while waiting:
            new = neighbours.get(waiting.pop(), set()) - group
            group |= new
            waiting += new
        first = min(group)
        Subject.objects.filter(pk=first).update(same_as=None)
        Subject.objects.filter(pk__in=group - {first}).update(same_as_id=first)
        touched |= group
    return sorted(touched)


def _unlink(suggestion: Suggestion, actor: User, reason: str) -> list[int]:
    """Undo the link of a confirmed suggestion; returns everybody who was or is linked."""
    before = set(_relink([suggestion.first_id, suggestion.second_id]))
    across = Reading.objects.filter(conviction__subject__in=before).exclude(
        file_subject__subject_id=F("conviction__subject_id")
    )
    if across.exists():
        raise Conflict("Convictions of the two have been joined since. Take that answer back first.")
    suggestion.links.filter(undone_at=None).update(
        undone_by=actor, undone_at=timezone.now(), undo_reason=reason.strip()
    )
    return sorted(before | set(_relink(before)))


def _suggest_same_convictions(subjects: list[int]) -> None:
    """Linked subjects may show one conviction twice: ask about each such pair."""
    known = loading.known_convictions(subjects[:1]).get(subjects[0], {}) if subjects else {}
    asked = []
    for position, subject in enumerate(subjects):
        mine = [pk for pk, (owner, _) in known.items() if owner == subject]
        others = [pk for pk, (owner, _) in known.items() if owner in subjects[position + 1 :]]
        found = match([known[pk][1][0] for pk in mine], [known[pk][1] for pk in others])
        asked += [
            (Suggestion.Kind.CONVICTION, mine[one], others[other], loading.LINKED_TWICE) for one, other in found.pairs
        ]
    new = loading.suggest(asked)
    if new:
        signals.suggested.send(sender=Suggestion, suggestion_ids=new)
