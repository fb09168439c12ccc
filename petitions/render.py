"""From markup to PDF bytes: the one place that lays pages out, with the one fetcher, which fetches nothing."""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

import pydyf
from weasyprint import CSS, HTML
from weasyprint.document import Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from petitions import pleading

SHARED_KEPT: Final = 64  # layouts of shared pages, a few hundred kilobytes each; a batch has about a dozen
ONE_AT_A_TIME: Final = threading.RLock()  # two threads that draw the same shared pages would break both papers
FILING: Final = "pdf/ua-1"
ARCHIVE: Final = "pdf/a-2u"


class FetchRefused(Exception):
    """The markup asked for something outside itself; record data must have got through as markup."""


class FetchNothing(URLFetcher):  # type: ignore[misc]  # the library brings no types
    """Refuse every address and remember it: inside an SVG even the fatal error is swallowed."""

    def __init__(self) -> None:
        super().__init__(allow_redirects=False)
        self.refused: list[str] = []

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        self.refused.append(url)
        raise FatalURLFetchingError(url)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A PDF and the seconds its layout and its writing took."""

    pdf: bytes
    layout: float
    writing: float


@cache
def _fonts() -> FontConfiguration:
    pleading.font_path()
    logging.getLogger("weasyprint.progress").setLevel(logging.WARNING)  # seven lines a paper, of use to nobody
    return FontConfiguration()


@cache
def _style(text: str) -> CSS:
    return CSS(string=text, font_config=_fonts(), url_fetcher=FetchNothing())


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
    started = time.perf_counter()
    with _fetching_nothing() as fetcher:
        document = _laid_out(markup, extra_style, fetcher, archive=archive)
        if shared:
            document = document.copy(document.pages + _laid_out_once(shared, extra_style).pages)
        laid_out = time.perf_counter()
        pdf = _written(
            document, markup + shared, footer=footer, numbered=numbered, archive=archive, watermark=watermark
        )
    return Rendered(pdf=pdf, layout=laid_out - started, writing=time.perf_counter() - laid_out)


def render_copies(
    markup: str, titles: Sequence[str], *, labels: Sequence[str], extra_style: str
) -> tuple[list[Rendered], float]:
    """One PDF for each title (in the footer and in the file), all drawn from one layout; the seconds that took.

    `labels` are the page numbers as printed. More pages than labels: ValueError, the pages broke other than planned.
    """
    started = time.perf_counter()
    copies = []
    with _fetching_nothing() as fetcher:
        document = _laid_out(markup, extra_style, fetcher)
        laid_out = time.perf_counter() - started
        if len(document.pages) != len(labels):
            raise ValueError(f"The exhibit broke into {len(document.pages)} pages, but {len(labels)} were planned.")
        for title in titles:
            begun = time.perf_counter()
            copy = document.copy()
            copy.metadata.title = title
            pdf = _written(copy, markup + title, footer=title, numbered=False, labels=labels)
            copies.append(Rendered(pdf=pdf, layout=0.0, writing=time.perf_counter() - begun))
    return copies, laid_out


def _laid_out(markup: str, extra_style: str, fetcher: FetchNothing, *, archive: bool = False) -> Document:
    styles = [_style(pleading.STYLE)] + ([_style(extra_style)] if extra_style else [])
    return HTML(string=markup, url_fetcher=fetcher, base_url="").render(
        font_config=_fonts(), stylesheets=styles, pdf_variant=ARCHIVE if archive else FILING
    )


@lru_cache(maxsize=SHARED_KEPT)
def _laid_out_once(markup: str, extra_style: str) -> Document:
    with _fetching_nothing() as fetcher:
        return _laid_out(markup, extra_style, fetcher)


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


def _written(
    document: Document,
    source: str,
    *,
    footer: str,
    numbered: bool,
    labels: Sequence[str] = (),
    archive: bool = False,
    watermark: str = "",
) -> bytes:
    def finish(_document: Document, pdf: pydyf.PDF) -> None:
        if footer:  # a letter has none
            pleading.furnish(pdf, footer=footer, numbered=numbered, labels=labels, watermark=watermark)
        if not archive:  # there it must equal what the XMP metadata say
            pdf.info["Producer"] = pydyf.String("Clear My Record")

    identifier = hashlib.sha256(source.encode()).hexdigest()[:32].encode()
    written: bytes = document.write_pdf(
        finisher=finish, pdf_variant=ARCHIVE if archive else FILING, pdf_tags=True, pdf_identifier=identifier
    )
    return written
