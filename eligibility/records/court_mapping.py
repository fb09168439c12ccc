"""Which column of a court's extract holds what, as somebody who knows the court's system said once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from eligibility.records.number_formats import NotAFormat, NumberFormat, number_format

FIELDS = {
    "case_number": "Case number",
    "court": "Court or branch",
    "name": "Name, whole",
    "last_name": "Last name",
    "first_name": "First name",
    "middle_name": "Middle name",
    "suffix": "Suffix (Jr., III)",
    "birth_date": "Birth date",
    "section": "Code section",
    "severity": "Severity",
    "disposition": "Disposition",
    "conviction_date": "Conviction date",
    "sentence": "Sentence",
}
"""What an extract may say, and how a page asks for it."""

NEEDED = ("case_number", "section", "conviction_date")
"""What an extract must say, beside a name."""

_USUAL_NAMES = {
    "case_number": ("case", "caseno", "casenumber", "casenum", "docket", "docketno", "docketnumber", "number"),
    "court": ("court", "courtname", "location", "branch", "division", "courthouse"),
    "name": ("name", "defendant", "defendantname", "partyname", "fullname", "defname"),
    "last_name": ("lastname", "last", "surname", "lname", "deflast"),
    "first_name": ("firstname", "first", "fname", "deffirst"),
    "middle_name": ("middlename", "middle", "mname"),
    "suffix": ("suffix", "namesuffix", "sfx"),
    "birth_date": ("dob", "birthdate", "dateofbirth", "born"),
    "section": ("section", "charge", "codesection", "statute", "offense", "violation", "count"),
    "severity": ("severity", "level", "degree", "deg", "class", "chargelevel", "offenselevel"),
    "disposition": ("disposition", "dispo", "disp", "result", "outcome", "finding", "plea"),
    "conviction_date": ("convictiondate", "dispositiondate", "dispodate", "dispdate", "decided", "sentencedate"),
    "sentence": ("sentence", "sentencetext", "sentencing"),
}
"""How court systems usually name their columns, in small letters and digits only."""

DATE_ORDERS = {"month": "Month first: 03/25/2004", "day": "Day first: 25/03/2004"}
"""How dates with the year last are read. Dates with the year first, or the month in letters, need no choice."""


class NotAMapping(ValueError):
    """A mapping that can't be used. `fields` says for each field what is wrong, in words for whoever chose it."""

    def __init__(self, fields: dict[str, str]) -> None:
        self.fields = fields
        super().__init__(" ".join(fields.values()))


@dataclass(frozen=True)
class ColumnMapping:
    """How one court's extracts are read.

    `columns`: field to the name of the column, as the header writes it. `convicted`: the dispositions that mean
    convicted, in any case; where no column holds a disposition, every row is a conviction. `surname_last`: whether a
    name without a comma ends with the surname. `number_formats`: see `number_formats`; the first that fits is taken.
    """

    columns: Mapping[str, str]
    convicted: Sequence[str] = ()
    date_order: str = "month"
    surname_last: bool = False
    number_formats: Sequence[str] = ()
    formats: tuple[NumberFormat, ...] = field(init=False, default=(), compare=False)

    def __post_init__(self) -> None:
        wrong = _wrong(self)
        formats = []
        for written in self.number_formats:
            try:
                formats.append(number_format(written))
            except NotAFormat as error:
                wrong["number_formats"] = str(error)
        if wrong:
            raise NotAMapping(wrong)
        object.__setattr__(self, "formats", tuple(formats))

    def as_dict(self) -> dict[str, Any]:
        """The mapping as plain values, to be kept."""
        return {
            "columns": dict(self.columns),
            "convicted": list(self.convicted),
            "date_order": self.date_order,
            "surname_last": self.surname_last,
            "number_formats": list(self.number_formats),
        }


def guessed(header: Sequence[str]) -> dict[str, str]:
    """The columns whose names say what they hold. Somebody looks at each: nothing is read by a guess."""
    plain = {"".join(filter(str.isalnum, name.lower())): name for name in reversed(header)}
    found = {}
    for each, names in _USUAL_NAMES.items():
        column = next((plain[name] for name in names if name in plain), None)
        if column is not None:
            found[each] = column
    if "last_name" in found:
        found.pop("name", None)
    return found


def _wrong(mapping: ColumnMapping) -> dict[str, str]:
    wrong = {name: f"Choose the column that holds the {FIELDS[name].lower()}." for name in NEEDED}
    wrong = {name: says for name, says in wrong.items() if not mapping.columns.get(name)}
    for name in mapping.columns:
        if name not in FIELDS:
            wrong[name] = f"{name!r} is nothing that is read from an extract."
    if not mapping.columns.get("name") and not mapping.columns.get("last_name"):
        wrong["name"] = "Choose the column that holds the whole name, or the one that holds the last name."
    if mapping.columns.get("disposition") and not any(text.strip() for text in mapping.convicted):
        wrong["convicted"] = "Say which dispositions mean that the person was convicted."
    if mapping.date_order not in DATE_ORDERS:
        wrong["date_order"] = "Choose whether the month or the day comes first."
    return wrong
