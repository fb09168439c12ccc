"""Facts that a person states about a conviction, each with its source document."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

STATED = pa.schema(
    [
        ("source", pa.int16()),
        ("row", pa.int32()),  # the conviction's reading
        ("fact", pa.string()),
        ("value", pa.string()),
        ("source_document", pa.string()),
    ]
)


class Statable(NamedTuple):
    """A fact that a person may state: how a form asks for it."""

    label: str
    kind: str  # date, number, yes_no, text or choice
    help: str
    choices: tuple[str, ...] = ()


STATABLE: dict[str, Statable] = {
    "offense_date": Statable(
        "Offense date", "date", "The day of the offense, from the complaint or the police report."
    ),
    "grams": Statable(
        "Cannabis, grams", "number", "Weight of cannabis, not concentrated, from the report or the laboratory."
    ),
    "concentrate_grams": Statable("Concentrated cannabis, grams", "number", "Weight of concentrated cannabis."),
    "plants": Statable("Plants", "number", "Number of living plants."),
    "recipient_age": Statable(
        "Age of the buyer or recipient",
        "number",
        "Whole years at the offense, of the youngest person sold, offered or given to. For §§ 11359 and 11360.",
    ),
    "employed_person_under_21": Statable(
        "Used a person under 21", "yes_no", "A person of 20 or younger was hired, employed or used. For § 11359."
    ),
    "imported_or_exported": Statable(
        "Imported or exported", "yes_no", "Brought into California, or transported for sale out of it. For § 11360."
    ),
    "environmental_crime": Statable(
        "Environmental crime", "yes_no", "Cultivation with an offense of H&S § 11358(d)(3), e.g. diverting a stream."
    ),
    "registration_is_290c": Statable(
        "Registration under PC 290(c)",
        "yes_no",
        "Yes: an earlier conviction requires registration under PC 290(c). No: it was ordered under PC 290.006.",
    ),
    "sentence_ended_on": Statable(
        "Sentence ended on", "date", "The day on which the last part of the sentence ended or will end."
    ),
    "still_serving": Statable(
        "Still serving the sentence", "yes_no", "Custody, probation, parole or supervision on this conviction."
    ),
    "severity": Statable(
        "Severity", "choice", "As convicted, from the court's record.", ("felony", "misdemeanor", "infraction")
    ),
    "no_prior_bar": Statable(
        "Not a prior bar",
        "yes_no",
        "Yes: an attorney found that no registration, earlier conviction or other exception bars relief.",
    ),
    "relief_answered": Statable(
        "Already relieved",
        "yes_no",
        "Yes: this conviction was dismissed, sealed or redesignated before. No: it stands.",
    ),
    "clear_of_other_cases": Statable(
        "Clear of other cases",
        "yes_no",
        "Yes: serving no sentence, on no probation and charged with no offense. For PC §§ 1203.4, 1203.4a.",
    ),
    # For the papers alone; no rule looks at these.
    "case_number": Statable("Case number", "text", "The court's number of the case."),
    "court": Statable("Court", "text", "The court that entered the judgment."),
    "court_count_number": Statable("Court's count number", "text", "The number of the count in the judgment."),
    "defendant_name": Statable("Defendant's name", "text", "The name used in the case."),
    "court_has_record": Statable(
        "The court still has the record",
        "yes_no",
        "Records of H&S §§ 11357 and 11360(b) may be destroyed after two years, H&S § 11361.5. Ask the clerk.",
    ),
}
WHOLE_NUMBERS = frozenset({"plants", "recipient_age"})
ON_PAPERS_ONLY = frozenset({"case_number", "court", "court_count_number", "defendant_name", "court_has_record"})


class StatedFactError(ValueError):
    """A stated fact that cannot be read; the message is for the person who stated it."""


def read_value(fact: str, text: str) -> Any:
    """The value of a stated fact: a date, a number, True or False, or text.

    Dates are YYYY-MM-DD, flags yes or no. Raises StatedFactError.
    """
    if fact not in STATABLE:
        raise StatedFactError(f"No fact is called {fact!r}. Facts that can be stated: {', '.join(STATABLE)}.")
    statable, text = STATABLE[fact], text.strip()
    if not text:
        raise StatedFactError(f"{statable.label}: a value is needed.")
    if statable.kind == "date":
        return _date(statable.label, text)
    if statable.kind == "number":
        return _number(statable.label, text, whole=fact in WHOLE_NUMBERS)
    if statable.kind == "yes_no":
        if text.lower() not in ("yes", "no"):
            raise StatedFactError(f"{statable.label}: write yes or no, not {text!r}.")
        return text.lower() == "yes"
    if statable.choices and text.lower() not in statable.choices:
        raise StatedFactError(f"{statable.label}: one of {', '.join(statable.choices)}, not {text!r}.")
    return text.lower() if statable.choices else text


def _date(label: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise StatedFactError(f"{label}: write the date as YYYY-MM-DD, not {text!r}.") from None


def _number(label: str, text: str, *, whole: bool) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and number >= 0):
        raise StatedFactError(f"{label}: write a number, zero or more, not {text!r}.")
    if whole and not number.is_integer():
        raise StatedFactError(f"{label}: write a whole number, not {text!r}.")
    return number


@dataclass(frozen=True)
class StatedColumns:
    """Stated facts laid beside the convictions in scope.

    `at[fact]` are the places of the convictions it is stated for, `values[fact]` the values there.
    """

    at: dict[str, NDArray[np.int64]]
    values: dict[str, list[Any]]
    documents: dict[str, list[str]]

    def places(self, fact: str) -> NDArray[np.int64]:
        return self.at.get(fact, np.zeros(0, dtype=np.int64))

    def numbers(self, fact: str, length: int) -> NDArray[np.float64]:
        """The stated number per conviction, NaN where none is stated."""
        column = np.full(length, np.nan)
        column[self.places(fact)] = self.values.get(fact, [])
        return column

    def flags(self, fact: str, length: int, *, value: bool) -> NDArray[np.bool_]:
        """Where the fact is stated to be `value`."""
        column = np.zeros(length, dtype=bool)
        column[self.places(fact)] = [each is value for each in self.values.get(fact, [])]
        return column

    def dates(self, fact: str, length: int) -> NDArray[np.datetime64]:
        """The stated date per conviction, NaT where none is stated."""
        column = np.full(length, np.datetime64("NaT"), dtype="datetime64[D]")
        column[self.places(fact)] = np.array(self.values.get(fact, []), dtype="datetime64[D]")
        return column

    def document(self, fact: str, place: int) -> str | None:
        """The source document of a fact stated for the conviction at `place`."""
        found = np.flatnonzero(self.places(fact) == place)
        return self.documents[fact][int(found[0])] if len(found) else None


def beside(stated: pa.Table | None, source: NDArray[np.int64], row: NDArray[np.int64]) -> StatedColumns:
    """The stated facts of the convictions at (`source`, `row`); facts on other convictions are left alone.

    Raises StatedFactError for an unknown fact or a value that cannot be read.
    """
    columns = StatedColumns({}, {}, {})
    if stated is None or stated.num_rows == 0:
        return columns
    places = {pair: place for place, pair in enumerate(zip(source.tolist(), row.tolist(), strict=True))}
    found: dict[str, dict[int, tuple[Any, str]]] = {}
    for each in stated.select(STATED.names).to_pylist():
        value = read_value(each["fact"], each["value"])
        place = places.get((each["source"], each["row"]))
        if place is not None:
            found.setdefault(each["fact"], {})[place] = (value, each["source_document"])
    for fact, by_place in found.items():
        columns.at[fact] = np.array(list(by_place), dtype=np.int64)
        columns.values[fact] = [value for value, _ in by_place.values()]
        columns.documents[fact] = [document for _, document in by_place.values()]
    return columns
