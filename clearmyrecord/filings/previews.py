"""The papers a conviction would become, drafted before there is a batch; what keeps it from them, in sentences.

A preview is drafted as the papers of a batch are, from the same snapshots and by the same checks, and is never kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import petitions
from clearmyrecord.batches import readiness, snapshots
from clearmyrecord.batches.casefile import case_file, recommendation_of
from clearmyrecord.batches.obstacles import Obstacle
from clearmyrecord.batches.readiness import Candidate
from clearmyrecord.errors import NotFound
from clearmyrecord.office import queries as office
from clearmyrecord.office.models import User
from clearmyrecord.records import queries as records
from clearmyrecord.reviews import queries as reviews
from petitions.papers.data import Approval, Kind, Paper

KINDS: Final[dict[Kind, str]] = {
    "motion": "Motion",
    "declaration": "Declaration",
    "order": "Proposed order",
    "recommendation": "Recommendation",
}
RECOMMENDED_INSTEAD: Final = (
    "An attorney chose a recommendation under PC § 1172.1 for this case, in place of motion and declaration."
)
NOT_RECOMMENDED: Final = "No attorney chose a recommendation under PC § 1172.1 for this case."
WHOEVER_SIGNS: Final = User(
    first_name="[Attorney", last_name="to sign]", bar_number="[ ]", title="Deputy District Attorney"
)


@dataclass(frozen=True)
class Preview:
    """One paper as it would be, or what is missing. `people` are whom it shows."""

    words: str  # what the paper is called
    people: list[int]
    paper: Paper | None = None
    obstacles: tuple[Obstacle, ...] = ()


def preview(*, user: User, row: Any, kind: str) -> Preview:
    """The paper of this kind for `row` of `reviews.queries.standing`, with the person's other convictions of its case.

    An attorney sees their own name on it; anybody else a placeholder. Approved on: today. Raises NotFound for an
    unknown kind or while the office page is empty.
    """
    wanted = next((each for each in KINDS if each == kind), None)
    if wanted is None:
        raise NotFound("There is no such paper.")
    people = records.person_ids(row.conviction.subject_id)
    if row.standing_outcome not in readiness.CONSIDERED:
        return Preview(
            KINDS[wanted], people, None, (Obstacle("outcome", "It stands as not eligible: no paper asks for relief."),)
        )
    members, own = _of_its_case(row, people, user)
    if own.obstacles:
        return Preview(KINDS[wanted], people, None, tuple(own.obstacles))
    is_recommended = own.recommended() is not None
    if is_recommended != (wanted == "recommendation") and wanted != "order":
        said = RECOMMENDED_INSTEAD if is_recommended else NOT_RECOMMENDED
        return Preview(KINDS[wanted], people, None, (Obstacle("recommendation", said),))
    try:
        paper = _drafted(members, user, wanted)
    except petitions.PaperRefused as refused:
        return Preview(KINDS[wanted], people, None, tuple(Obstacle("paper", reason) for reason in refused.reasons))
    return Preview(KINDS[wanted], people, paper)


def _signer(user: User) -> User:
    return user if user.is_attorney else WHOEVER_SIGNS


def _of_its_case(row: Any, people: list[int], user: User) -> tuple[list[Candidate], Candidate]:
    """What could be submitted of the conviction's case and route, and the conviction itself."""
    rows = reviews.standing(row.run).filter(conviction__subject__in=people)
    considered = rows.filter(standing_outcome__in=readiness.CONSIDERED)
    found = readiness.examine(considered, office=office.office_or_error(), attorney=_signer(user))
    own = next(each for each in found if each.row.conviction_id == row.conviction_id)
    same = [each for each in found if each.is_ready and (each.case, each.row.route) == (own.case, row.route)]
    return same, own


def _drafted(members: list[Candidate], user: User, kind: Kind) -> Paper:
    """The one paper, watermarked. Raises PaperRefused."""
    the_office = office.office_or_error()
    frozen = [snapshots.of_candidate(member, the_office.county) for member in members]
    approval = Approval(
        batch_name="",
        approved_on=office.today(),
        list_hash="",
        reviewed_singly=all(item["looked_at_singly"] for item in frozen),
    )
    heading = snapshots.heading(office=the_office, attorney=_signer(user), run=members[0].row.run)
    if "recommendation" in frozen[0]:
        asked = recommendation_of(heading=heading, item=frozen[0])
        (paper,) = petitions.draft_recommendation(asked, purpose="preview", only=kind)
    else:
        file = case_file(heading=heading, items=frozen, approval=approval)
        (paper,) = petitions.draft(file, purpose="preview", only=kind)
    return paper
