from __future__ import annotations

from pathlib import Path

import pytest

from clearmyrecord.office.models import CourtText, Office
from tests.factories import CourtFactory, OfficeFactory


@pytest.fixture
def office(db: None) -> Office:
    """The office, and its court in Martinez."""
    office = OfficeFactory()
    CourtText.objects.update_or_create(text="CASC MARTINEZ", defaults={"court": CourtFactory(branch="Martinez")})
    return office


@pytest.fixture
def inbox(tmp_path: Path, settings) -> Path:
    """The inbox folder of this installation; empty."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    backend = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(folder)}}
    settings.STORAGES = settings.STORAGES | {"inbox": backend}
    return folder
