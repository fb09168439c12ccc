"""What the law lets a paper say, and what it must say: outcome × route × basis × section."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from petitions import PaperRefused, checks, draft, law_reasons, to_confirm
from petitions.papers import declaration, motion, order
from petitions.papers.data import CaseFile, ConvictionLine
from petitions.papers.drafts import Draft
from tests.petitions.cases import AS_OF, FORM, case_file, conviction, redesignation, resentencing, serving

STATED = {"grams": ("12", "the police report of March 1, 2009")}


def words_of(draft: Draft) -> str:
    """The words of a draft, markup taken off."""
    return " ".join(checks.put_in(draft).split())


def everything(file: CaseFile) -> str:
    """The words of the three papers of a case, none of which may be refused."""
    assert law_reasons(file) == []
    return " ".join(words_of(kind.draft(file)) for kind in (motion, declaration, order))


PRESUMED = "Eligibility is presumed, and the People neither have nor offer evidence to rebut it."
LAWFUL = "the conduct is now lawful"
DANGER = "danger to public safety"
SEALED = "The record of arrest and conviction is SEALED"
NO_EXCEPTION = "The People are aware of no earlier conviction under Penal Code section 667(e)(2)(C)(iv)"
CONCEDED = "the People concede eligibility"

WORDS = [
    # what is asked, must be printed, must not be printed; H&S § 11361.8, Banda and Chavez in law.md
    ("dismiss, completed, presumption", case_file(), (PRESUMED, SEALED, "does not state the amount of cannabis"),
     (LAWFUL, DANGER, NO_EXCEPTION, "REDESIGNATE", "gram", CONCEDED)),
    ("dismiss, completed, statute", case_file(conviction(basis="statute", stated=STATED, missing=())),
     ("According to the police report of March 1, 2009, the amount was 12 grams.", LAWFUL, SEALED), (PRESUMED, DANGER)),
    ("dismiss cultivation, completed, presumption",
     case_file(conviction(section="11358", missing=("plants",), may_say_no_exception=True)),
     ("does not state the number of plants", PRESUMED, NO_EXCEPTION, "11358(d)"), (DANGER, LAWFUL)),
    ("dismiss sale, completed, policy",
     case_file(conviction(section="11359", basis="policy", missing=(), may_say_no_exception=True)),
     (CONCEDED, "“Contra Costa 2019”, version 1, signed on October 1, 2019", SEALED, NO_EXCEPTION), (DANGER,
     LAWFUL, PRESUMED)),
    ("dismiss 11360(b), completed, presumption", case_file(conviction(section="11360(b)", severity="misdemeanor")),
     ("the misdemeanor conviction", PRESUMED), (NO_EXCEPTION, DANGER)),
    ("redesignate, completed, statute", case_file(redesignation()),
     ("REDESIGNATED from a felony to a misdemeanor under Health and Safety Code section 11359(b) for all purposes",
      "Under present law the offense is at most a misdemeanor. (Health & Saf. Code, § 11359(b).)", NO_EXCEPTION),
     (SEALED, "DISMISSED", "sealing,", DANGER, PRESUMED, CONCEDED)),
    ("redesignate, completed, severity only inferred", case_file(redesignation(severity=None, basis="presumption")),
     ("REDESIGNATED as a misdemeanor", PRESUMED, "the conviction of Health and Safety Code section 11359"),
     ("felony", SEALED, DANGER)),
    ("dismiss, serving, presumption", serving(conviction(sealing=False, convicted_on=date(2016, 5, 2),
     sentence_end=None)),
     ("RECALLED, and the conviction is DISMISSED as legally invalid", "§ 11361.8(b)", DANGER, "is on probation",
      "five years of formal probation", "34 days actual", "the probation department’s report".replace("’", "'")),
     ("SEAL", "seal", "11361.8(e)", "11361.8(g)")),
    ("resentence, serving, statute", serving(),
     ("RECALLED, and the defendant is RESENTENCED for a misdemeanor under Health and Safety Code section 11360(a)(2)",
      "term longer than the original sentence", "Supervision (Health & Saf. Code, § 11361.8(c))", DANGER, "Davis",
      "article I, section 28"),
     ("SEAL", "11361.8(e)", "REDESIGNATED")),
]  # fmt: skip


@pytest.mark.parametrize(("file", "must", "must_not"), [row[1:] for row in WORDS], ids=[row[0] for row in WORDS])
def test_the_papers_say_what_the_law_gives_and_no_more(
    file: CaseFile, must: tuple[str, ...], must_not: tuple[str, ...]
) -> None:
    said = everything(file)
    assert [words for words in must if words not in said] == []
    assert [words for words in must_not if words in said] == []


@pytest.mark.parametrize("file", [row[1] for row in WORDS], ids=[row[0] for row in WORDS])
def test_no_paper_cites_section_1385_or_uses_short_names_of_codes(file: CaseFile) -> None:
    said = everything(file)  # Chavez (2018) 4 Cal.5th 771: no power is left once the court can't pronounce judgment
    assert [words for words in ("1385", "HSC", "H&S", "Count 1", "plea", "verdict") if words in said] in ([], ["plea"])
    assert "plea" not in said or "under a negotiated plea" in said


REFUSED = [
    ("sealing with a redesignation", case_file(redesignation(sealing=True)), "sealing goes with dismissal"),
    ("dismissal of a completed sentence without sealing", case_file(conviction(sealing=False)), "sealing goes with"),
    ("sealing while serving", serving(conviction(sealing=True)), "sealing goes with dismissal"),
    ("the same severity in and out", case_file(redesignation(severity="misdemeanor")), "no lesser offense"),
    ("a former 11357(c) redesignated",
     case_file(redesignation(section="11357(c)", severity="misdemeanor", new_section="11357(b)(2)")),
     "no lesser offense"),
    ("a section that is not the offense's today", case_file(redesignation(new_section="11358(c)")),
     "is not a misdemeanor"),
    ("no new section", case_file(redesignation(new_section=None)), "new section and severity are missing"),
    ("an infraction without a stated amount",
     case_file(redesignation(section="11358", new_section="11358(b)", new_severity="infraction")), "depends on amount"),
    ("11357 with unknown severity", case_file(redesignation(section="11357", severity=None, new_section="11357(b)(2)")),
     "old severity is not stated"),
    ("statute without a stated fact", case_file(conviction(basis="statute")), "needs a stated fact"),
    ("an open ground to oppose", case_file(redesignation(may_say_no_exception=False)), "possible ground to oppose"),
    ("resentencing after completion", case_file(resentencing()), "only a sentence still being served"),
    ("redesignation while serving", serving(redesignation()), "only a completed sentence"),
    ("serving without the form", serving(serving=None), "status, controlling term, credits and hearing"),
    ("a form without credits", serving(serving=replace(FORM, credits="")), "lacks the credits"),
    ("a route nobody knows", case_file(route="unknown"), "not known"),
    ("an offense the statute does not name", case_file(conviction(code="PC", section="32")), "needs a legal ground"),
    ("an attempt without a ground", case_file(conviction(attempt_text="attempt")), "needs a legal ground"),
    ("treated as listed without authority", case_file(conviction(attempt_text="attempt", ground="treated_as_listed")),
     "needs its authority"),
    ("a conspiracy", case_file(conviction(attempt_text="conspiracy", ground="treated_as_listed", ground_authority="x")),
     "Medina"),
    ("the serving ground after completion", case_file(conviction(code="PC", section="32",
     ground="no_offense_11361_8_a")),
     "still serving"),
    ("a sentence not over", case_file(conviction(sentence_end=AS_OF)), "was not over"),
    ("no sentence and under five years", case_file(conviction(sentence_end=None, convicted_on=date(2016, 1,
     4))), "not five"),
    ("no convictions", case_file(convictions=()), "no conviction"),
    ("no number", case_file(number=" "), "no case number"),
    ("alike with different relief", case_file(
        conviction(key="1"), conviction(key="2", relief="redesignate", sealing=False, new_section="11357(b)(2)",
                                        new_severity="misdemeanor", basis="statute")),
                                        "state the court's count numbers"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "why"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_the_law_does_not_allow_is_refused_with_the_reason(file: CaseFile, why: str) -> None:
    with pytest.raises(PaperRefused) as refused:
        draft(file)
    assert why in " ".join(refused.value.reasons)


def test_several_convictions_have_sentences_in_motion_and_order() -> None:
    file = case_file(conviction(), redesignation(sentence_end=conviction().sentence_end))
    for kind in (motion, order):
        assert "the sentences are completed" in words_of(kind.draft(file))
    assert "According to the DOJ record the sentences imposed would have ended by March 2, 2012." in everything(file)


def test_three_convictions_are_listed_with_an_and_before_the_last() -> None:
    said = everything(case_file(*(conviction(key=f"{day}", convicted_on=date(2009, 3, day)) for day in (3, 4, 5))))
    assert "of March 4, 2009; and the felony conviction of Health and Safety Code section 11357(a) of March 5" in said


def test_dates_and_citations_break_nowhere_and_names_of_cases_are_underlined() -> None:
    drafted = motion.draft(serving())
    said = checks.put_in(drafted)
    for whole in ("May 2, 2016", "Health & Saf. Code", "§ 11361.8(a), (b), (h)", "Proposition 64"):
        assert whole not in said
        assert whole.replace(" ", "\u00a0") in said
    assert '<span class="case">People v. Banda</span> (2018)' in drafted.markup + drafted.shared


def test_convictions_alike_are_named_together() -> None:
    said = everything(case_file(conviction(key="1"), conviction(key="2")))
    assert "the two felony convictions of Health and Safety Code section 11357(a) of March 3, 2009" in said
    assert (
        "The two felony convictions of Health and Safety Code section 11357(a) of March 3, 2009 are DISMISSED" in said
    )


def test_a_stated_count_number_is_printed_and_an_unstated_one_is_not() -> None:
    assert "(the court’s count 2)" in everything(case_file(conviction(court_count_number="2")))
    assert "count" not in everything(case_file()).lower().replace("county", "")


def test_an_attempt_with_the_attorneys_authority_is_named_as_one() -> None:
    line = conviction(attempt_text="attempt", ground="treated_as_listed", ground_authority="Pen. Code, § 664")
    said = everything(case_file(line))
    assert "attempted violation of Health and Safety Code section 11357(a)" in said
    assert "(Pen. Code, § 664.)" in said


def test_each_relief_has_a_sentence_and_an_order_paragraph_of_its_own() -> None:
    file = case_file(conviction(), redesignation())
    sentences = words_of(motion.draft(file)).replace("§ ", "").split(". ")
    assert not any("dismissing" in sentence and "redesignating" in sentence for sentence in sentences)
    ordered = [paragraph.text for paragraph in order._orders(file)]
    assert not any("DISMISSED" in text and "REDESIGNATED" in text for text in ordered)
    assert "to Dismiss and Seal Conviction and to Redesignate Conviction" in motion.draft(file).title


@pytest.mark.parametrize(("name", "stated", "printed"), [
    ("YBARRA,PAZ M", False, "PAZ M YBARRA"), ("O'NEIL JR,ANN", False, "ANN O'NEIL JR"), ("CHER", False, "CHER"),
    ("DE LA CRUZ, JO", False, "JO DE LA CRUZ"), ("A,B,C", False, "A,B,C"), ("Paz Ybarra, Jr.", True, "Paz Ybarra, Jr."),
])  # fmt: skip
def test_names_read_forward_and_say_where_they_come_from(name: str, stated: bool, printed: str) -> None:
    said = words_of(motion.draft(case_file(defendant_name=name, name_is_stated=stated)))
    assert f"to defendant {printed}, and" in said
    assert ("as shown in the DOJ record)" in said) is not stated


def test_without_a_sentence_in_the_record_the_five_years_are_said() -> None:
    line: ConvictionLine = conviction(sentence_end=None)
    assert "The DOJ record shows no sentence, and more than five years have passed" in everything(case_file(line))


def test_the_declaration_speaks_of_files_and_not_of_the_offense() -> None:
    said = words_of(declaration.draft(case_file()))
    for words in (
        "on information from the files named below, which I believe to be true, not on knowledge of the offense",
        "prop64-research.csv on September 15, 2019 (SHA-256 9f2c4e7a",
        "According to the DOJ record the sentence imposed would have ended by March 2, 2012.",
        "was applied as of November 1, 2019",
        "approved on November 4, 2019",
        "under penalty of perjury under the laws of the State of California",
    ):
        assert words in said


@pytest.mark.parametrize(
    ("section", "convicted_on", "asks"),
    [
        ("11357(a)", date(2009, 3, 3), True),
        ("11357", date(2017, 10, 31), True),
        ("11357(a)", date(2017, 11, 1), False),  # two years to the day
        ("11360(b)", date(2009, 3, 3), True),
        ("11360(a)", date(2009, 3, 3), False),
        ("11358", date(2009, 3, 3), False),
        ("11359", date(2009, 3, 3), False),
    ],
)
def test_old_11357_and_11360_b_ask_whether_the_court_still_has_the_record(
    section: str, convicted_on: date, asks: bool
) -> None:
    file = case_file(conviction(section=section, convicted_on=convicted_on))  # H&S § 11361.5
    said = to_confirm(file)
    assert bool(said) is asks
    assert all(
        "may have been destroyed under H&S § 11361.5: confirm that the court still has it" in text for text in said
    )
    assert to_confirm(replace(file, case=replace(file.case, court_has_record=True))) == []
