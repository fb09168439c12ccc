"""A court's extract for tests of pages and services: rows as one court writes them."""

from datetime import date
from typing import Any

from clearmyrecord.office.models import Court
from clearmyrecord.records import court_extracts, services
from clearmyrecord.records.models import RecordFile
from eligibility.records.court_mapping import ColumnMapping
from tests.factories import CourtFactory
from tests.records.factories import RECEIVED, uploaded

HEADER = "Case #,Defendant,DOB,Charge,Level,Disposition,Dispo Date,Sentence\n"
MAPPING = ColumnMapping(
    columns={
        "case_number": "Case #",
        "name": "Defendant",
        "birth_date": "DOB",
        "section": "Charge",
        "severity": "Level",
        "disposition": "Disposition",
        "conviction_date": "Dispo Date",
        "sentence": "Sentence",
    },
    convicted=("Convicted",),
    number_formats=("AANNNN[-x]",),
)


def line(
    case: str = "CR1001-7",
    name: str = "Doe, Jane",
    born: str = "1/1/1980",
    section: str = "11359 HS",
    level: str = "F",
    result: str = "Convicted",
    day: date = date(2010, 2, 3),
    sentence: str = "",
) -> str:
    """One row; left as it is, it is `factories.conviction` as the court writes it."""
    return f'{case},"{name}",{born},{section},{level},{result},{day:%m/%d/%Y},{sentence}\n'


MATCHED = line()
CONTRADICTING = line("CR1002-7", "Roe, Rick", "2/2/1981", level="M")
SUGGESTED = line("CR1030-7", "Poe, Paula", "3/3/1982")
ONLY_COURT = line("CR7777-7", "Coe, Carl", "4/4/1983", "11358 HS")
DISMISSED = line("CR8888-7", "Zoe, Zack", "5/5/1984", result="Dismissed")
SET_ASIDE = "too,short\n"


def doj_rows() -> list[dict[str, str]]:
    """The DOJ's convictions beside these rows, and one that the extract doesn't show."""
    from tests.records.factories import conviction

    return [
        conviction(),
        conviction("2", "A2", name="ROE,RICK", born="19810202", case="CR1002"),
        conviction("3", "A3", name="POE,PAULA", born="19820303", case="CR1003"),
        conviction("4", "A4", name="MOE,MAX", born="19850606", case="CR1004"),
    ]


def kept(actor: Any, *lines: str, court: Court | None = None, name: str = "court.csv") -> RecordFile:
    """An uploaded extract of which nobody has said anything."""
    file = uploaded((HEADER + "".join(lines)).encode(), name)
    court = court or Court.objects.first() or CourtFactory(branch="Martinez")
    return court_extracts.upload(actor=actor, file=file, court=court, received_on=RECEIVED).file


def read(actor: Any, *lines: str) -> RecordFile:
    """An extract, read at once, as a worker would."""
    file = kept(actor, *lines)
    saved = court_extracts.save_mapping(actor=actor, file_id=file.pk, mapping=MAPPING)
    court_extracts.read(actor=actor, file_id=file.pk, mapping_id=saved.pk)
    services.read_file(file.pk)
    file.refresh_from_db()
    return file


def every_kind(actor: Any) -> RecordFile:
    """An extract with a row of every kind."""
    return read(actor, MATCHED, CONTRADICTING, SUGGESTED, ONLY_COURT, DISMISSED, SET_ASIDE)
