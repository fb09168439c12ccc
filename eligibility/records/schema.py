"""A History and its tables: their columns and types."""

from dataclasses import dataclass

import pyarrow as pa

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
    ]
)

EVENTS = pa.schema(
    [
        ("event", pa.int32()),
        ("subject", pa.int32()),
        ("source", pa.int16()),
        ("cycle", pa.string()),
        ("step", pa.string()),
        ("date", pa.date32()),
        ("date_text", pa.string()),
        ("type", pa.string()),
        ("agency", pa.string()),
        ("county", pa.string()),
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
        ("count_order", pa.string()),
        ("cycle", pa.string()),
        ("convicted", pa.bool_()),
        ("disposition", pa.string()),
        ("section_text", pa.string()),
        ("code_section", pa.string()),  # "HS 11358(c)"; null where none is readable
        ("part", pa.string()),  # "attempt", "conspiracy", "accessory" or ""
        ("prop64", pa.string()),  # "11357" .. "11360", the leftmost
        ("related", pa.bool_()),
        ("in_comment", pa.bool_()),
        ("severity", pa.string()),  # felony, misdemeanor, infraction
        ("severity_inferred", pa.bool_()),
        ("date", pa.date32()),
        ("date_text", pa.string()),
        ("county", pa.string()),
        ("court_text", pa.string()),
        ("case_numbers", pa.list_(pa.string())),
        ("comment", pa.string()),
        ("juvenile", pa.bool_()),
        ("certified_adult", pa.bool_()),
        ("offense_toc", pa.string()),
        ("relief_noted", pa.string()),  # "1203.4" or "other": this row or a later event of the cycle says so
        ("custody_noted", pa.bool_()),  # a later event of the cycle shows custody, revocation or a warrant
    ]
)

SENTENCES = pa.schema(
    [
        ("count", pa.int32()),
        ("row", pa.int32()),
        ("location", pa.string()),
        ("length_text", pa.string()),
        ("length", pa.int32()),
        ("unit", pa.string()),  # D, M, Y or the file's own text
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
