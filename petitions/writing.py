"""From laid-out pages to PDF bytes, with nothing drawn, cut or compressed twice."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from io import BytesIO
from itertools import pairwise
from typing import Any, Final
from xml.sax.saxutils import escape

import pydyf
from weasyprint import VERSION
from weasyprint.document import Document, Page

from petitions import furniture, typeface

FILING: Final = "pdf/ua-1"
ARCHIVE: Final = "pdf/a-2u"
PRODUCER: Final = "Clear My Record"
ENGINE: Final = f"WeasyPrint {VERSION}".encode()
COMPRESSED_KEPT: Final = 64  # streams that many papers hold: the typeface, furniture, shared pages


class DrawnOnce(Page):  # type: ignore[misc]  # the library brings no types
    """A laid-out page that goes into several papers: drawn into the first, copied into the others."""

    def __init__(self, page: Page) -> None:
        self.__dict__.update(page.__dict__)
        self._drawing: tuple[bytes, dict[Any, Any], dict[str, Any]] | None = None

    def paint(self, stream: Any, scale: float = 1) -> None:
        """Draw the page into a stream of a PDF; called by the layout engine."""
        if self._drawing:
            drawn, tags, states = self._drawing
            stream.stream.append(drawn)
            stream._tags.update(tags)
            stream._resources["ExtGState"].update(states)
            return
        start = len(stream.stream)
        super().paint(stream, scale)
        drawn = b"\n".join(map(pydyf._to_bytes, stream.stream[start:]))
        stream.stream[start:] = [drawn]
        (face,) = stream._fonts.values() if len(stream._fonts) == 1 else (None,)
        if face and face.has_only_usual_glyphs:  # else the next paper would lack the others
            self._drawing = (drawn, dict(stream._tags), dict(stream._resources["ExtGState"]))


def written(
    document: Document,
    source: str,
    *,
    footer: str,
    numbered: bool,
    archive: bool = False,
    watermark: str = "",
) -> bytes:
    """The PDF of a document: PDF/UA-1, or PDF/A-2u for the archive. `source` makes its identifier."""

    def finish(_document: Document, pdf: pydyf.PDF) -> None:
        if footer:  # a letter has none
            furniture.furnish(pdf, footer=footer, numbered=numbered, watermark=watermark)
        _name_producer(pdf)
        pdf.objects = [_Settled(object_) for object_ in pdf.objects]

    document.fonts = typeface.for_a_paper()
    pdf: bytes = document.write_pdf(
        finisher=finish,
        pdf_variant=ARCHIVE if archive else FILING,
        pdf_tags=True,
        pdf_identifier=_identifier(source),
    )
    return pdf


def written_copies(document: Document, source: str, *, titles: Sequence[str], labels: Sequence[str]) -> Iterator[bytes]:
    """A PDF for each title, in the file and below every page: what holds the title is made anew, all else is kept."""
    kept: list[Any] = []

    def finish(_document: Document, pdf: pydyf.PDF) -> None:
        form = furniture.furnish(pdf, footer=titles[0], numbered=False, labels=labels)
        kept.extend((pdf, form, _name_producer(pdf)))
        pdf.objects = [_Settled(object_) for object_ in pdf.objects]
        kept.append(list(pdf.objects))

    document.fonts, document.metadata.title = typeface.for_a_paper(), titles[0]
    yield document.write_pdf(
        finisher=finish, pdf_variant=FILING, pdf_tags=True, pdf_identifier=_identifier(source + titles[0])
    )
    pdf, form, metadata, objects = kept
    for before, title in pairwise(titles):
        form.stream[-1] = furniture.foot(title, numbered=False)
        metadata.stream = [part.replace(escape(before).encode(), escape(title).encode()) for part in metadata.stream]
        objects[form.number], objects[metadata.number] = _Settled(form), _Settled(metadata)
        pdf.objects, pdf.current_position = list(objects), 0
        pdf.info["Title"] = pydyf.String(title)
        out = BytesIO()
        pdf.write(out, b"1.7", _identifier(source + title), compress=True)
        yield out.getvalue()


def _identifier(source: str) -> bytes:
    return hashlib.sha256(source.encode()).hexdigest()[:32].encode()


def _name_producer(pdf: pydyf.PDF) -> pydyf.Stream:
    """The product, not its parts, made the file: so its information and, alike, its XMP metadata. Returns these."""
    pdf.info["Producer"] = pydyf.String(PRODUCER)
    (metadata,) = [
        each for each in pdf.objects if isinstance(each, pydyf.Stream) and each.extra.get("Type") == "/Metadata"
    ]
    metadata.stream = [part.replace(ENGINE, PRODUCER.encode()) for part in metadata.stream]
    return metadata


class _Settled(pydyf.Object):  # type: ignore[misc]  # the library brings no types
    """An object of a PDF put into bytes once; the library asks for them twice, for the file and for its identifier."""

    data = b""
    compressible = True

    def __init__(self, object_: pydyf.Object) -> None:
        super().__init__()
        self.number, self.generation, self.free = object_.number, object_.generation, object_.free
        self.compressible = object_.compressible
        if object_.free == "f":
            return
        if isinstance(object_, pydyf.Stream) and object_.compress:
            content = _compressed(b"\n".join(map(pydyf._to_bytes, object_.stream)))
            extra = pydyf.Dictionary({**object_.extra, "Filter": "/FlateDecode", "Length": len(content)})
            self.data = b"\n".join((extra.data, b"stream", content, b"endstream"))
        else:
            self.data = object_.data


@lru_cache(maxsize=COMPRESSED_KEPT)
def _compressed(content: bytes) -> bytes:
    return zlib.compress(content, 6)
