"""Drafts court papers from plain data. Knows paper and the law's words, not databases."""

from petitions.drafting import (
    draft,
    draft_inquiry_letter,
    draft_letter,
    draft_omnibus,
    draft_proof_of_service,
    draft_recommendation,
    draw_volume,
)
from petitions.editable import order_docx
from petitions.papers.data import CaseFile, Paper, PaperRefused
from petitions.papers.law import DESTROYED, record_may_be_destroyed, to_confirm
from petitions.papers.law import reasons as law_reasons
from petitions.papers.omnibus import reasons as omnibus_reasons
from petitions.papers.recommendation import reasons as recommendation_reasons
from petitions.preview import wording_faults, wording_preview
from petitions.wording import STANDARD, Wording

__all__ = [
    "DESTROYED",
    "STANDARD",
    "CaseFile",
    "Paper",
    "PaperRefused",
    "Wording",
    "draft",
    "draft_inquiry_letter",
    "draft_letter",
    "draft_omnibus",
    "draft_proof_of_service",
    "draft_recommendation",
    "draw_volume",
    "law_reasons",
    "omnibus_reasons",
    "order_docx",
    "recommendation_reasons",
    "record_may_be_destroyed",
    "to_confirm",
    "wording_faults",
    "wording_preview",
]
