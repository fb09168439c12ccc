"""Invented rows of record files, one keyword per column that matters to a test."""

import io

import pyarrow as pa

from eligibility.records.doj import ROWS, read_rows
from eligibility.records.history import build
from eligibility.records.layout import COLUMNS
from eligibility.records.schema import History

ORDINARY = {
    "SUBJECT_ID": "10000001",
    "CII_NUMBER": "Z00000001",
    "PRI_NAME": "ROE,JANE",
    "PRI_DOB": "19700102",
    "CNT_ORDER": "101002001000",
    "STP_EVENT_DATE": "20010304",
    "STP_TYPE_DESCR": "COURT ACTION",
    "STP_ORI_DESCR": "CASCCONTRA COSTA",
    "STP_ORI_CNTY_NAME": "CONTRA COSTA",
    "OFFENSE_DESCR": "11359 HS-POSSESS MARIJUANA FOR SALE",
    "OFFENSE_TOC": "F",
    "DISP_DESCR": "CONVICTED",
    "CONV_STAT_DESCR": "FELONY",
    "OFN": "CR1",
    "END_OF_REC": "##",
}
"""A conviction of a felony."""


def row(**changed: str) -> dict[str, str]:
    """An ordinary conviction's row with some columns changed."""
    unknown = set(changed) - set(COLUMNS)
    assert not unknown, unknown
    return dict.fromkeys(COLUMNS, "") | ORDINARY | changed


def arrest(**changed: str) -> dict[str, str]:
    """The arrest before it."""
    ordinary = {
        "CNT_ORDER": "101001001000",
        "STP_EVENT_DATE": "20010101",
        "STP_TYPE_DESCR": "ARREST/DETAINED/CITED",
        "DISP_DESCR": "",
        "CONV_STAT_DESCR": "",
        "OFN": "",
    }
    return row(**(ordinary | changed))


def table(*rows: dict[str, str], source: int = 0) -> pa.Table:
    """Rows as reading gives them."""
    count = len(rows)
    front = {"source": [source] * count, "row": list(range(1, count + 1)), "line": list(range(2, count + 2))}
    return pa.table(front | {name: [each[name] for each in rows] for name in COLUMNS}, schema=ROWS)


def history(*rows: dict[str, str]) -> History:
    """The history that one file of these rows gives."""
    return build(table(*rows))


def only_count(*rows: dict[str, str]) -> dict[str, object]:
    """The single conviction of these rows."""
    convictions = [count for count in history(*rows).counts.to_pylist() if count["convicted"]]
    assert len(convictions) == 1
    return convictions[0]


def line(**changed: str) -> str:
    """An ordinary row as a line of a file."""
    values = row(**changed).values()
    return ",".join(f'"{value}"' if any(sign in value for sign in ',"\n') else value for value in values)


def file_of(*lines: str, header: bool = True) -> bytes:
    """A file of these lines."""
    return "".join(f"{each}\n" for each in ([",".join(COLUMNS)] if header else []) + list(lines)).encode()


def read(content: bytes, name: str = "file.csv"):
    """What reading a file of this content gives."""
    return read_rows(io.BytesIO(content), name=name)
