"""From the data of one case to its finished papers: law first, then layout, then what a clerk would look at."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import Final, Literal

from petitions import checks, reading, render
from petitions.papers import declaration, exhibit, inquiry, law, letter, motion, order, recommendation, service
from petitions.papers import omnibus as omnibus_papers
from petitions.papers.data import CaseFile, Kind, Paper, PaperRefused
from petitions.papers.drafts import Draft, file_name
from petitions.papers.inquiry import InquiryLetter
from petitions.papers.letter import Letter
from petitions.papers.omnibus import Omnibus
from petitions.papers.recommendation import Recommendation
from petitions.papers.service import ProofOfService

Purpose = Literal["filing", "archive", "preview"]
Asked = CaseFile | Omnibus | Recommendation | ProofOfService
WATERMARK: Final = "PREVIEW – NOT FOR FILING"
UNSENT: Final = "PREVIEW – NOT FOR SENDING"


@dataclass(frozen=True, slots=True)
class OmnibusPapers:
    """The three papers of a list, and the volumes of its exhibit still to be drawn."""

    papers: list[Paper]
    volumes: list[exhibit.Volume]


def draft(case_file: CaseFile, *, purpose: Purpose = "filing", only: Kind | None = None) -> list[Paper]:
    """Motion, declaration and proposed order of one case and route, in this order; or `only` the one of that kind.

    For filing: PDF/UA-1. For the archive: the same pages as PDF/A-2u. A preview has a watermark and may be drafted
    before there is a batch.

    Same input, same bytes. Raises PaperRefused with every reason in plain English, when the law does not allow the
    papers or a clerk would reject a finished one; a set of papers is given whole or not at all.
    """
    return checked([each for each in drafts_of(case_file) if only in (None, each.kind)], purpose)


def drafts_of(asked: Asked, *, rows_a_volume: int = exhibit.ROWS_A_VOLUME) -> list[Draft]:
    """The papers of one matter in words, not laid out yet, in their order. Raises PaperRefused as `draft` does."""
    if isinstance(asked, CaseFile):
        _refuse(law.reasons(asked))
        drafts = [motion.draft(asked), declaration.draft(asked), order.draft(asked)]
        _refuse(checks.disagreements(asked.case, drafts[0], drafts[2]))
        return drafts
    if isinstance(asked, Omnibus):
        _refuse(omnibus_papers.reasons(asked))
        return omnibus_papers.drafts(asked, volumes=-(-len(asked.rows) // rows_a_volume))
    if isinstance(asked, Recommendation):
        _refuse(recommendation.reasons(asked))
        return recommendation.drafts(asked)
    _refuse(service.reasons(asked))
    return [service.draft(asked)]


def _refuse(reasons: list[str]) -> None:
    if reasons:
        raise PaperRefused(reasons)


def draft_omnibus(omnibus: Omnibus, *, rows_a_volume: int = exhibit.ROWS_A_VOLUME) -> OmnibusPapers:
    """Motion, declaration and proposed order of a list, and its exhibit planned in volumes.

    Each volume is drawn by `draw_volume`, in any order and in any process. Raises PaperRefused as `draft` does.
    """
    papers = checked(drafts_of(omnibus, rows_a_volume=rows_a_volume))
    public = exhibit.public_volumes(omnibus, rows_a_volume=rows_a_volume)
    return OmnibusPapers(papers, [*public, *exhibit.confidential_volumes(omnibus, rows_a_volume=rows_a_volume)])


def draft_recommendation(
    asked: Recommendation, *, purpose: Purpose = "filing", only: Kind | None = None
) -> list[Paper]:
    """Recommendation and proposed order under Penal Code section 1172.1. Raises PaperRefused as `draft` does."""
    return checked([each for each in drafts_of(asked) if only in (None, each.kind)], purpose)


def draft_proof_of_service(proof: ProofOfService) -> Paper:
    """Proof of service on pleading paper. Raises PaperRefused as `draft` does."""
    return checked(drafts_of(proof))[0]


def draft_letter(told: Letter, *, purpose: Purpose = "filing") -> Paper:
    """The letter to the person, one page, not filed. Raises PaperRefused as `draft` does."""
    _refuse(letter.reasons(told))
    mark = UNSENT if purpose == "preview" else ""
    name = file_name(told.case_number, f"letter-{told.language[:2]}")
    name = name if purpose == "filing" else f"{purpose}-{name}"
    return _sent(letter.markup(told), letter.title(told), told, name, mark=mark, archive=purpose == "archive")


def draft_inquiry_letter(told: InquiryLetter) -> Paper:
    """The letter that answers an inquiry, one page, not filed. Raises PaperRefused as `draft` does."""
    _refuse(inquiry.reasons(told))
    name = f"inquiry-letter-{told.language[:2]}.pdf"
    return _sent(inquiry.markup(told), inquiry.title(told), told, name)


def _sent(
    markup: str, title: str, told: Letter | InquiryLetter, name: str, *, mark: str = "", archive: bool = False
) -> Paper:
    """A letter laid out, written and checked. Raises PaperRefused with what is wrong with it."""
    try:
        rendered = render.render(
            markup,
            footer=mark,  # a letter that is sent has none
            numbered=False,
            extra_style=letter.STYLE,
            archive=archive,
            watermark=mark,
        )
    except render.FetchRefused as error:
        raise PaperRefused([str(error)]) from error
    started = time.process_time()
    pages, faults = reading.read(rendered.pdf, language=told.language)
    if faults := faults + checks.letter_faults(pages, markup):
        raise PaperRefused(faults)
    timings = {"layout": rendered.layout, "writing": rendered.writing, "checking": time.process_time() - started}
    return _paper("letter", title, name, rendered.pdf, pages, timings, told.wording.version)


def draw_volume(volume: exhibit.Volume) -> list[Paper]:
    """The exhibit to the motion and the exhibit to the order, alike but for their titles; or the confidential one."""
    labels, names, given = exhibit.page_labels(volume), exhibit.file_names(volume), exhibit.given(volume)
    footers = exhibit.footers(volume)
    try:
        copies, layout = render.render_copies(
            exhibit.markup(volume), list(footers.values()), labels=labels, extra_style=exhibit.STYLE
        )
    except (render.FetchRefused, ValueError) as error:
        raise PaperRefused([f"{volume.title}: {error}"]) from error
    papers, refused = [], []
    for (to, title), rendered in zip(footers.items(), copies, strict=True):
        started = time.process_time()
        pages, faults = reading.read(rendered.pdf)
        faults += checks.exhibit_faults(pages, given=given, labels=labels, footer=title, public=not volume.confidential)
        refused += [f"{title}: {fault}" for fault in faults]
        timings = {"layout": layout, "writing": rendered.writing, "checking": time.process_time() - started}
        kind: Kind = "confidential" if volume.confidential else "exhibit"
        papers.append(_paper(kind, title, names[to], rendered.pdf, pages, timings, volume.wording_version))
        layout = 0.0
    if refused:
        raise PaperRefused(refused)
    return papers


def checked(drafts: list[Draft], purpose: Purpose = "filing") -> list[Paper]:
    """Papers of one matter: all of them, or PaperRefused with every fault."""
    papers, refused = [], []
    for each in drafts:
        paper, faults = finished(each, purpose)
        papers.append(paper)
        refused += [f"{paper.title}: {fault}" for fault in faults]
    if refused:
        raise PaperRefused(refused)
    return papers


def finished(draft: Draft, purpose: Purpose = "filing") -> tuple[Paper, list[str]]:
    """A draft laid out, written and checked, with what is wrong with it."""
    try:
        rendered = render.render(
            draft.markup,
            footer=draft.footer,
            shared=draft.shared,
            archive=purpose == "archive",
            watermark=WATERMARK if purpose == "preview" else "",
        )
    except render.FetchRefused as error:
        raise PaperRefused([str(error)]) from error
    started = time.process_time()
    pages, faults = reading.read(rendered.pdf)
    faults += checks.faults(draft, pages) + checks.unmarked(draft, reading.bookmarks(rendered.pdf))
    timings = {"layout": rendered.layout, "writing": rendered.writing, "checking": time.process_time() - started}
    name = draft.file_name if purpose == "filing" else f"{purpose}-{draft.file_name}"
    return _paper(draft.kind, draft.title, name, rendered.pdf, pages, timings, draft.wording_version), faults


def _paper(
    kind: Kind,
    title: str,
    name: str,
    pdf: bytes,
    pages: list[reading.Page],
    timings: dict[str, float],
    wording_version: str,
) -> Paper:
    return Paper(
        kind=kind,
        title=title,
        pdf=pdf,
        pages=len(pages),
        words=reading.words_of(pages),
        sha256=hashlib.sha256(pdf).hexdigest(),
        file_name=name,
        timings=timings,
        wording_version=wording_version,
    )
