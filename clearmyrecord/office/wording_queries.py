"""Reads of the office's words."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet

from clearmyrecord.errors import NotFound
from clearmyrecord.office import access, wording_text
from clearmyrecord.office.models import Office, Role, User, WordingVersion
from petitions.wording import BLOCKS, STANDARD, Block, Wording

Frozen = dict[str, Any]


def versions() -> QuerySet[WordingVersion]:
    """Every draft and version of the office; the standard wordings that batches were submitted in are none of them."""
    return WordingVersion.objects.exclude(drafted_by=None).select_related(
        "drafted_by", "approved_by", "discarded_by", "based_on"
    )


def in_force() -> WordingVersion | None:
    """The version in which papers are drafted from now on: the newest approved one. None: the standard wording."""
    return versions().exclude(number=None).order_by("-number").first()


def texts_in_force() -> dict[str, str]:
    return texts_of(in_force())


def texts_of(version: WordingVersion | None) -> dict[str, str]:
    """Every text block as a version has it; without one as the standard wording has it."""
    return wording_text.in_full(version.texts) if version else wording_text.standard()


def version_or_404(pk: int) -> WordingVersion:
    """Any draft or version, and the standard wordings that were kept. Raises NotFound."""
    known = WordingVersion.objects.select_related("drafted_by", "approved_by", "discarded_by", "based_on")
    found = known.filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such wording.")
    return found


def block_or_404(key: str) -> Block:
    """Raises NotFound for a key that no text block has."""
    found = BLOCKS.get(key)
    if found is None:
        raise NotFound("There is no such text block.")
    return found


def open_draft(user: User) -> WordingVersion | None:
    """The draft this user is working on."""
    return versions().filter(drafted_by=user, approved_at=None, discarded_at=None).first()


def to_approve(user: User) -> QuerySet[WordingVersion]:
    """Drafts that wait for somebody like this user."""
    if not may_approve(user):
        return WordingVersion.objects.none()
    return versions().filter(approved_at=None, discarded_at=None).exclude(drafted_by=user)


def may_draft(user: User) -> bool:
    return access.is_attorney(user) or user.role == Role.ADMINISTRATOR


def may_approve(user: User) -> bool:
    return access.is_attorney(user) or user.role == Role.SUPERVISOR


def before(version: WordingVersion) -> WordingVersion | None:
    """What a version took the place of, or what a draft would: the newest version below it. None: the standard."""
    older = versions().exclude(number=None).order_by("-number")
    return older.filter(number__lt=version.number).first() if version.number else older.exclude(pk=version.pk).first()


def name_in_papers(version: WordingVersion | None, office: Office) -> str:
    """What papers say they are worded in: "Contra Costa 3", or "standard"."""
    if version is None or version.drafted_by_id is None:
        return STANDARD.version
    return f"{office.county.title()} {version.number or f'draft {version.pk}'}"


def frozen(version: WordingVersion | None, office: Office) -> Frozen:
    """What the heading of a batch keeps of the wording: which one, its name in papers, and its hash."""
    return {
        "id": version.pk if version else None,
        "version": name_in_papers(version, office),
        "sha256": version.sha256 if version else wording_text.digest(wording_text.standard()),
    }


def as_frozen(kept: Frozen | None) -> Wording:
    """The wording that a heading names. Headings frozen before wordings were kept have the standard one."""
    if kept is None or kept["id"] is None:
        return STANDARD
    return _wording(kept["id"], kept["version"], kept["sha256"])


@lru_cache(maxsize=8)
def _wording(pk: int, name: str, sha256: str) -> Wording:
    """An approved or standard version: frozen, so that a worker reads it once for all papers of a batch."""
    version = WordingVersion.objects.filter(Q(drafted_by=None) | Q(approved_at__isnull=False)).get(pk=pk, sha256=sha256)
    return Wording(name, version.texts)
