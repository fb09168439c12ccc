"""What keeps a conviction out of a batch: a question, who answers it and where."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Obstacle:
    """What keeps a conviction out, as a question; `fact` is what a small form asks, else it is answered elsewhere."""

    code: str
    question: str
    who: str = "analyst"
    fact: str = ""
    url_name: str = ""


SHORT = {
    "route": "Is the sentence completed?",
    "decide": "Hand review: to be decided",
    "second": "Awaiting a second person",
    "confirm": "Override needs confirmation",
    "no_case_number": "No case number",
    "several_case_numbers": "Several case numbers",
    "case_number_form": "Case number of another form",
    "unmapped_court": "Court not mapped",
    "prior_relief": "May already have relief",
    "possible_prior": "Possible ground to oppose",
    "opposed": "Relief opposed",
    "ground": "Needs a legal ground",
    "left_out": "Left out by an attorney",
    "suggestion": "Open suggestion",
    "court_only": "Only in a court's extract",
    "serving_form": "Form for people still serving",
    "alike": "Alike convictions: court count number",
    "paper": "Papers could not be drafted",
    "record_gone": "The court no longer has the record",
    "recommendation": "Recommendation to be looked at again",
}


def short(code: str) -> str:
    """An obstacle in a few words, without anything the record says."""
    return SHORT.get(code, code.replace("_", " ").capitalize())
