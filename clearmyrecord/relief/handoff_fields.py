"""What a hand-off may tell of a conviction, field by field, and which columns courts and the DOJ get unless they say.

Version 1; docs/hand-off.md explains it and docs/hand-off-1.schema.json is its schema. The fields are the "court update
set" of a conviction and what Penal Code sections 13125 and 13151 want reported. The DOJ's own electronic layout is not
public: nothing here claims to be it, and the column map is how an office meets what the DOJ tells it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

VERSION: Final = 1
Kind = Literal["text", "day", "number", "yes-no"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name in the JSON file, its usual heading, its kind and what it means."""

    name: str
    heading: str
    means: str
    kind: Kind = "text"


FIELDS: Final = {
    field.name: field
    for field in (
        Field("reference", "Reference", "The office's own number of the case's papers, as in envelopes.json."),
        Field("court", "Court", "The court, with its branch."),
        Field("case_number", "Case number", "As the court writes it."),
        Field("other_case_numbers", "Other case numbers", "Further numbers of the same conviction, with semicolons."),
        Field("motion_number", "Motion number", "The number that the court gave an omnibus motion."),
        Field("exhibit_row", "Exhibit row", "The row of an omnibus motion's exhibit.", "number"),
        Field("defendant_name", "Defendant", "As shown in the DOJ record or, where stated, as charged."),
        Field("other_names", "Other names", "Further names of this person in record files; between semicolons."),
        Field("birth_date", "Birth date", "To match the person. Confidential.", "day"),
        Field("cii_number", "CII number", "The DOJ's number of the person. Confidential."),
        Field("count_number", "Count", "The count's number in the court's file, where somebody stated it."),
        Field("code", "Code", "HS for the Health and Safety Code."),
        Field("section", "Section", "As convicted, with its subdivision."),
        Field("part", "Part", "attempt, conspiracy or accessory; else empty."),
        Field("old_severity", "Old severity", "felony, misdemeanor or infraction, as convicted."),
        Field("convicted_on", "Conviction date", "Day of the conviction.", "day"),
        Field("sentence_status", "Sentence", "completed or serving, when the motion was made."),
        Field("arrested_on", "Arrest date", "Of the same cycle in the DOJ record.", "day"),
        Field("arresting_agency", "Arresting agency", "Of the same cycle in the DOJ record."),
        Field("relief_asked", "Relief asked", "sealed, dismissed, misdemeanor, infraction or resentenced."),
        Field("new_section", "New section", "After redesignation or resentencing; else empty."),
        Field("new_severity", "New severity", "After redesignation or resentencing; else empty."),
        Field("legal_basis", "Legal basis", "The statute that the motion rests on."),
        Field("sealing", "Sealing", "Whether the record of this conviction is to be sealed.", "yes-no"),
        Field("filed_on", "Filed on", "Day on which the clerk took the motion.", "day"),
        Field("filing_number", "Filing number", "The court's number of that filing."),
        Field("granted_as", "Granted", "What the court ordered; empty before it did."),
        Field("ordered_on", "Order date", "Day of the order; empty before it.", "day"),
        Field("other_convictions", "Others in the case", "Its other convictions, which stay as they are.", "number"),
    )
}  # fmt: skip

ONLY_DOJ: Final = ("cii_number", "arrested_on", "arresting_agency")
ONLY_COURT: Final = ("reference", "exhibit_row", "count_number", "other_convictions")
USUAL_FOR_COURT: Final = tuple(name for name in FIELDS if name not in ONLY_DOJ)
USUAL_FOR_DOJ: Final = tuple(name for name in FIELDS if name not in ONLY_COURT)

DATES: Final = {"iso": "2019-11-04", "us": "11/04/2019"}
"""How a CSV or XLSX file writes days, by an example; JSON files always write the first."""


def usual(for_court: bool) -> list[list[str]]:
    """The columns of who has no profile: [field, heading]."""
    return [[name, FIELDS[name].heading] for name in (USUAL_FOR_COURT if for_court else USUAL_FOR_DOJ)]
