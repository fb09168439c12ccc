"""Decision tables: cases of law in TOML, told as a lawyer would, turned into rows of a record file.

A table names a preset as its `policy`, or each case gives the one `line` of its policy (outcome dismiss unless said).
Every case has a `record` of cycles; the first one's conviction is the one decided on. A cycle has `convicted` (a date,
may be empty) and `section`. It may have `severity`, `disposition`, `arrested`, `arrested_for`, `county`, `court`,
`comment`, `charge` (OFFENSE_TOC), `case` (its number), `sentence` ("3 Y", several by comma, empty for a part without a
length, "PROBATION 3 Y" where it is not jail), `beside` (another section convicted in the same event), `later` (events
after: type, date, disposition, section). `subject` changes birth date, death or registration; `stated` are facts that a
person stated. `expect` names columns of the determination; "nothing" stands for an empty one.
"""

import json
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from eligibility import policy as policies
from eligibility.evaluate import Determinations, evaluate
from eligibility.records.schema import History
from eligibility.stated import STATED
from tests.eligibility.records.rows import arrest, history, row

AS_OF = date(2019, 11, 1)
COUNTY = "CONTRA COSTA"
FOLDER = Path(__file__).parent / "cases"
_OF_THE_RUN = ("policy", "line", "scope", "when_unproven", "as_of")


def cases(name: str) -> list[dict[str, Any]]:
    """The cases of one table; its `policy` stands with each."""
    table = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    return [{"policy": table.get("policy"), **case} for case in table["case"]]


def policy_of(case: dict[str, Any]) -> policies.Policy:
    """The case's policy: a preset, or the single `line` it gives."""
    if "line" not in case:
        return policies.load(case["policy"])
    keys = {"outcome": "dismiss"} | case["line"]
    line = "\n".join(f"{key} = {json.dumps(value)}" for key, value in keys.items())
    head = f'name = "one_line"\ntitle = "One line"\nauthority = "Invented"\nscope = "{case.get("scope", "prop64")}"\n'
    unproven = f'when_unproven = "{case.get("when_unproven", "hand_review")}"\n'
    return policies.load(text=f"{head}{unproven}[[line]]\n{line}\n")


def compact(day: str) -> str:
    return day.replace("-", "")


def rows_of(case: dict[str, Any]) -> list[dict[str, str]]:
    """The rows of a case, the deciding conviction's first cycle first."""
    subject = case.get("subject", {})
    same = {"PRI_DOB": compact(subject.get("born", "1970-01-02"))}
    rows: list[dict[str, str]] = []
    for number, cycle in enumerate(case["record"], start=101):
        rows += cycle_rows(cycle, str(number), same)
    if subject.get("deceased"):
        rows.append(row(CNT_ORDER="", STP_TYPE_DESCR="DECEASED", OFFENSE_DESCR="", DISP_DESCR="", OFN="", **same))
    if subject.get("registered"):
        registration = {"STP_TYPE_DESCR": "REGISTRATION", "OFFENSE_DESCR": "290(C) PC-REGISTRATION", "DISP_DESCR": ""}
        rows.append(row(CNT_ORDER="901001001000", OFN="", **registration, **same))
    return rows


