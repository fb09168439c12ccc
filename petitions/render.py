"""From markup to PDF bytes: the one place that lays pages out, with the one fetcher, which fetches nothing."""

from __future__ import annotations

import gc
import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from weasyprint.document import Document
from weasyprint.urls import FatalURLFetchingError

from petitions import pleading, shortcuts
from petitions.markup import FetchNothing, Markup, style
from petitions.typeface import fonts
from petitions.writing import ARCHIVE, FILING, DrawnOnce, written, written_copies

shortcuts.take()
SHARED_KEPT: Final = 64  # layouts of shared pages, a few hundred kilobytes each; a batch has about a dozen
ONE_AT_A_TIME: Final = threading.RLock()  # two threads that draw the same shared pages would break both papers
logging.getLogger("weasyprint.progress").setLevel(logging.WARNING)  # seven lines a paper, of use to nobody


class FetchRefused(Exception):
    """The markup asked for something outside itself; record data must have got through as markup."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A PDF and the seconds of processor time that its layout and its writing took."""

    pdf: bytes
    layout: float
    writing: float


def render(
    markup: str,
    *,
    footer: str,
    numbered: bool = True,
    extra_style: str = "",
    shared: str = "",
    archive: bool = False,
    watermark: str = "",
) -> Rendered:
    """Lay out and write one PDF (PDF/UA-1, tagged). Same markup, same bytes.

    `shared` is the markup of pages that follow the own ones and are alike in many papers; they are laid out once per
    process. `archive` gives PDF/A-2u, still tagged; `watermark` is drawn across every page as an artifact.
    Raises FetchRefused when the markup asks for anything outside itself, FontMissing without the typeface.
    """
    started = time.process_time()
    with _fetching_nothing() as fetcher:
        document = _laid_out(markup, extra_style, fetcher, archive=archive)
        if shared:
            document = document.copy(document.pages + _laid_out_once(shared, extra_style))
        laid_out = time.process_time()
        pdf = written(document, markup + shared, footer=footer, numbered=numbered, archive=archive, watermark=watermark)
    return Rendered(pdf=pdf, layout=laid_out - started, writing=time.process_time() - laid_out)


def render_copies(
    markup: str, titles: Sequence[str], *, labels: Sequence[str], extra_style: str
) -> tuple[list[Rendered], float]:
    """One PDF for each title (in the footer and in the file), all drawn from one layout; the seconds that took.

    `labels` are the page numbers as printed. More pages than labels: ValueError, the pages broke other than planned.
    """
    started = time.process_time()
    copies = []
    with _collector_resting(), _fetching_nothing() as fetcher:
        document = _laid_out(markup, extra_style, fetcher)
        laid_out = time.process_time() - started
        if len(document.pages) != len(labels):
            raise ValueError(f"The exhibit broke into {len(document.pages)} pages, but {len(labels)} were planned.")
        begun = time.process_time()
        for pdf in written_copies(document, markup, titles=titles, labels=labels):
            copies.append(Rendered(pdf=pdf, layout=0.0, writing=time.process_time() - begun))
            begun = time.process_time()
    return copies, laid_out


def _laid_out(markup: str, extra_style: str, fetcher: FetchNothing, *, archive: bool = False) -> Document:
    styles = [style(pleading.STYLE)] + ([style(extra_style)] if extra_style else [])
    return Markup(markup, fetcher).render(
        font_config=fonts(), stylesheets=styles, pdf_variant=ARCHIVE if archive else FILING
    )


@lru_cache(maxsize=SHARED_KEPT)
def _laid_out_once(markup: str, extra_style: str) -> list[DrawnOnce]:
    with _fetching_nothing() as fetcher:
        return [DrawnOnce(page) for page in _laid_out(markup, extra_style, fetcher).pages]


@contextmanager
def _collector_resting() -> Iterator[None]:
    """A table makes a hundred thousand objects that all live to its end: looking for garbage costs a fifth more."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def _fetching_nothing() -> Iterator[FetchNothing]:
    """A fetcher for layout and writing, where an attachment would be read; what it refused becomes FetchRefused.

    Whoever holds it is the only one in the process to lay out or write.
    """
    fetcher = FetchNothing()
    try:
        with ONE_AT_A_TIME:
            yield fetcher
    except FatalURLFetchingError as error:  # no Exception but a BaseException: caught by name
        raise FetchRefused(f"A paper may fetch nothing, but asked for {error}") from error
    if fetcher.refused:
        raise FetchRefused(f"A paper may fetch nothing, but asked for {', '.join(fetcher.refused)}")
