"""The guided first run: for each role the steps of its work, each done or not as the data and the trail have it."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path as File
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, Q
from django.urls import reverse

from clearmyrecord.audit import queries as trail
from clearmyrecord.batches import queries as batches
from clearmyrecord.batches.models import Batch
from clearmyrecord.filings import queries as filings
from clearmyrecord.office import queries as office
from clearmyrecord.office.models import Court, CourtText, Office, Role, User
from clearmyrecord.runs import policy_queries as policies

PATH = File(__file__).with_name("first_steps.toml")


@dataclass(frozen=True)
class Step:
    """One step as it stands for somebody: what to do and where, whether it is done, and who does something first."""

    what: str
    how: str
    url: str
    is_done: bool
    waits_for: str


@dataclass(frozen=True)
class Path:
    """The steps of one role."""

    title: str
    steps: list[Step]

    @property
    def done(self) -> int:
        return sum(step.is_done for step in self.steps)

    @property
    def next(self) -> Step | None:
        """The first one that can be done now."""
        return next((step for step in self.steps if not step.is_done and not step.waits_for), None)


def paths_for(user: User) -> list[Path]:
    """The steps of the attorney's mark and of the role of this user, with what is done of them; one query."""
    asked = [(title, written, _conditions(user, written)) for title in _titles(user) for written in _written()[title]]
    holding = _holding(user, [condition for *_, both in asked for condition in both])
    paths: dict[str, list[Step]] = {}
    for title, written, _ in asked:
        is_done, ready = next(holding), next(holding)
        paths.setdefault(title, []).append(_step(written, is_done=is_done, ready=ready))
    return [Path(title, steps) for title, steps in paths.items()]


def _titles(user: User) -> Iterator[str]:
    if user.is_attorney and user.role in (Role.ANALYST, Role.SUPERVISOR):
        yield "attorney"
    yield user.role


@cache
def _written() -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads(PATH.read_text(encoding="utf-8"))


def _step(written: dict[str, Any], *, is_done: bool, ready: bool) -> Step:
    url = reverse(written["url"])
    return Step(
        what=written["what"],
        how=written["how"],
        url=f"{url}?{written['query']}" if "query" in written else url,
        is_done=is_done,
        waits_for="" if is_done or ready else written["after"]["who"],
    )


def _conditions(user: User, written: dict[str, Any]) -> tuple[Q, Q]:
    """When a step is done, and when it can be."""
    done = Q()
    if "did" in written:
        done |= Q(_acts(user, verb__in=written["did"]))
    if "saw" in written:
        narrowed = {{"of": "target_type"}.get(name, name): value for name, value in written["saw"].items()}
        done |= Q(_acts(user, verb="subject.viewed", **narrowed))
    if "holds" in written:
        done |= HOLDS[written["holds"]](user)
    ready = HOLDS[written["after"]["holds"]](user) if "after" in written else Q(pk=user.pk)
    return done, ready


def _acts(user: User, **narrowed: Any) -> Exists:
    return Exists(trail.events(actor_id=user.pk).filter(outcome="done", **narrowed))


def _holding(user: User, conditions: list[Q]) -> Iterator[bool]:
    """Whether each condition holds. The one row that they are asked beside is the user's own."""
    asked = {f"holds_{place}": ExpressionWrapper(each, BooleanField()) for place, each in enumerate(conditions)}
    return iter(User.objects.filter(pk=user.pk).order_by().annotate(**asked).values_list(*asked).get())


def _every_role(user: User) -> Q:
    found = Q()
    for role in Role:
        found &= Q(Exists(User.objects.filter(is_active=True, role=role)))
    return found


HOLDS: dict[str, Callable[[User], Q]] = {
    "office_filled_in": lambda user: Q(Exists(Office.objects.all())),
    "court_added": lambda user: Q(Exists(Court.objects.all())),
    "court_text_known": lambda user: Q(Exists(CourtText.objects.all())),
    "court_texts_mapped": lambda user: Q(Exists(CourtText.objects.all())) & ~Q(Exists(office.unmapped_court_texts())),
    "every_role_has_an_account": _every_role,
    "attorney_marked": lambda user: Q(Exists(office.attorneys())),
    "policy_signed": lambda user: Q(Exists(policies.usable())),
    "policy_to_sign": lambda user: Q(Exists(policies.to_sign(user))),
    "batch_exists": lambda user: Q(Exists(Batch.objects.all())),
    "draft_exists": lambda user: Q(Exists(Batch.objects.filter(state__in=(Batch.State.DRAFT, Batch.State.RETURNED)))),
    "batch_submitted": lambda user: Q(Exists(batches.waiting_for(user))),
    "papers_to_sign": lambda user: Q(Exists(filings.to_sign(user))),
}
"""Conditions on the data that steps name."""