def cycle_rows(cycle: dict[str, Any], number: str, same: dict[str, str]) -> list[dict[str, str]]:
    rows = []
    charged = cycle.get("arrested_for", cycle["section"])
    for arrested in [cycle["arrested"]] if "arrested" in cycle else []:
        same_cycle = {"CNT_ORDER": f"{number}001001000", "STP_EVENT_DATE": compact(arrested)}
        rows.append(arrest(**same_cycle, OFFENSE_DESCR=charged, **same))
    conviction = {
        "CNT_ORDER": f"{number}002001000",
        "STP_EVENT_DATE": compact(cycle["convicted"]),
        "OFFENSE_DESCR": cycle["section"],
        "OFFENSE_TOC": cycle.get("charge", ""),
        "CONV_STAT_DESCR": cycle.get("severity", "felony").upper(),
        "DISP_DESCR": cycle.get("disposition", "CONVICTED"),
        "STP_ORI_CNTY_NAME": cycle.get("county", COUNTY),
        "STP_ORI_DESCR": cycle.get("court", "CASCCONTRA COSTA"),
        "COMMENT_TEXT": cycle.get("comment", ""),
        "OFN": cycle.get("case", f"CR{int(number) - 100}"),
        **same,
    }
    for part in cycle["sentence"].split(",") if "sentence" in cycle else [None]:
        where = "PROBATION" if "PROBATION" in (part or "") else "JAIL"
        length, _, unit = (part or "").replace("PROBATION", "").strip().partition(" ")
        place = {"SENT_LOC_DESCR": where, "SENT_LENGTH": length, "SENT_TIME_CODE": unit} if part is not None else {}
        rows.append(row(**(conviction | place)))
    if "beside" in cycle:
        rows.append(row(**(conviction | {"CNT_ORDER": f"{number}002002000", "OFFENSE_DESCR": cycle["beside"]})))
    for step, later in enumerate(cycle.get("later", []), start=3):
        changed = {
            "CNT_ORDER": f"{number}{step:03d}001000",
            "STP_TYPE_DESCR": later.get("type", "COURT ACTION"),
            "STP_EVENT_DATE": compact(later["date"]),
            "DISP_DESCR": later.get("disposition", ""),
            "OFFENSE_DESCR": later.get("section", ""),
            "CONV_STAT_DESCR": "",
            "COMMENT_TEXT": later.get("comment", ""),
        }
        rows.append(row(**(conviction | changed)))
    return rows


def stated(facts: dict[str, str], *, at: int, source: int = 0) -> pa.Table:
    """Facts stated for the conviction read at row `at`."""
    entries = [(source, at, fact, value, "Police report 12-345") for fact, value in facts.items()]
    return pa.table({name: [entry[place] for entry in entries] for place, name in enumerate(STATED.names)}, STATED)


def decided(case: dict[str, Any]) -> dict[str, Any]:
    """The determination of the case's first conviction, as a row."""
    rows = rows_of(case)
    at = next(place for place, each in enumerate(rows, start=1) if each["DISP_DESCR"].startswith("CONVICTED"))
    found = determinations(
        history(*rows),
        policy_of(case),
        as_of=date.fromisoformat(case.get("as_of", AS_OF.isoformat())),
        stated=stated(case["stated"], at=at) if "stated" in case else None,
    )
    return next((each for each in found.table.to_pylist() if each["row"] == at), {"outcome": "out of scope"})


def decided_together(cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The determination of each case, those of one policy and day in one record file: a subject for each."""
    groups: dict[str, list[int]] = {}
    for place, case in enumerate(cases):
        groups.setdefault(json.dumps({name: case.get(name) for name in _OF_THE_RUN}, sort_keys=True), []).append(place)
    found: dict[int, dict[str, Any]] = {}
    for places in groups.values():
        rows: list[dict[str, str]] = []
        at: dict[int, int] = {}  # row: place of its case
        said = [STATED.empty_table()]
        for place in places:
            mine = {"SUBJECT_ID": f"{place + 1:08d}", "CII_NUMBER": f"Z{place + 1:08d}"}
            for each in rows_of(cases[place]):
                rows.append(each | mine)
                if each["DISP_DESCR"].startswith("CONVICTED") and place not in at.values():
                    at[len(rows)] = place
                    said.append(stated(cases[place].get("stated", {}), at=len(rows)))
        first = cases[places[0]]
        together = determinations(
            history(*rows),
            policy_of(first),
            as_of=date.fromisoformat(first.get("as_of", AS_OF.isoformat())),
            stated=pa.concat_tables(said),
        )
        found |= {at[each["row"]]: each for each in together.table.to_pylist() if each["row"] in at}
    return [found.get(place, {"outcome": "out of scope"}) for place in range(len(cases))]


def determinations(
    of: History, policy: policies.Policy, *, as_of: date = AS_OF, stated: pa.Table | None = None
) -> Determinations:
    return evaluate(of, policy, county=COUNTY, as_of=as_of, stated=stated)
