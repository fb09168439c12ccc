"""A finished PDF read back: what stands on each page and where, and what the file as a whole holds."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pypdfium2
import pypdfium2.raw as pdfium

from petitions import pleading

SIZE_LIMIT: Final = 20_000_000  # bytes; vendors commonly stop at 25 MB
PDFIUM: Final = threading.RLock()  # the library is not safe for threads: one at a time in a process
LINE_END_HYPHEN: Final = "\x02"  # pdfium's sign for a hyphen on which a line ends


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text as the PDF draws it; places in points, baseline from the top of the page."""

    text: str
    size: float
    font: str
    embedded: bool
    black: bool
    left: float
    right: float
    baseline: float


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on a page: its text, and apart from it what is marked as artifact."""

    width: float
    height: float
    rotation: int
    body: tuple[Run, ...]
    artifacts: tuple[Run, ...]
    vertical_rules: tuple[float, ...]

    @property
    def text(self) -> str:
        return " ".join(run.text for run in self.body)


def squeezed(text: str) -> str:
    """The text without blanks: lines break anywhere, letters may not change."""
    return "".join(text.split())


def words_of(pages: list[Page]) -> int:
    """Words of text, artifacts not counted."""
    return sum(len(page.text.split()) for page in pages)


def read(pdf: bytes, *, language: str = "en-US") -> tuple[list[Page], list[str]]:
    """Every page of a PDF, and what is wrong with the file as a whole (points 18 and 19, tags, language)."""
    with PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return [_page(document, index) for index in range(len(document))], list(_file(document, pdf, language))
        finally:
            document.close()


def bookmarks(pdf: bytes) -> list[str]:
    """The titles in the outline, in its order."""
    with PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return [entry.get_title() for entry in document.get_toc()]
        finally:
            document.close()


def _file(document: pypdfium2.PdfDocument, pdf: bytes, language: str) -> Iterator[str]:
    if len(pdf) > SIZE_LIMIT:
        yield f"The file has {len(pdf)} bytes, more than courts take."
    if pdfium.FPDF_GetFormType(document) != pdfium.FORMTYPE_NONE:
        yield "The file holds form fields."
    if pdfium.FPDFDoc_GetAttachmentCount(document):
        yield "The file holds an attachment."
    if pdfium.FPDFDoc_GetJavaScriptActionCount(document):
        yield "The file holds JavaScript."
    if pdfium.FPDF_GetSecurityHandlerRevision(document) != -1:
        yield "The file is encrypted."
    if not pdfium.FPDFCatalog_IsTagged(document):
        yield "The file is not tagged."
    if not document.get_metadata_value("Title"):
        yield "The file has no title."
    if _language(document) != language:
        yield "The file does not state its language."
    if not any(True for _ in document.get_toc()):
        yield "The file has no bookmarks."


def _language(document: pypdfium2.PdfDocument) -> str:
    buffer = (ctypes.c_uint16 * 16)()
    length = pdfium.FPDFCatalog_GetLanguage(document, buffer, ctypes.sizeof(buffer))
    return bytes(buffer)[:length].decode("utf-16-le").rstrip("\0")


def _page(document: pypdfium2.PdfDocument, index: int) -> Page:
    page = document[index]
    textpage = page.get_textpage()
    reader = _Reader(textpage, page.get_height())
    body: list[Run] = []
    artifacts: list[Run] = []
    rules: list[float] = []
    for number in range(pdfium.FPDFPage_CountObjects(page)):
        piece = pdfium.FPDFPage_GetObject(page, number)
        kind = pdfium.FPDFPageObj_GetType(piece)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            (artifacts if reader.is_artifact(piece) else body).append(reader.run(piece))
        elif kind == pdfium.FPDF_PAGEOBJ_FORM:
            for inner in range(pdfium.FPDFFormObj_CountObjects(piece)):
                part = pdfium.FPDFFormObj_GetObject(piece, inner)
                if pdfium.FPDFPageObj_GetType(part) == pdfium.FPDF_PAGEOBJ_TEXT:
                    artifacts.append(reader.run(part))
                else:
                    left, bottom, _, top = reader.bounds(part)
                    if top - bottom > pleading.PAGE_HEIGHT - 10:
                        rules.append(left)
    seen = Page(
        width=page.get_width(),
        height=page.get_height(),
        rotation=page.get_rotation(),
        body=tuple(run for run in body if run.text.strip()),
        artifacts=tuple(artifacts),
        vertical_rules=tuple(rules),
    )
    textpage.close()
    page.close()
    return seen


class _Reader:
    """Asks about the pieces of one page; what answers are written into is made once."""

    def __init__(self, textpage: Any, height: float) -> None:
        self._textpage, self._height = textpage, height
        self._fonts: dict[int, tuple[str, bool]] = {}
        self._mark, self._length = (ctypes.c_uint16 * 16)(), ctypes.c_ulong()
        self._text = (ctypes.c_uint16 * 512)()
        self._matrix, self._size = pdfium.FS_MATRIX(), ctypes.c_float()
        self._colour = [ctypes.c_uint() for _ in range(4)]
        self._edges = [ctypes.c_float() for _ in range(4)]

    def run(self, piece: Any) -> Run:
        """A piece of text."""
        matrix, size = self._matrix, self._size
        pdfium.FPDFPageObj_GetMatrix(piece, matrix)
        pdfium.FPDFTextObj_GetFontSize(piece, size)
        pdfium.FPDFPageObj_GetFillColor(piece, *self._colour)
        name, embedded = self._font(piece)
        left, _, right, _ = self.bounds(piece)
        return Run(
            text=self._said(piece),
            size=abs(size.value * matrix.d),
            font=name,
            embedded=embedded,
            black=[part.value for part in self._colour] == [0, 0, 0, 255],
            left=left,
            right=right,
            baseline=self._height - matrix.f,
        )

    def bounds(self, piece: Any) -> tuple[float, float, float, float]:
        """Left, bottom, right, top."""
        pdfium.FPDFPageObj_GetBounds(piece, *self._edges)
        left, bottom, right, top = self._edges
        return left.value, bottom.value, right.value, top.value

    def is_artifact(self, piece: Any) -> bool:
        """Whether the piece is marked as one."""
        for index in range(pdfium.FPDFPageObj_CountMarks(piece)):
            mark = pdfium.FPDFPageObj_GetMark(piece, index)
            pdfium.FPDFPageObjMark_GetName(mark, self._mark, ctypes.sizeof(self._mark), self._length)
            if bytes(self._mark)[: self._length.value].decode("utf-16-le").rstrip("\0") == "Artifact":
                return True
        return False

    def _said(self, piece: Any) -> str:
        length = pdfium.FPDFTextObj_GetText(piece, self._textpage, self._text, ctypes.sizeof(self._text))
        if length > ctypes.sizeof(self._text):
            self._text = (ctypes.c_uint16 * length)()
            return self._said(piece)
        text = ctypes.string_at(self._text, max(length - 2, 0))
        return text.decode("utf-16-le", "replace").replace(LINE_END_HYPHEN, "-")

    def _font(self, piece: Any) -> tuple[str, bool]:
        font = pdfium.FPDFTextObj_GetFont(piece)
        key = ctypes.addressof(font.contents)
        if key not in self._fonts:
            buffer = ctypes.create_string_buffer(128)
            pdfium.FPDFFont_GetBaseFontName(font, buffer, 128)
            name = buffer.value.decode("latin-1").split("+")[-1]
            self._fonts[key] = (name, bool(pdfium.FPDFFont_GetIsEmbedded(font)))
        return self._fonts[key]
