"""`explain`: why each conviction of one subject was decided as it was, in plain text.

A subject whom the files don't know is wrong usage (exit 2). That nothing of a subject is in scope is an answer (exit
0): what is on record is listed instead.
"""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from eligibility import policy
from eligibility.commands.arguments import DONE, WrongUsage, day
from eligibility.commands.reading import check_county, read_files, read_stated
from eligibility.evaluate import evaluate
from eligibility.explain import Explanation, FactValue, LineAnswer, Where, explain, in_words
from eligibility.facts import same_county
from eligibility.law.code_sections import printed
from eligibility.policy import Policy
from eligibility.records.schema import History
from eligibility.remarks import OPEN_QUESTIONS
from eligibility.results import counties

COLUMNS = 100
ROWS_NAMED = 3
ANSWERS = {"y": "yes", "n": "no", "u": "unknown"}
QUESTIONS = {"record": "question of the record", "law": "question of law"}


def add(commands: Any) -> None:
    """Tell the parser of the command."""
    explaining = commands.add_parser("explain", help="say why each conviction of one subject was decided as it was")
    explaining.add_argument("files", nargs="+", type=Path, metavar="FILE", help="CSV, .gz or .zip")
    explaining.add_argument("--county", required=True, help='for example "CONTRA COSTA"')
    explaining.add_argument("--policy", required=True, metavar="NAME|PATH", help="a preset or a TOML file")
    explaining.add_argument("--as-of", required=True, type=day, metavar="YYYY-MM-DD")
    explaining.add_argument("--subject", required=True, metavar="ID", help="SUBJECT_ID or CII number")
    explaining.add_argument("--facts", type=Path, metavar="FILE", help="CSV of facts that people stated, with sources")
    explaining.set_defaults(command=run)


def run(given: argparse.Namespace) -> int:
    """Print the explanation; returns the exit code."""
    chosen = policy.load(given.policy)
    files = read_files(given.files)
    history = files.history()
    check_county(counties(history), given.county)
    stated = read_stated(given.facts, files)
    case = Case(history, chosen, given.county, given.as_of, [path.name for path in given.files], stated)
    sys.stdout.write(explained(case, given.subject))
    return DONE


@dataclass(frozen=True)
class Case:
    """What is asked about: a history, the policy it is decided under, and the names of its files by source."""

    history: History
    policy: Policy
    county: str
    as_of: date
    files: Sequence[str]
    stated: pa.Table | None = None


def explained(case: Case, subject: str) -> str:
    """The text on everybody who has this SUBJECT_ID or CII number. Raises WrongUsage if nobody has."""
    subjects, wanted = case.history.subjects, subject.strip().upper()
    known_as = [pc.equal(pc.utf8_upper(subjects[name]), wanted) for name in ("subject_id", "cii_number")]
    people = subjects.filter(pc.or_(*(pc.fill_null(each, False) for each in known_as)))["person"].unique().to_pylist()
    if not people:
        raise WrongUsage(f"Nobody in these files has the SUBJECT_ID or CII number {subject!r}. Check the number.")
    decided = evaluate(case.history, case.policy, county=case.county, as_of=case.as_of, stated=case.stated).table
    lines = []
    if len(people) > 1:
        lines += [f"{len(people)} people have this number, each in another file.", ""]
    for person in people:
        lines += _person(case, person, decided.filter(pc.equal(decided["person"], person)))
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _person(case: Case, person: int, decided: pa.Table) -> Iterator[str]:
    subjects = case.history.subjects.filter(pc.equal(case.history.subjects["person"], person)).to_pylist()
    convictions = case.history.counts.filter(
        pc.and_(case.history.counts["convicted"], pc.equal(case.history.counts["person"], person))
    )
    for each in subjects:
        born = in_words(each["birth_date"]) if each["birth_date"] else "unknown"
        yield from _wrapped(
            f"{each['name'] or 'No name'}; CII number {each['cii_number'] or 'unknown'}; SUBJECT_ID "
            f"{each['subject_id']} in {case.files[each['source']]}; born {born}"
        )
    yield from _wrapped(
        f"Policy {case.policy.title} ({case.policy.name}), {same_county(case.county)}, as of {in_words(case.as_of)}"
    )
    yield f"Convictions on record: {convictions.num_rows}; in the policy's scope: {decided.num_rows}"
    yield ""
    if not decided.num_rows:
        yield from _out_of_scope(case, convictions)
    for number, determination in enumerate(decided.to_pylist(), start=1):
        yield from _conviction(case, number, determination)


