"""Invented data for every kind of paper, so that a wording can be looked at before there is a case.

Each text block names the example that prints it; nothing here is about a real person, court file or office.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from petitions.papers import law
from petitions.papers.data import (
    Approval,
    Attorney,
    Case,
    CaseFile,
    ConvictionLine,
    Court,
    Office,
    PolicyNote,
    ServingForm,
    SourceFile,
)
from petitions.papers.letter import Done, Language, Letter
from petitions.papers.omnibus import ExhibitRow, Omnibus
from petitions.papers.recommendation import Factor, Recommendation, SentencedCount
from petitions.papers.service import Method, ProofOfService, Served
from petitions.wording import STANDARD, Kind, Wording

Example = CaseFile | Omnibus | Recommendation | ProofOfService | Letter

AS_OF: Final = date(2019, 11, 1)
OFFICE: Final = Office(
    district_attorney="Dana Example",
    county="EXAMPLE",
    office_name="Office of the District Attorney",
    address=("1 Main Street", "Example, CA 90000"),
    phone="555-555-0100",
    fax="555-555-0101",
    email="papers@da.example",
)
ATTORNEY: Final = Attorney("Theo Park", "000000", "Deputy District Attorney", "555-555-0123", "theo.park@da.example")
COURT: Final = Court(
    "Superior Court of California", "EXAMPLE", "Main Courthouse", ("200 Example Street", "Example, CA 90000")
)
POLICY: Final = PolicyNote("Example policy", "1", date(2019, 10, 1), "District Attorney’s memorandum of 2019")
SOURCE: Final = SourceFile("example.csv", date(2019, 9, 15), "0123abcd" * 8)
APPROVAL: Final = Approval("Example batch", date(2019, 11, 4), "ef" * 32, reviewed_singly=True)
FORM: Final = ServingForm(
    status="probation",
    controlling_term="five years of formal probation granted on May 2, 2016",
    credits="34 days actual and 34 days of conduct credit",
    hearing="requested",
    source="the probation department’s report of October 1, 2019",
)
DISMISSED: Final = ConvictionLine(
    key="1",
    section="11357(a)",
    code="HS",
    convicted_on=date(2009, 3, 3),
    relief="dismiss",
    basis="presumption",
    sealing=True,
    severity="felony",
    sentence_end=date(2012, 3, 2),
    missing=("amount",),
)
REDESIGNATED: Final = replace(
    DISMISSED,
    key="2",
    section="11359",
    convicted_on=date(2011, 6, 14),
    relief="redesignate",
    basis="statute",
    sealing=False,
    sentence_end=date(2014, 6, 13),
    missing=(),
    new_section="11359(b)",
    new_severity="misdemeanor",
    may_say_no_exception=True,
)
RESENTENCED: Final = replace(
    REDESIGNATED,
    key="3",
    section="11360(a)",
    convicted_on=date(2016, 5, 2),
    relief="resentence",
    sentence_end=None,
    new_section="11360(a)(2)",
)
ON_POLICY: Final = replace(DISMISSED, key="4", section="11359", basis="policy", missing=(), may_say_no_exception=True)
STATED: Final = replace(
    DISMISSED,
    key="5",
    basis="statute",
    missing=(),
    stated={
        "grams": ("12", "the police report of March 1, 2009"),
        "sentence_ended_on": ("2012-03-02", "the probation file"),
    },
)
LISTED: Final = replace(
    DISMISSED,
    key="6",
    section="11359",
    attempt_text="attempt",
    missing=(),
    ground=law.LISTED_GROUND,
    ground_authority="memorandum of the office of March 1, 2019",
    may_say_no_exception=True,
)
WHILE_SERVING: Final = replace(DISMISSED, key="7", sealing=False, convicted_on=date(2016, 5, 2), sentence_end=None)
OTHER_SECTION: Final = replace(WHILE_SERVING, section="4060", code="BP", missing=(), ground=law.NO_OFFENSE_GROUND)


def case_file(*lines: ConvictionLine, form: ServingForm | None = None, **changes: Any) -> CaseFile:
    """An invented case; with a form, of somebody still serving. `changes` are fields of the case."""
    case = Case(
        number="19-000000-0",
        court=COURT,
        defendant_name="EXAMPLE,PAT Q",
        name_is_stated=False,
        route="serving" if form else "completed",
        convictions=lines or (DISMISSED,),
        serving=form,
    )
    return CaseFile(OFFICE, ATTORNEY, replace(case, **changes), (SOURCE,), POLICY, APPROVAL, AS_OF)


def omnibus(*lines: ConvictionLine) -> Omnibus:
    """An invented list, each line in a case of its own."""
    rows = tuple(
        ExhibitRow(f"{number}", f"19-00000{number}-0", f"EXAMPLE{number},PAT", False, replace(line, key=f"{number}"))
        for number, line in enumerate(lines)
    )
    return Omnibus(
        office=OFFICE,
        attorney=ATTORNEY,
        court=COURT,
        number="M-2019-0000",
        rows=rows,
        source_files=(SOURCE,),
        policy=POLICY,
        approval=APPROVAL,
        as_of=AS_OF,
        engine_version="1.0.0",
        left_out=(("a question of law is open", 12),),
        defender_given_list_on=date(2019, 10, 20),
    )


COUNT: Final = SentencedCount(
    section="11360(a)",
    code="HS",
    severity="felony",
    convicted_on=date(2014, 5, 2),
    sentence="eight years, the upper term doubled under Penal Code section 667(e)(1)",
    exposure_now="up to six months in county jail, as a misdemeanor under section 11360(a)(2)",
    proposed="180 days in county jail",
    enhancements=("three prior prison terms under Penal Code section 667.5(b), three years",),
    new_section="11360(a)(2)",
    new_severity="misdemeanor",
)


def recommendation(count: SentencedCount = COUNT, **changes: Any) -> Recommendation:
    """An invented recommendation under Penal Code section 1172.1."""
    plain = Recommendation(
        office=OFFICE,
        attorney=ATTORNEY,
        is_supervising=True,
        court=COURT,
        case_number="14-000000-0",
        defendant_name="EXAMPLE,PAT Q",
        name_is_stated=False,
        commitment="state_prison",
        committed_on=date(2014, 6, 20),
        counts=(count,),
        total="eleven years",
        total_days=4018,
        proposed_total="180 days in county jail",
        proposed_days=180,
        served="nine years and 13 days",
        credits="3,300 days actual and 660 days of conduct credit",
        earliest_release="August 29, 2023",
        custody_exhibit="B",
        changes=(),
        factors=(Factor("The defendant has had no rule violation since 2016", "B"),),
        safe_because="The defendant has no record of violence",
        supervision="none, as the new sentence has been served",
        concurs=True,
        victims="none_known",
        victims_said="",
        stipulated=True,
        exhibits=(("A", "Abstract of judgment"), ("B", "Custody records")),
        as_of=date(2023, 7, 3),  # section 1172.1 has its number since 2022
    )
    return replace(plain, **changes)


def letter(language: Language, done: Done = "sealed", convictions: int = 1) -> Letter:
    """An invented letter."""
    return Letter(
        office=OFFICE,
        court=COURT,
        name="EXAMPLE,PAT Q",
        name_is_stated=False,
        address=("12 Example Street, Apartment 4", "Example, CA 90000"),
        address_is_verified=True,
        is_deceased=False,
        case_number="19-000000-0",
        done=done,
        convictions=convictions,
        ordered_on=date(2019, 12, 2),
        defender_phone="555-555-0177",
        language=language,
    )


def proof(method: Method = "mail") -> ProofOfService:
    """An invented proof of service on a public defender."""
    at = "service@defender.example" if method == "electronic" else "300 Example Street, Example, CA 90000"
    defender = Served("Public Defender of Example County", at)
    return ProofOfService(
        file=case_file(),
        titles=("People’s Notice of Motion and Motion to Dismiss and Seal Conviction",),
        server="Robin Clerk",
        server_address=f"100 Example Street, Example, CA 90000{', robin@da.example' if method == 'electronic' else ''}",
        server_is_over_18=True,
        server_is_party=False,
        method=method,
        served=(defender,),
        service_list=(defender,),
        consents_to_electronic=True,
    )


LETTERS: Final[Mapping[str, Callable[[], Example]]] = {
    f"{what}, {name}": lambda language=language, done=done, number=number: letter(language, done, number)  # type: ignore[misc]
    for language, name in (("en-US", "English"), ("es-US", "Spanish"))
    for what, done, number in (
        ("sealed", "sealed", 1),
        ("several", "sealed", 2),
        ("dismissed", "dismissed", 1),
        ("misdemeanor", "misdemeanor", 1),
        ("infraction", "infraction", 1),
    )
}
SAME_SENTENCE: Final = replace(COUNT, new_section=None, new_severity=None)
EXAMPLES: Final[Mapping[str, Callable[[], Example]]] = {
    "dismissal and redesignation": lambda: case_file(DISMISSED, REDESIGNATED),
    "dismissal": lambda: case_file(),
    "redesignation": lambda: case_file(REDESIGNATED),
    "policy": lambda: case_file(ON_POLICY),
    "stated facts": lambda: case_file(STATED),
    "no sentence": lambda: case_file(replace(DISMISSED, sentence_end=None)),
    "treated as listed": lambda: case_file(LISTED),
    "heard": lambda: case_file(hearing_requested=True),
    "serving": lambda: case_file(RESENTENCED, form=FORM),
    "dismissed while serving": lambda: case_file(WHILE_SERVING, form=FORM),
    "other section while serving": lambda: case_file(OTHER_SECTION, form=FORM),
    "serving, no hearing": lambda: case_file(RESENTENCED, form=replace(FORM, hearing="none")),
    "serving, presence waived": lambda: case_file(RESENTENCED, form=replace(FORM, hearing="presence_waived")),
    "omnibus": lambda: omnibus(DISMISSED, DISMISSED),
    "omnibus redesignation": lambda: omnibus(REDESIGNATED, REDESIGNATED),
    "omnibus on stated facts": lambda: omnibus(STATED, STATED),
    "omnibus, mixed sentences": lambda: omnibus(
        DISMISSED,
        replace(DISMISSED, sentence_end=None),
        replace(DISMISSED, stated={"sentence_ended_on": ("2012-03-02", "the probation file")}),
    ),
    "recommendation": recommendation,
    "recommendation, contested": lambda: recommendation(SAME_SENTENCE, stipulated=False),
    "served by mail": proof,
    "served personally": lambda: proof("personal"),
    "served electronically": lambda: proof("electronic"),
    **LETTERS,
}
FIRST: Final[Mapping[Kind, str]] = {
    "motion": "dismissal and redesignation",
    "memorandum": "dismissal",
    "declaration": "dismissal and redesignation",
    "order": "dismissal and redesignation",
    "omnibus": "omnibus",
    "recommendation": "recommendation",
    "proof": "served by mail",
    "letter_en": "sealed, English",
    "letter_es": "sealed, Spanish",
}


def example(name: str, wording: Wording = STANDARD) -> Example:
    """One of `EXAMPLES` (`FIRST` names the first of each kind), to be drafted in a wording."""
    return replace(EXAMPLES[name](), wording=wording)
