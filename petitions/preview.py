"""A wording looked at on invented data, before anybody may use it."""

from __future__ import annotations

from dataclasses import replace

from petitions.drafting import checked, draft_letter, drafts_of
from petitions.examples import EXAMPLES, FIRST, example
from petitions.papers import letter
from petitions.papers.data import Paper, PaperRefused
from petitions.papers.letter import Letter
from petitions.wording import BLOCKS, STANDARD, Kind, Wording

PAPERS: dict[Kind, str] = {"memorandum": "motion", "omnibus": "motion"}  # the paper that a kind's preview shows


def wording_preview(kind: Kind, wording: Wording, *, key: str = "", letterhead: tuple[str, ...] = ()) -> Paper:
    """One paper of a kind in a wording, on invented data, watermarked; with a block's key, one that prints this block.

    A letter is headed by the office's own letterhead where that is given.
    Raises PaperRefused with every problem of the wording, or with what a clerk would reject in the finished paper.
    """
    block = BLOCKS[key] if key else None
    data = example((block.example if block else "") or FIRST[kind], wording)
    if isinstance(data, Letter):
        if letterhead:
            data = replace(data, office=replace(data.office, letterhead=letterhead))
        return draft_letter(data, purpose="preview")
    wanted = block.paper if block else PAPERS.get(kind, kind)
    return checked([draft for draft in drafts_of(data) if draft.kind == wanted], "preview")[0]


def wording_faults(wording: Wording) -> list[str]:
    """Why a wording can't be approved: its problems, else what is wrong with the papers drafted in it on invented data.

    A text may say all that the law asks and still break a paper: a letter of two pages, motion and order that differ.
    Only papers whose words changed are laid out.
    """
    found = wording.problems()
    if found:
        return found
    texts = Wording(STANDARD.version, wording.texts)  # its version alone changes no words
    for name in EXAMPLES:
        try:
            _try(name, texts)
        except PaperRefused as refused:
            found += [f"Tried on invented data ({name}): {reason}" for reason in refused.reasons]
    return found


def _try(name: str, wording: Wording) -> None:
    data, standard = example(name, wording), example(name)
    if isinstance(data, Letter) and isinstance(standard, Letter):
        if letter.markup(data) != letter.markup(standard):
            draft_letter(data)
    elif not isinstance(data, Letter) and not isinstance(standard, Letter):
        known = drafts_of(standard)
        checked([draft for draft in drafts_of(data) if draft not in known])