def _out_of_scope(case: Case, convictions: pa.Table) -> Iterator[str]:
    """What is on record of somebody on whom the policy does not decide."""
    yield "The policy decides on no conviction of this subject. On record:"
    for each in convictions.to_pylist():
        yield from _wrapped(
            f"{_section(each['code_section'])}, {each['severity'] or 'severity unknown'}, "
            f"{in_words(each['date'])}, county {each['county'] or 'unknown'}: "
            f"{_places([(each['source'], each['row'])], case.files)}",
            indent="  ",
        )
    yield ""


def _conviction(case: Case, number: int, determination: dict[str, Any]) -> Iterator[str]:
    at = {"source": determination["source"], "row": determination["row"]}
    found = explain(
        case.history, case.policy, county=case.county, as_of=case.as_of, source=at["source"], row=at["row"],
        stated=case.stated,
    )  # fmt: skip
    part = f"{determination['part']}, " if determination["part"] else ""
    severity = determination["severity"] or "severity unknown"
    yield from _wrapped(
        f"{number}. {part}{_section(determination['code_section'])}, {severity}, convicted "
        f"{in_words(determination['conviction_date'])}"
    )
    yield from _determination(case, determination)
    yield ""
    yield "   Lines of the policy"
    for line in found.lines:
        yield from _line(line, decides=line.decides and line.description.rule == determination["rule"])
    yield ""
    yield "   Facts"
    yield from _facts(found, case.files)
    yield ""


def _determination(case: Case, determination: dict[str, Any]) -> Iterator[str]:
    """What was decided, and what follows from it."""
    becomes, route = determination["new_section"], determination["route"]
    told = {
        "Case": determination["case_number"] or "no case number",
        "Read from": _places([(determination["source"], determination["row"])], case.files),
        "Outcome": determination["outcome"],
        "Reason": f"{determination['reason']} (rule {determination['rule']})",
        "Becomes": f"{_section(becomes)}, {determination['new_severity']}" if becomes else "",
        "Route": route,
        "Basis": determination["basis"],
        "Sealing": determination["sealing"],
        "Citation": determination["citation"],
        "Unclear": ", ".join(determination["unknown_facts"]),
        "Question": _question(determination),
        "To answer": "; ".join(OPEN_QUESTIONS[each] for each in determination["open_questions"]),
        "Remarks": "; ".join(determination["remarks"]),
    }
    for name, value in told.items():
        if value:
            yield from _wrapped(str(value), lead=f"   {name:<10} ")


def _question(determination: dict[str, Any]) -> str:
    asked, kind = determination["question"], determination["question_kind"]
    return f"{asked} ({QUESTIONS[kind]})" if asked else ""


def _line(line: LineAnswer, *, decides: bool) -> Iterator[str]:
    description = line.description
    said = f"{description.sentence} → {description.outcome}"
    if decides:
        said += " (this line decides)"
    if line.unknown_facts:
        said += f" (unclear: {', '.join(line.unknown_facts)})"
    mark = ">" if decides else " "
    yield from _wrapped(said, lead=f"   {mark} {description.position:>2} {ANSWERS[line.answer]:<8} ")


def _facts(found: Explanation, files: Sequence[str]) -> Iterator[str]:
    wide = max(len(fact.name) for fact in found.facts)
    for fact in found.facts:
        where = _source(fact, files)
        yield from _wrapped(in_words(fact.value) + (f"; {where}" if where else ""), lead=f"     {fact.name:<{wide}}  ")


def _source(fact: FactValue, files: Sequence[str]) -> str:
    if fact.stated_in:
        return f"stated: {fact.stated_in}"
    return _places(fact.rows, files)


def _places(rows: Where, files: Sequence[str]) -> str:
    """`a.csv, rows 2, 5; b.csv, row 1 and 4 more`."""
    by_file: dict[int, list[str]] = {}
    for source, row in rows[:ROWS_NAMED]:
        by_file.setdefault(source, []).append(str(row))
    named = [
        f"{files[source]}, row{'s' if len(numbers) > 1 else ''} {', '.join(numbers)}"
        for source, numbers in by_file.items()
    ]
    more = len(rows) - ROWS_NAMED
    return "; ".join(named) + (f" and {more} more" if more > 0 else "")


def _section(section: str | None) -> str:
    return printed(section) if section else "section unknown"


def _wrapped(text: str, *, lead: str = "", indent: str = "") -> list[str]:
    """The text in lines of at most COLUMNS; what goes on stands below the end of `lead`."""
    further = indent + " " * (len(lead) or 4)
    return textwrap.wrap(text, COLUMNS, initial_indent=indent + lead, subsequent_indent=further) or [indent + lead]
