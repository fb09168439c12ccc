"""ZIP files that are the same to the byte on every machine and every day: fixed dates, fixed rights."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Final

EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
"""The first date that a ZIP can hold."""


def entry(name: str, *, compressed: bool = False) -> zipfile.ZipInfo:
    """A member of a ZIP; what is written as it stands packs quickest, what is `compressed` smallest."""
    made = zipfile.ZipInfo(name, date_time=EARLIEST)
    made.compress_type = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
    made.external_attr = 0o644 << 16
    made.create_system = 3  # as on every other machine
    return made


def packed(files: Mapping[str, bytes]) -> bytes:
    """These files, compressed, in the order of their names."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as kept:
        for name in sorted(files):
            kept.writestr(entry(name, compressed=True), files[name])
    return whole.getvalue()


def unpacked(whole: bytes) -> dict[str, bytes]:
    """Every file of a ZIP by its name."""
    with zipfile.ZipFile(io.BytesIO(whole)) as given:
        return {name: given.read(name) for name in given.namelist()}
