"""Every outcome, route, basis and section: what the papers must and must not say, with the law that says so.

Each row of LAW is one rule; CASES are all the combinations that the papers take.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest

from petitions import checks, law_reasons
from petitions.papers import declaration, motion, order, words
from petitions.papers.data import CaseFile, ConvictionLine
from tests.petitions.cases import case_file, conviction, serving

FELONIES = {"11357(a)": "11357(b)(2)", "11358": "11358(c)", "11359": "11359(b)", "11360(a)": "11360(a)(2)"}
FACTS = {"grams": ("12", "the police report")}
LATER = date(2018, 5, 2)


def _line(section: str, relief: str, basis: str, route: str) -> ConvictionLine:
    lowered = relief != "dismiss"
    return conviction(
        section=section,
        relief=relief,
        basis=basis,
        sealing=relief == "dismiss" and route == "completed",
        severity="misdemeanor" if section == "11360(b)" else "felony",
        convicted_on=date(2009, 3, 3) if route == "completed" else LATER,
        sentence_end=date(2012, 3, 2) if route == "completed" else None,
        stated=FACTS if basis == "statute" and not lowered else {},
        missing=("plants",) if section == "11358" and basis == "presumption" else
        ("amount",) if basis == "presumption" else (),
        may_say_no_exception=section in ("11358", "11359", "11360(a)"),
        new_section=FELONIES.get(section) if lowered else None,
        new_severity="misdemeanor" if lowered else None,
    )  # fmt: skip


def _cases() -> dict[str, CaseFile]:
    found = {}
    for route, make in (("completed", case_file), ("serving", serving)):
        for section in (*FELONIES, "11360(b)"):
            for relief in ("dismiss", "redesignate" if route == "completed" else "resentence"):
                if relief != "dismiss" and section == "11360(b)":
                    continue  # a misdemeanor already
                for basis in ("statute", "presumption", "policy"):
                    line = _line(section, relief, basis, route)
                    found[f"{relief}, {route}, {basis}, {section}"] = make(line)
    return found


CASES = _cases()


@dataclass(frozen=True)
class Rule:
    """If `when` holds of a case its papers say each of `must`; if it does not, none of `only`."""

    law: str
    when: Callable[[CaseFile, ConvictionLine], bool]
    must: tuple[str, ...] = ()
    only: tuple[str, ...] = ()


LAW = [
    Rule("sealing goes with dismissal of a completed sentence: H&S § 11361.8(e), (f)",
         lambda file, line: line.relief == "dismiss" and file.case.route == "completed",
         ("SEALED as to that conviction only", "sealing the record of arrest and conviction as to that conviction"),
         ("SEAL", "and sealing,")),
    Rule("redesignation for all purposes, old and new severity and section: H&S § 11361.8(h)",
         lambda file, line: line.relief == "redesignate",
         ("REDESIGNATED from a felony to a misdemeanor under Health and Safety Code section", "for all purposes"),
         ("REDESIGNATE", "redesignating")),
    Rule("resentencing: no longer term, credit, supervision: H&S § 11361.8(c), (d)",
         lambda file, line: line.relief == "resentence",
         ("RESENTENCED for a misdemeanor", "no longer than the original one", "§ 11361.8(c)", "§ 11361.8(d)"),
         ("RESENTENCE", "term longer than the original sentence")),
    Rule("danger is a question while serving only: H&S § 11361.8(b), (f)",
         lambda file, line: file.case.route == "serving",
         ("unreasonable risk of danger to public safety", "RECALLED", "article I, section 28"),
         ("danger", "unreasonable risk", "RECALLED", "victim")),
    Rule("no hearing for a completed sentence unless asked: H&S § 11361.8(g)",
         lambda file, line: file.case.route == "completed",
         ("No hearing requested (Health & Saf. Code, § 11361.8(g))", "§ 11361.8(e)"), ("§ 11361.8(g)", "11361.8(e)")),
    Rule("presumed, unrebutted: H&S § 11361.8(b), (f); People v. Banda (2018) 26 Cal.App.5th 349",
         lambda file, line: line.basis == "presumption",
         ("Eligibility is presumed, and the People neither have nor offer evidence to rebut it.",
          "The DOJ record does not state"), ("Eligibility is presumed", "does not state")),
    Rule("the office's policy is said to be one, and conceded: law.md 0, rule 4",
         lambda file, line: line.basis == "policy",
         ("“Contra Costa 2019”, version 1", "concede eligibility and offer no evidence"), ("concede",)),
    Rule("lawful today is said on stated facts only: H&S § 11362.1",
         lambda file, line: line.relief == "dismiss" and line.basis == "statute",
         ("the conduct is now lawful", "According to the police report, the amount was 12 grams."),
         ("now lawful", "grams", "police report")),
    Rule("the offense as it is today: H&S §§ 11357(b)(2), 11358(c), 11359(b), 11360(a)(2)",
         lambda file, line: line.relief != "dismiss",
         ("Under present law the offense is a misdemeanor.",), ("Under present law",)),
    Rule("exceptions exist in 11358, 11359 and 11360(a) alone: H&S §§ 11358(d), 11359(c), (d), 11360(a)(3)",
         lambda file, line: line.section in ("11358", "11359", "11360(a)"),
         ("The People are aware of no earlier conviction under Penal Code section 667(e)(2)(C)(iv)",),
         ("aware of no", "667", "290")),
]  # fmt: skip
NEVER = (  # of any case: law.md 2, 5, 7; court-documents.md 5
    ("1385", "People v. Chavez (2018) 4 Cal.5th 771: no power is left once the court can't pronounce judgment"),
    ("11361.9", "the dates of the automatic review have passed, and the list is not in the record"),
    ("11590", "repealed"),
    ("petition", "the person's own paper"),
    ("DNA", "People v. Laird (2018) 27 Cal.App.5th 458: a reduction does not remove a sample"),
    ("Count ", "the DOJ's order of counts is not the court's"),
    ("HSC", "papers spell the code out"),
    ("H&S", "papers spell the code out"),
    ("21 years", "no age without a stated fact"),
    ("28.5", "no amount without a stated fact"),
    ("Raybon", "reversed in the Court of Appeal; another offense"),
)


@pytest.fixture(scope="module")
def said() -> dict[str, str]:
    """The words of the three papers of each case."""
    papers = {name: [kind.draft(file) for kind in (motion, declaration, order)] for name, file in CASES.items()}
    return {name: " ".join(" ".join(map(checks.put_in, three)).split()) for name, three in papers.items()}


@pytest.mark.parametrize("name", list(CASES))
def test_the_law_takes_the_case(name: str) -> None:
    assert law_reasons(CASES[name]) == []


@pytest.mark.parametrize("rule", LAW, ids=[rule.law for rule in LAW])
@pytest.mark.parametrize("name", list(CASES))
def test_the_papers_keep_the_rule(name: str, rule: Rule, said: dict[str, str]) -> None:
    file = CASES[name]
    if rule.when(file, file.case.convictions[0]):
        assert [text for text in rule.must if text not in said[name]] == []
    else:
        assert [text for text in rule.only if text in said[name]] == []


@pytest.mark.parametrize(("text", "why"), NEVER, ids=[text for text, _ in NEVER])
def test_no_paper_ever_says(text: str, why: str, said: dict[str, str]) -> None:
    assert [name for name, words_of in said.items() if text in words_of] == [], why


@pytest.mark.parametrize("name", list(CASES))
def test_motion_and_order_ask_and_give_the_same(name: str) -> None:
    file = CASES[name]
    assert checks.disagreements(file.case, motion.draft(file), order.draft(file)) == []
    assert words.all_alike(file.case)[0].phrase[1:] in checks.put_in(order.draft(file)).replace("\n", " ")
