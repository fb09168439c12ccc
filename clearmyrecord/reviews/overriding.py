"""What an override may say: the outcomes that fit the route, and the new section from the law's table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from clearmyrecord.office import queries as office
from clearmyrecord.office.models import Role, User
from clearmyrecord.reviews import reasons
from clearmyrecord.runs import queries as runs
from clearmyrecord.runs.models import Determination
from eligibility.law import tables
from eligibility.remarks import REMARKS
from eligibility.stated import ON_PAPERS_ONLY

OUTCOMES = {
    "dismiss": "Dismiss",
    "redesignate": "Redesignate",
    "resentence": "Resentence",
    "not_eligible": "Not eligible",
}
BASES = {
    "policy": "Policy: the office asks for more than the statute gives",
    "presumption": "Presumption: the record lacks the facts, the statute presumes them",
    "statute": "Statute: stated facts show it",
}
LOWERS = ("redesignate", "resentence")
RELIEF = ("dismiss", *LOWERS)

SENSITIVE = tuple(
    REMARKS[each]
    for each in ("possible_super_strike_prior", "super_strike_no_prior", "possible_290c_prior", "registration")
)
"""The remarks by which a determination names a superstrike or a registration."""

SENSITIVE_RULES = (
    "superstrike_came_before",
    "registration_290_came_before",
    "possible_super_strike_prior",
    "possible_290c_prior",
    "registration_on_record",
)
"""The rules that decide on one."""

Stated = dict[str, str]
"""The stated facts of one conviction, fact to value."""


def stated_of(conviction_ids: Iterable[int]) -> dict[int, Stated]:
    """Standing stated facts by conviction; one query."""
    found: dict[int, Stated] = defaultdict(dict)
    for each in runs.stated_facts(list(conviction_ids)):
        found[each.conviction_id][each.fact] = each.value
    return found


def reviews(user: User) -> bool:
    """Analysts review; so does a supervisor who is an attorney."""
    return user.is_active and (user.role == Role.ANALYST or (user.role == Role.SUPERVISOR and user.is_attorney))


def reviewers() -> QuerySet[User]:
    """Everybody who reviews, as `reviews` says."""
    return office.users().filter(Q(role=Role.ANALYST) | Q(role=Role.SUPERVISOR, is_attorney=True), is_active=True)


def new_offense(row: Any, outcome: str, stated: Stated) -> tuple[str, str] | None:
    """Section and severity after `outcome`: the run's own, else from the law's table; None if there is no lower one."""
    if outcome not in LOWERS:
        return "", ""
    if row.new_section:
        return row.new_section, row.new_severity
    severity = stated.get("severity") or row.conviction.severity or None
    target = tables.redesignation(row.conviction.code_section or None, severity, row.run.as_of)
    return (target.section, target.severity) if target is not None else None


def statute_may_be_named(row: Any, outcome: str, stated: Stated) -> bool:
    """Basis statute needs stated facts: one that proves this relief, or any where the law's table says statute."""
    severity = stated.get("severity") or row.conviction.severity or None
    basis = tables.basis(row.conviction.code_section or None, severity, outcome)
    if basis.name == "statute":
        return bool(set(stated) - ON_PAPERS_ONLY)
    return bool(set(stated) & set(basis.proven_by))


def fits(row: Any, outcome: str, stated: Stated) -> bool:
    """Whether the outcome fits the route, and the law's table has a lower offense where it needs one."""
    on_route = row.route == "serving" if outcome == "resentence" else outcome != "redesignate" or row.route != "serving"
    return on_route and new_offense(row, outcome, stated) is not None


def for_two() -> Q:
    """Rows of `queries.standing` whose override takes two people, as `takes_two` says."""
    denies = Q(outcome__in=RELIEF, the_override__outcome="not_eligible")
    named = Q(remarks__overlap=list(SENSITIVE)) | Q(rule__in=SENSITIVE_RULES)
    return Q(the_override__isnull=False) & (denies | named)


def takes_two(row: Any, outcome: str) -> bool:
    """Whether a second person must confirm an override of this determination.

    It denies relief that the run found, or what was found names a superstrike or a registration.
    """
    return (row.outcome in RELIEF and outcome == "not_eligible") or names_one(row)


def names_one(found: Determination) -> bool:
    """Whether a determination names a superstrike or a registration."""
    return found.rule in SENSITIVE_RULES or not set(SENSITIVE).isdisjoint(found.remarks)


@dataclass(frozen=True)
class Wanted:
    """The override that somebody asks for. `listed`: the code of a reason of the list, or empty."""

    outcome: str
    basis: str
    listed: str = ""


def refusal(row: Any, wanted: Wanted, actor: User, stated: Stated) -> str:
    """Why this row can't be overridden so, in words for a count of convictions; empty if it can."""
    if row.question_kind == "law" and not actor.is_attorney:
        return "a question of law, for an attorney"
    if row.override_id and row.override_outcome == wanted.outcome and not row.needs_confirmation:
        return "already overridden to this outcome"
    if not row.override_id and row.outcome == wanted.outcome:
        return "already the outcome of the run: accept it"
    if wanted.outcome == "resentence" and row.route != "serving":
        return "not serving: resentencing is only for someone still serving"
    if wanted.outcome == "redesignate" and row.route == "serving":
        return "still serving: resentencing takes the place of redesignation"
    if new_offense(row, wanted.outcome, stated) is None:
        return "no lower offense in the law's table for its section and severity"
    if wanted.basis == "statute" and not statute_may_be_named(row, wanted.outcome, stated):
        return "basis statute, but no stated fact shows it"
    if wanted.listed and not reasons.fits(wanted.listed, row.outcome, wanted.outcome):
        return "the reason chosen from the list says something else than this override does"
    return ""
