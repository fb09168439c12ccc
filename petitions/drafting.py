"""From the data of one case to its finished papers: law first, then layout, then what a clerk would look at."""

from __future__ import annotations

import hashlib
import time

from petitions import checks, reading, render
from petitions.papers import declaration, law, motion, order
from petitions.papers.data import CaseFile, Paper, PaperRefused
from petitions.papers.drafts import Draft


def draft(case_file: CaseFile) -> list[Paper]:
    """Motion, declaration and proposed order of one case and route, in this order.

    Same input, same bytes. Raises PaperRefused with every reason in plain English, when the law does not allow the
    papers or a clerk would reject a finished one; a set of papers is given whole or not at all.
    """
    if reasons := law.reasons(case_file):
        raise PaperRefused(reasons)
    papers, refused = [], []
    for kind in (motion, declaration, order):
        paper, faults = finished(kind.draft(case_file))
        papers.append(paper)
        refused += [f"{paper.title}: {fault}" for fault in faults]
    if refused:
        raise PaperRefused(refused)
    return papers


def finished(draft: Draft) -> tuple[Paper, list[str]]:
    """A draft laid out, written and checked, with what is wrong with it."""
    try:
        rendered = render.render(draft.markup, footer=draft.footer, shared=draft.shared)
    except render.FetchRefused as error:
        raise PaperRefused([str(error)]) from error
    started = time.perf_counter()
    pages, faults = reading.read(rendered.pdf)
    faults += checks.faults(draft, pages)
    paper = Paper(
        kind=draft.kind,
        title=draft.title,
        pdf=rendered.pdf,
        pages=len(pages),
        words=reading.words_of(pages),
        sha256=hashlib.sha256(rendered.pdf).hexdigest(),
        file_name=draft.file_name,
        timings={"layout": rendered.layout, "writing": rendered.writing, "checking": time.perf_counter() - started},
    )
    return paper, faults
