"""What becomes of acceptances and overrides when the current run finds something else (main path, 11).

An acceptance holds while outcome, route, basis, sealing, deciding rule and the values it looked at stay equal; else it
is open again. An override always holds, but asks to be confirmed when they changed.
"""

from __future__ import annotations

from collections.abc import Iterable

from clearmyrecord.audit import services as audit
from clearmyrecord.reviews import changed_since, overriding, signals
from clearmyrecord.reviews.models import Review
from clearmyrecord.runs import queries as runs
from clearmyrecord.runs.models import Determination, Run

OF_THE_RULE = "the facts that the deciding rule looked at"
"""What is said where the values are not known any more, only that they are others."""


def holds(before: Determination, now: Determination) -> bool:
    """Whether a decision made on `before` holds for `now`: the same was found, by the same rule, on the same facts."""
    same = all(getattr(before, name) == getattr(now, name) for name in changed_since.COMPARED)
    return same and before.facts_hash == now.facts_hash


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
    pairs = [(review, found[review.conviction_id]) for review in reviews if review.conviction_id in found]
    pairs = [(review, now) for review, now in pairs if now.pk != review.determination_id]
    differing = [pair for pair in pairs if not holds(pair[0].determination, pair[1])]
    said = {pk: "; ".join(map(str, each)) or OF_THE_RULE for pk, each in changed_since.of_all(differing).items()}
    unsettled = []
    for review, now in pairs:
        changed = said.get(review.pk, "")
        fits_again = review.needs_confirmation and not changed
        for_two = overriding.names_one(review.determination) != overriding.names_one(now)
        if not changed:
            review.determination = now
        elif review.state == Review.State.ACCEPTED:
            review.state = Review.State.OPEN
        review.needs_confirmation = review.state == Review.State.OVERRIDDEN and bool(changed)
        review.changed = changed
        if changed or fits_again or (for_two and review.state == Review.State.OVERRIDDEN):
            unsettled.append(review.conviction_id)
    moved = [review for review, _ in pairs]
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
