"""Convictions on which H&S § 11361.8(e) names no section, and the grounds an attorney may choose for them."""

from __future__ import annotations

from django.db.models import Q

from clearmyrecord.records.models import Conviction
from eligibility.law import code_sections, tables
from eligibility.remarks import REMARKS

PARTS = [REMARKS[part] for part in ("attempt", "conspiracy", "accessory")]
"""The engine's remarks on an offense joined to another: H&S § 11361.8(e) does not name it."""


def is_outside() -> Q:
    """Determinations that need a ground: no listed section, a related charge, or an attempt and the like."""
    return Q(conviction__prop64="") | Q(conviction__related=True) | Q(remarks__overlap=PARTS)


def part_of(conviction: Conviction) -> str:
    """attempt, conspiracy, accessory or nothing, as the engine reads the section's text."""
    section = code_sections.parse(conviction.section_text)
    return section.part if section is not None else ""


def grounds_for(conviction: Conviction, route: str) -> list[tables.Ground]:
    """The approved grounds that an attorney may choose for this conviction on this route."""
    part, section = part_of(conviction), conviction.code_section or None
    sections = {str(each) for each in code_sections.parse_all(conviction.section_text)}
    return [
        ground
        for ground in tables.grounds()
        if all(ground.may_be_given(each, part, route) for each in {section} | sections)
    ]


def ground_holds() -> Q:
    """True where the ground chosen still fits the route, and isn't the decision to leave the conviction out."""
    held = Q(pk__in=[])
    for ground in tables.grounds():
        if not ground.leaves_out:
            held |= Q(ground=ground.code, route__in=ground.routes)
    return held


def leaving_out() -> list[str]:
    """Codes of the grounds that keep a conviction out of every motion."""
    return [ground.code for ground in tables.grounds() if ground.leaves_out]


def says(code: str) -> str:
    """A ground's words."""
    return next((ground.says for ground in tables.grounds() if ground.code == code), code)
