"""A History and its tables: their columns and types."""

from dataclasses import dataclass

import pyarrow as pa

TEXT = pa.dictionary(pa.int32(), pa.string())
"""Text that many rows share: each distinct one is held once, and a row has its number."""

SUBJECTS = pa.schema(
    [
        ("subject", pa.int32()),  # 0..n-1 in file order
        ("source", pa.int16()),
        ("subject_id", pa.string()),
        ("cii_number", pa.string()),  # null where blank
        ("name", pa.string()),
        ("birth_date", pa.date32()),
        ("birth_date_text", pa.string()),
        ("deceased", pa.bool_()),
        ("registered", pa.bool_()),  # a PC 290 registration is on record
        ("row", pa.int32()),  # the subject's first
        ("person", pa.int64()),  # equal for subjects (of several files) who are one person
        ("court_only", pa.bool_()),  # read from a court's extract, which is no criminal history
    ]
)

EVENTS = pa.schema(
    [
        ("event", pa.int32()),
        ("subject", pa.int32()),
        ("source", pa.int16()),
        ("cycle", TEXT),
        ("step", TEXT),
        ("date", pa.date32()),
        ("date_text", TEXT),
        ("type", TEXT),
        ("agency", TEXT),
        ("county", TEXT),
        ("row", pa.int32()),
    ]
)

COUNTS = pa.schema(
    [
        ("count", pa.int32()),
        ("subject", pa.int32()),
        ("person", pa.int64()),
        ("source", pa.int16()),
        ("event", pa.int32()),
        ("row", pa.int32()),  # the first; of a conviction the first convicted row
        ("line", pa.int32()),
        ("record_id", pa.string()),
        ("count_order", TEXT),
        ("cycle", TEXT),
        ("convicted", pa.bool_()),
        ("disposition", TEXT),
        ("section_text", TEXT),
        ("code_section", TEXT),  # "HS 11358(c)"; null where none is readable
        ("part", TEXT),  # "attempt", "conspiracy", "accessory" or ""
        ("prop64", TEXT),  # "11357" .. "11360", the leftmost
        ("related", pa.bool_()),
        ("in_comment", pa.bool_()),
        ("severity", TEXT),  # felony, misdemeanor, infraction
        ("severity_inferred", pa.bool_()),
        ("date", pa.date32()),
        ("date_text", TEXT),
        ("county", TEXT),
        ("court_text", TEXT),
        ("case_numbers", pa.list_(TEXT)),
        ("comment", TEXT),
        ("juvenile", pa.bool_()),
        ("certified_adult", pa.bool_()),
        ("offense_toc", TEXT),
        ("relief_noted", TEXT),  # "1203.4" or "other": this row or a later event of the cycle says so
        ("custody_noted", pa.bool_()),  # a later event of the cycle shows custody, revocation or a warrant
    ]
)

SENTENCES = pa.schema(
    [
        ("count", pa.int32()),
        ("row", pa.int32()),
        ("location", TEXT),
        ("length_text", TEXT),
        ("length", pa.int32()),
        ("unit", TEXT),  # D, M, Y or the file's own text
        ("life", pa.bool_()),
        ("readable", pa.bool_()),  # a whole number of days, months or years
    ]
)


@dataclass(frozen=True)
class History:
    """Every row of one or several record files, gathered into tables.

    `reconciliation` says how the rows were used: `rows_read` is the sum of all the other entries.
    """

    subjects: pa.Table
    events: pa.Table
    counts: pa.Table
    sentences: pa.Table
    problems: pa.Table
    reconciliation: dict[str, int]
