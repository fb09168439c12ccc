"""Every outcome, route, basis and section: what the papers must and must not say, with the law that says so.

Each row of LAW is one rule; CASES are all the combinations that the papers take.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import pytest

from petitions import checks, law_reasons
from petitions.papers import declaration, motion, order, words
from petitions.papers.data import CaseFile, ConvictionLine
from tests.petitions.cases import case_file, conviction, serving

LATER = date(2016, 5, 2)
FACTS = {"grams": ("12", "the police report")}
ATTEMPT = {"attempt_text": "attempt", "ground": "treated_as_listed", "ground_authority": "memorandum of March 1, 2019"}
BEFORE = {"completed": ("dismiss", "redesignate"), "serving": ("dismiss", "resentence")}  # H&S § 11361.8(a), (e)
SECTIONS = {
    # section: severity, and what it is today: law.md 3.2
    "11357(a)": ("felony", ("11357(b)(2)", "misdemeanor")),
    "11357(b)": ("misdemeanor", ("11357(a)(2)", "infraction")),
    "11357(c)": ("misdemeanor", None),  # the same today: no lesser offense
    "11358": ("felony", ("11358(c)", "misdemeanor")),
    "11358(a)": ("felony", ("11358(b)", "infraction")),
    "11359": ("felony", ("11359(b)", "misdemeanor")),
    "11360(a)": ("felony", ("11360(a)(2)", "misdemeanor")),
    "11360(b)": ("misdemeanor", ("11360(b)", "infraction")),
}


def _line(section: str, relief: str, basis: str, route: str) -> ConvictionLine:
    severity, now = SECTIONS[section]
    new_section, new_severity = now if now and relief != "dismiss" else (None, None)
    stated = basis == "statute" and (relief == "dismiss" or new_severity == "infraction")
    return conviction(
        section=section,
        relief=relief,
        basis=basis,
        sealing=relief == "dismiss" and route == "completed",
        severity=severity,
        convicted_on=date(2009, 3, 3) if route == "completed" else LATER,
        sentence_end=date(2012, 3, 2) if route == "completed" else None,
        stated=FACTS if stated else {},
        missing=() if basis != "presumption" else ("plants",) if section.startswith("11358") else ("amount",),
        may_say_no_exception=section not in NO_EXCEPTIONS,
        new_section=new_section,
        new_severity=new_severity,
    )


NO_EXCEPTIONS = ("11357(a)", "11357(b)", "11357(c)", "11360(b)")


def _cases() -> dict[str, CaseFile]:
    found = {}
    for route, make in (("completed", case_file), ("serving", serving)):
        for section, (_, now) in SECTIONS.items():
            for relief in BEFORE[route]:
                for basis in ("statute", "presumption", "policy"):
                    if relief != "dismiss" and (not now or (now[1] == "infraction" and basis != "statute")):
                        continue  # refused: see `test_every_other_combination_is_refused`
                    line = _line(section, relief, basis, route)
                    found[f"{relief}, {route}, {basis}, {section}"] = make(line)
                    found[f"{relief}, {route}, {basis}, attempted {section}"] = make(replace(line, **ATTEMPT))
    found["dismiss, completed, presumption, 11357(a), heard"] = case_file(hearing_requested=True)
    found["dismiss, serving, presumption, PC 32"] = serving(
        replace(
            _line("11357(a)", "dismiss", "presumption", "serving"),
            code="PC",
            section="32",
            ground="no_offense_11361_8_a",
        )
    )
    return found


CASES = _cases()


@dataclass(frozen=True)
class Rule:
    """If `when` holds of a case its papers say each of `must`; if it does not, none of `only`."""

    law: str
    when: Callable[[CaseFile, ConvictionLine], bool]
    must: tuple[str, ...] = ()
    only: tuple[str, ...] = ()


def _dismissed(file: CaseFile, line: ConvictionLine) -> bool:
    return line.relief == "dismiss"


def _completed(file: CaseFile, line: ConvictionLine) -> bool:
    return file.case.route == "completed"


def _serving(file: CaseFile, line: ConvictionLine) -> bool:
    return file.case.route == "serving"


LAW = [
    Rule("sealing goes with dismissal of a completed sentence: H&S § 11361.8(e), (f)",
         lambda file, line: line.relief == "dismiss" and file.case.route == "completed",
         ("SEALED as to that conviction only", "sealing the record of arrest and conviction as to that conviction only",
          "open to no one without an order of the Court"),
         ("SEAL", "and sealing,", "Seal")),
    Rule("a dismissal is one as legally invalid: H&S § 11361.8(b), (f)", _dismissed,
         ("DISMISSED as legally invalid", "as legally invalid"), ("DISMISSED", "dismissing", "to Dismiss")),
    Rule("redesignation for all purposes, old and new severity and section: H&S § 11361.8(h)",
         lambda file, line: line.relief == "redesignate",
         ("REDESIGNATED from a", "under Health and Safety Code section", "for all purposes"),
         ("REDESIGNATED", "redesignating", "Redesignate")),
    Rule("felony to misdemeanor is said of felonies made misdemeanors alone: H&S §§ 11357 to 11360",
         lambda file, line: line.relief == "redesignate" and (line.severity, line.new_severity) == ("felony",
                                                                                                 "misdemeanor"),
         ("from a felony to a misdemeanor under",), ("from a felony to a misdemeanor",)),
    Rule("felony to infraction needs stated amount or plants: H&S § 11358(b)",
         lambda file, line: line.relief == "redesignate" and (line.severity, line.new_severity) == ("felony",
                                                                                                 "infraction"),
         ("from a felony to an infraction under Health and Safety Code section 11358(b)",
          "According to the police report, the amount was 12 grams."), ("from a felony to an infraction",)),
    Rule("misdemeanor to infraction needs stated facts: H&S §§ 11357(a)(2), 11360(b)",
         lambda file, line: line.relief == "redesignate" and line.severity == "misdemeanor",
         ("from a misdemeanor to an infraction under Health and Safety Code section",
          "According to the police report, the amount was 12 grams."), ("from a misdemeanor to",)),
    Rule("resentencing: no longer term, credit, supervision: H&S § 11361.8(c), (d)",
         lambda file, line: line.relief == "resentence",
         ("RESENTENCED for a", "no longer than the original one and with credit for time served", "§ 11361.8(c)",
          "§ 11361.8(d)", "resentencing the defendant for"),
         ("RESENTENCE", "term longer than the original sentence", "resentencing", "Recall Sentence and Resentence")),
    Rule("danger is a question while serving only: H&S § 11361.8(b), (f)", _serving,
         ("unreasonable risk of danger to public safety", "The People do not contend that it would.",
          "poses no unreasonable risk", "RECALLED"),
         ("danger", "unreasonable risk", "RECALLED", "recalling", "Recall")),
    Rule("a victim is heard where a sentence is opened: California Constitution, article I, section 28", _serving,
         ("article I, section 28",), ("victim", "section 28")),
    Rule("while serving, status, term and credits are said with their source: court-documents.md 5.2", _serving,
         ("the probation department's report of October 1, 2019, the defendant is on probation",
          "five years of formal probation", "34 days actual"), ("is on probation", "controlling term", "credits are")),
    Rule("supervision is serving: People v. Davis (2016) 246 Cal.App.4th 127", _serving,
         ("People v. Davis (2016) 246 Cal.App.4th 127",), ("Davis",)),
    Rule("the completed sentence rests on (e), and its presumption on (f)", _completed,
         ("§ 11361.8(e)", "section 11361.8(e) are met is not rebutted", "the sentence is completed"),
         ("11361.8(e)", "11361.8(f)", "sentence is completed")),
    Rule("the sentence being served rests on (a), and its presumption on (b)", _serving,
         ("section 11361.8(a) are met is not rebutted", "§ 11361.8(a), (b)"), ("11361.8(a) are", "§ 11361.8(a)")),
    Rule("a computed end is no proof: court-documents.md 5", _completed,
         ("According to the DOJ record the sentence imposed would have ended by March 2, 2012.",),
         ("would have ended",)),
    Rule("no hearing for a completed sentence unless asked: H&S § 11361.8(g)",
         lambda file, line: file.case.route == "completed" and not file.case.hearing_requested,
         ("No hearing requested (Health & Saf. Code, § 11361.8(g))", "without a hearing"),
         ("11361.8(g)", "without a hearing")),
    Rule("where a hearing is asked for, its date, time and department stand below the title: rule 3.1110(b)",
         lambda file, line: file.case.route == "serving" or file.case.hearing_requested,
         ("Hearing date:", "The People request a hearing", "having heard"), ("Hearing date:", "request a hearing")),
    Rule("the criteria are met where the basis is the statute, else presumed: H&S § 11361.8(b), (f)",
         lambda file, line: line.basis == "statute",
         (" are met.",), (" are met.", " are met and that", " are met, and that")),
    Rule("presumed, unrebutted: H&S § 11361.8(b), (f); People v. Banda (2018) 26 Cal.App.5th 349",
         lambda file, line: line.basis == "presumption",
         ("Eligibility is presumed, and the People neither have nor offer evidence to rebut it.",
          "are presumed to be met"), ("Eligibility is presumed", "does not state")),
    Rule("what the record lacks is named: H&S § 11361.8(f)",
         lambda file, line: bool(line.missing), ("The DOJ record does not state",), ("does not state",)),
    Rule("plants are what a cultivation lacks: H&S § 11358",
         lambda file, line: line.missing == ("plants",), ("does not state the number of plants",), ("plants",)),
    Rule("the office's policy is said to be one, and conceded: law.md 0, rule 4",
         lambda file, line: line.basis == "policy",
         ("“Contra Costa 2019”, version 1", "concede eligibility and offer no evidence",
          "the People concede eligibility under the policy named below", "; the People concede eligibility."),
         ("concede", "under the policy of")),
    Rule("lawful today is said on stated facts only: H&S § 11362.1",
         lambda file, line: line.relief == "dismiss" and line.basis == "statute",
         ("the conduct is now lawful", "According to the police report, the amount was 12 grams."), ("now lawful",)),
    Rule("cultivation is lawful under 11362.1(a)(3) and 11362.2, possession under 11362.1(a)",
         lambda file, line: line.relief == "dismiss" and line.basis == "statute" and line.section.startswith("11358"),
         ("§§ 11362.1(a)(3), 11362.2",), ("11362.2",)),
    Rule("an amount is printed where it is stated: law.md 3.2", lambda file, line: bool(line.stated),
         ("12 grams", "According to the police report"), ("gram", "police report")),
    Rule("the offense as it is today: H&S §§ 11357 to 11360",
         lambda file, line: line.relief != "dismiss", ("Under present law the offense is at most a",),
         ("Under present law",)),
    Rule("exceptions exist in 11358, 11359 and 11360(a) alone: H&S §§ 11358(d), 11359(c), (d), 11360(a)(3)",
         lambda file, line: line.section not in NO_EXCEPTIONS and line.code == "HS",
         ("The People are aware of no earlier conviction under Penal Code section 667(e)(2)(C)(iv)",
          "requires registration under Penal Code section 290(c)"),
         ("aware of no", "667", "290")),
    Rule("an attempt is named as one, with the attorney's authority: law.md 2",
         lambda file, line: line.attempt_text == "attempt",
         ("conviction of attempted violation of Health and Safety Code section", "(memorandum of March 1, 2019.)",
          "treated as one under the sections listed in section 11361.8"), ("attempt", "treated as")),
    Rule("another section rests on (a), which names none: H&S § 11361.8(a)",
         lambda file, line: line.code == "PC", ("section 11361.8(a) speaks of a conviction without naming sections",),
         ("without naming sections", "Penal Code section 32")),
    Rule("nothing else changes, and the DOJ is told within 30 days: PC § 13151", lambda file, line: True,
         ("This order changes no other conviction.", "Department of Justice within 30 days (Pen. Code, § 13151)",
          "the arresting agency")),
    Rule("who carries out the recalled sentence learns of it: H&S § 11361.8(b), (c)", _serving,
         ("send copies to the arresting agency and the agency that holds or supervises the defendant",),
         ("holds or supervises",)),
    Rule("the declaration is on information, under penalty of perjury: Code Civ. Proc. § 2015.5",
         lambda file, line: True,
         ("on information from the files named below", "not on knowledge of the offense",
          "under penalty of perjury under the laws of the State of California")),
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
    ("expunge", "H&S § 11361.8 dismisses, seals and redesignates"),
    ("innocen", "legally invalid is not a finding of innocence"),
    ("1172.1", "another relief, with papers of its own"),
    ("1203.4", "another relief, and the person's own paper"),
    ("11361.5", "destruction of records is not what is asked"),
    ("reasonable doubt", "the standard is clear and convincing evidence: H&S § 11361.8(b), (f)"),
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
def test_the_papers_keep_the_rule(rule: Rule, said: dict[str, str]) -> None:
    broken = {}
    for name, file in CASES.items():
        if rule.when(file, file.case.convictions[0]):
            wrong = [f"not said: {text}" for text in rule.must if text not in said[name]]
        else:
            wrong = [f"said: {text}" for text in rule.only if text in said[name]]
        if wrong:
            broken[name] = wrong
    assert broken == {}
    assert any(rule.when(file, file.case.convictions[0]) for file in CASES.values())


@pytest.mark.parametrize(("text", "why"), NEVER, ids=[text for text, _ in NEVER])
def test_no_paper_ever_says(text: str, why: str, said: dict[str, str]) -> None:
    assert [name for name, words_of in said.items() if text in words_of] == [], why


@pytest.mark.parametrize("name", list(CASES))
def test_motion_and_order_ask_and_give_the_same(name: str) -> None:
    file = CASES[name]
    assert checks.disagreements(file.case, motion.draft(file), order.draft(file)) == []
    assert words.all_alike(file.case)[0].phrase[1:] in " ".join(checks.put_in(order.draft(file)).split())


def _refused() -> list[tuple[str, CaseFile, str]]:
    """Every combination that no paper takes, with the words of the reason."""
    found = []
    for route, make in (("completed", case_file), ("serving", serving)):
        for section, (_, now) in SECTIONS.items():
            for relief in ("dismiss", "redesignate", "resentence"):
                for basis in ("statute", "presumption", "policy"):
                    line, name = _line(section, relief, basis, route), f"{relief}, {route}, {basis}, {section}"
                    if name in CASES:
                        other = replace(line, sealing=not line.sealing)
                        found.append((f"{name}, sealing turned round", make(other), "(H&S § 11361.8(e), (f))"))
                    elif relief == "redesignate" and route == "serving":
                        found.append((name, make(line), "only a completed sentence is redesignated (H&S § 11361.8(e))"))
                    elif relief == "resentence" and route == "completed":
                        found.append((name, make(line), "only a sentence still being served is recalled"))
                    elif now is None:
                        found.append((name, make(line), "the new section and severity are missing"))
                    else:
                        found.append((name, make(line), "an infraction depends on amount and age"))
    return found


REFUSED = _refused()


@pytest.mark.parametrize(("file", "why"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_every_other_combination_is_refused(file: CaseFile, why: str) -> None:
    assert why in " ".join(law_reasons(file))


def test_an_offense_that_is_the_same_today_is_never_lowered() -> None:
    line = replace(_line("11357(c)", "redesignate", "policy", "completed"), new_severity="misdemeanor")
    for section in ("11357(b)(2)", "11357(c)"):  # former 11357(c): law.md 3.2
        assert "would be no lesser offense" in " ".join(law_reasons(case_file(replace(line, new_section=section))))
