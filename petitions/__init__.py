"""Drafts court papers from plain data. Knows paper and the law's words, not databases."""

from petitions.drafting import (
    draft,
    draft_letter,
    draft_omnibus,
    draft_proof_of_service,
    draft_recommendation,
    draw_volume,
)
from petitions.papers.data import CaseFile, Paper, PaperRefused
from petitions.papers.law import DESTROYED, record_may_be_destroyed, to_confirm
from petitions.papers.law import reasons as law_reasons
from petitions.papers.omnibus import reasons as omnibus_reasons
from petitions.papers.recommendation import reasons as recommendation_reasons

__all__ = [
    "DESTROYED",
    "CaseFile",
    "Paper",
    "PaperRefused",
    "draft",
    "draft_letter",
    "draft_omnibus",
    "draft_proof_of_service",
    "draft_recommendation",
    "draw_volume",
    "law_reasons",
    "omnibus_reasons",
    "recommendation_reasons",
    "record_may_be_destroyed",
    "to_confirm",
]
