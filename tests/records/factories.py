"""Record files for tests: rows of a DOJ research file, written as the DOJ writes them."""

import csv
import io
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.files.uploadedfile import TemporaryUploadedFile

from clearmyrecord.records import services
from clearmyrecord.records.models import RecordFile
from eligibility.records.layout import COLUMNS

RECEIVED = date(2024, 6, 1)


def row(**columns: str) -> dict[str, str]:
    """One record of the file; what isn't given is blank."""
    return columns


def conviction(
    subject_id: str = "10000001",
    cii: str = "A10000001",
    *,
    name: str = "DOE,JANE",
    born: str = "19800101",
    section: str = "11359 HS-POSSESS FOR SALE",
    day: str = "20100203",
    case: str = "CR1001",
    county: str = "CONTRA COSTA",
    court: str = "CASC MARTINEZ",
    severity: str = "FELONY",
    order: str = "101002001000",
    **others: str,
) -> dict[str, str]:
    """A convicted count of a court action."""
    return {
        "SUBJECT_ID": subject_id,
        "CII_NUMBER": cii,
        "PRI_NAME": name,
        "PRI_DOB": born,
        "STP_EVENT_DATE": day,
        "STP_TYPE_DESCR": "COURT ACTION",
        "STP_ORI_DESCR": court,
        "STP_ORI_CNTY_NAME": county,
        "CNT_ORDER": order,
        "OFN": case,
        "OFFENSE_DESCR": section,
        "DISP_DESCR": "CONVICTED",
        "CONV_STAT_DESCR": severity,
        "SENT_LOC_DESCR": "JAIL",
        "SENT_LENGTH": "030",
        "SENT_TIME_CODE": "D",
    } | others


def arrest(
    subject_id: str = "10000001", cii: str = "A10000001", *, day: str = "20091224", **others: str
) -> dict[str, str]:
    """An arrest in the same cycle."""
    return (
        conviction(subject_id, cii, day=day, order="101001001000", case="")
        | {"STP_TYPE_DESCR": "ARREST/DETAINED/CITED", "DISP_DESCR": "", "CONV_STAT_DESCR": "", "SENT_LENGTH": ""}
        | others
    )


def csv_bytes(rows: Iterable[dict[str, str]]) -> bytes:
    """The rows as a file with a header."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="")
    writer.writeheader()
    for number, each in enumerate(rows, start=1):
        writer.writerow({"RECORD_ID": f"{number:08d}", **each})
    return text.getvalue().encode("latin-1")


def uploaded(content: bytes, name: str = "doj.csv") -> TemporaryUploadedFile:
    """What a form's file field gives."""
    file = TemporaryUploadedFile(name, "text/csv", len(content), None)
    file.write(content)
    file.seek(0)
    return file


def read_file(actor: Any, rows: Iterable[dict[str, str]] | bytes, name: str = "doj.csv") -> RecordFile:
    """Upload a file and read it at once, as a worker would."""
    content = rows if isinstance(rows, bytes) else csv_bytes(rows)
    file = services.upload(actor=actor, file=uploaded(content, name), received_on=RECEIVED).file
    services.read_file(file.pk)
    file.refresh_from_db()
    return file
