"""Proposed orders as word-processor files for the judge to edit: made when first wanted, then kept.

The bytes follow from the frozen batch as those of the PDF do, so that a package made anew has the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.core.files.storage import default_storage

import petitions
from clearmyrecord.records.storage import written_whole
from petitions import CaseFile
from petitions.package import EDITABLE, Document
from petitions.papers.omnibus import Omnibus
from petitions.papers.recommendation import Recommendation

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
Asked = CaseFile | Omnibus | Recommendation


def kept(batch_id: int, order_sha256: str, asked: Callable[[], Asked]) -> str:
    """Where the file beside the order of this hash lies; made of `asked` if nobody wanted it before."""
    key = f"orders/{batch_id}/{order_sha256}.docx"
    if not default_storage.exists(key):
        content = petitions.order_docx(asked())
        with written_whole(key) as stream:  # the same bytes each time: safe to write twice
            stream.write(content)
    return key


def named(order_file: str) -> str:
    """The file's name beside that of the order's PDF."""
    return order_file.removesuffix(".pdf") + ".docx"


def document(order: Document, key: str) -> Document:
    """The kept file as a further file of a package."""
    with default_storage.open(key) as stored:
        content = stored.read()
    return Document(
        kind=EDITABLE,
        title=f"{order.title} (to edit)",
        file=named(order.file),
        pages=order.pages,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )
