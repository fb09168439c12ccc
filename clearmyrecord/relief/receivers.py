"""What it means for answers that papers are filed, or not any more; runs inside the filing's own transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from clearmyrecord.filings import signals as filings
from clearmyrecord.filings.models import Filing, OmnibusMotion
from clearmyrecord.relief import asking


def connect() -> None:
    filings.filed.connect(_filed, dispatch_uid="relief.filed")
    filings.unfiled.connect(_unfiled, dispatch_uid="relief.unfiled")


def _filed(matters: Sequence[Filing | OmnibusMotion], **_: Any) -> None:
    asking.ask(matters)


def _unfiled(matters: Sequence[Filing | OmnibusMotion], **_: Any) -> None:
    asking.ask_no_more(matters)
