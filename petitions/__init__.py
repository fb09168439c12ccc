"""Drafts court papers from plain data. Knows paper and the law's words, not databases."""

from petitions.drafting import (
    draft,
    draft_letter,
    draft_omnibus,
    draft_proof_of_service,
    draft_recommendation,
    draw_volume,
)
from petitions.editable import order_docx
from petitions.papers.data import CaseFile, Paper, PaperRefused
from petitions.papers.law import reasons as law_reasons
from petitions.papers.law import to_confirm
from petitions.preview import wording_faults, wording_preview
from petitions.wording import STANDARD, Wording

__all__ = [
    "STANDARD",
    "CaseFile",
    "Paper",
    "PaperRefused",
    "Wording",
    "draft",
    "draft_letter",
    "draft_omnibus",
    "draft_proof_of_service",
    "draft_recommendation",
    "draw_volume",
    "law_reasons",
    "order_docx",
    "to_confirm",
    "wording_faults",
    "wording_preview",
]
