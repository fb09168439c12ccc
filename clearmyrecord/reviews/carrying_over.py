"""What becomes of acceptances and overrides when the current run finds something else (main path, 11).

An acceptance holds while outcome, route, basis, sealing, deciding rule and the values it looked at stay equal; else it
is open again. An override always holds, but asks to be confirmed when they changed.
"""

from __future__ import annotations

from collections.abc import Iterable

from clearmyrecord.audit import services as audit
from clearmyrecord.reviews import signals
from clearmyrecord.reviews.models import Review
from clearmyrecord.runs import queries as runs
from clearmyrecord.runs.models import Determination, Run

COMPARED = {
    "outcome": "outcome",
    "route": "route",
    "basis": "basis",
    "sealing": "sealing",
    "rule": "deciding rule",
}


def what_changed(before: Determination, now: Determination) -> str:
    """What differs between two determinations of a conviction, in words; empty if a decision holds for both."""
    changes = [
        f"{label} was {_words(getattr(before, name))}, is {_words(getattr(now, name))}"
        for name, label in COMPARED.items()
        if getattr(before, name) != getattr(now, name)
    ]
    if not changes and before.facts_hash != now.facts_hash:
        changes = ["the facts that the deciding rule looked at"]
    return "; ".join(changes)


def _words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).replace("_", " ") or "none"


def carry_over(*, run: Run, conviction_ids: Iterable[int] | None = None) -> list[int]:
    """Compare every decision with what `run` found and mark those that no longer fit; returns their conviction ids.

    In the caller's transaction. `conviction_ids`: only these; None: all. What the run knows nothing of is left.
    """
    decided = (
        Review.objects.select_for_update(of=("self",)).exclude(state=Review.State.OPEN).select_related("determination")
    )
    if conviction_ids is not None:
        decided = decided.filter(conviction_id__in=list(conviction_ids))
    reviews = list(decided)
    found = {
        each.conviction_id: each
        for each in runs.standing(run).filter(conviction_id__in=[review.conviction_id for review in reviews])
    }
    moved, unsettled = [], []
    for review in reviews:
        now = found.get(review.conviction_id)
        if now is None or now.pk == review.determination_id:
            continue
        changed = what_changed(review.determination, now)
        if not changed:
            review.determination = now
        elif review.state == Review.State.ACCEPTED:
            review.state = Review.State.OPEN
        fits_again = review.needs_confirmation and not changed
        review.needs_confirmation = review.state == Review.State.OVERRIDDEN and bool(changed)
        review.changed = changed
        moved.append(review)
        if changed or fits_again:
            unsettled.append(review.conviction_id)
    Review.objects.bulk_update(moved, ["determination", "state", "needs_confirmation", "changed"], batch_size=1000)
    if unsettled:
        signals.standing_changed.send(sender=Review, conviction_ids=unsettled)
        audit.record(
            actor=None,
            verb="reviews.carried_over",
            target=run,
            detail={"compared": len(reviews), "no_longer_fit": len(unsettled)},
        )
    return unsettled
