"""What it means for answers that papers are filed or a record file is read; runs inside the others' transactions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from clearmyrecord.filings import signals as filings
from clearmyrecord.filings.models import Filing, OmnibusMotion
from clearmyrecord.records import signals as records
from clearmyrecord.records.models import RecordFile
from clearmyrecord.relief import asking, doj, handing_off, signals


def connect() -> None:
    filings.filed.connect(_filed, dispatch_uid="relief.filed")
    filings.unfiled.connect(_unfiled, dispatch_uid="relief.unfiled")
    records.file_read.connect(_file_read, dispatch_uid="relief.file_read")
    signals.taking_back.connect(_taking_back, dispatch_uid="relief.taking_back")


def _filed(matters: Sequence[Filing | OmnibusMotion], **_: Any) -> None:
    asking.ask(matters)


def _unfiled(matters: Sequence[Filing | OmnibusMotion], **_: Any) -> None:
    asking.ask_no_more(matters)


def _taking_back(answer_ids: Sequence[int], **_: Any) -> None:
    handing_off.require_not_handed_off(answer_ids)


def _file_read(file: RecordFile, **_: Any) -> None:
    doj.look_in(file)
