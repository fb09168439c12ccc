"""Invented case files for the papers' tests and benchmarks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

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
from petitions.papers.letter import Letter
from petitions.papers.omnibus import ExhibitRow, Identifiers, Omnibus
from petitions.papers.recommendation import Factor, Recommendation, SentencedCount
from petitions.papers.service import ProofOfService, Served

AS_OF = date(2019, 11, 1)
OFFICE = Office(
    district_attorney="Dana Example",
    county="CONTRA COSTA",
    office_name="Office of the District Attorney",
    address=("900 Ward Street", "Martinez, CA 94553"),
    phone="925-555-0100",
    fax="925-555-0101",
    email="papers@da.example",
)
THEO = Attorney(
    name="Theo Park",
    bar_number="301234",
    title="Deputy District Attorney",
    phone="925-555-0123",
    email="theo.park@da.example",
)
COURT = Court(
    name="Superior Court of California",
    county="CONTRA COSTA",
    branch="Wakefield Taylor Courthouse",
    address=("725 Court Street", "Martinez, CA 94553"),
)
POLICY = PolicyNote(
    name="Contra Costa 2019",
    version="1",
    signed_on=date(2019, 10, 1),
    authority="District Attorney's memorandum of 2019",
)
SOURCE = SourceFile(name="prop64-research.csv", received_on=date(2019, 9, 15), sha256="9f2c4e7a" * 8)
APPROVAL = Approval(batch_name="First batch", approved_on=date(2019, 11, 4), list_hash="ab" * 32, reviewed_singly=False)
FORM = ServingForm(
    status="probation",
    controlling_term="five years of formal probation granted on May 2, 2016",
    credits="34 days actual and 34 days of conduct credit",
    hearing="requested",
    source="the probation department's report of October 1, 2019",
)


def conviction(**changes: Any) -> ConvictionLine:
    """A felony 11357 dismissed on the presumption, unless said otherwise."""
    plain = ConvictionLine(
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
    return replace(plain, **changes)


def redesignation(**changes: Any) -> ConvictionLine:
    """A felony 11359 redesignated by the statute."""
    return conviction(
        **{
            "key": "2",
            "section": "11359",
            "convicted_on": date(2011, 6, 14),
            "relief": "redesignate",
            "basis": "statute",
            "sealing": False,
            "new_section": "11359(b)",
            "new_severity": "misdemeanor",
            "missing": (),
            "may_say_no_exception": True,
            "sentence_end": date(2014, 6, 13),
            **changes,
        }
    )


def resentencing(**changes: Any) -> ConvictionLine:
    """A felony 11360(a) resentenced while serving."""
    return redesignation(
        **{
            "key": "3",
            "section": "11360(a)",
            "convicted_on": date(2016, 5, 2),
            "relief": "resentence",
            "new_section": "11360(a)(2)",
            "sentence_end": None,
            **changes,
        }
    )


def case_file(*lines: ConvictionLine, **changes: Any) -> CaseFile:
    """A case file on the completed route; `changes` are fields of the case, or of the file if it has them."""
    case = Case(
        number="05-110273-8",
        court=COURT,
        defendant_name="YBARRA,PAZ M",
        name_is_stated=False,
        route="completed",
        convictions=lines or (conviction(),),
    )
    file = CaseFile(
        office=OFFICE, attorney=THEO, case=case, source_files=(SOURCE,), policy=POLICY, approval=APPROVAL, as_of=AS_OF
    )
    of_case = {name: value for name, value in changes.items() if name in Case.__dataclass_fields__}
    of_file = {name: value for name, value in changes.items() if name in CaseFile.__dataclass_fields__}
    assert len(of_case) + len(of_file) == len(changes)
    return replace(file, case=replace(case, **of_case), **of_file)


def serving(*lines: ConvictionLine, **changes: Any) -> CaseFile:
    """A case of somebody still serving, with the short form filled."""
    return case_file(*(lines or (resentencing(),)), **{"route": "serving", "serving": FORM, **changes})


def listed(number: int, line: ConvictionLine, **changes: Any) -> ExhibitRow:
    """Row `number` of a list: every third person has two convictions."""
    plain = ExhibitRow(
        person=f"person {number - (number % 3 == 1)}",
        case_number=f"05-{100000 + number}-{number % 10}",
        defendant_name=f"EXAMPLE{number},PAT QUINCY",
        name_is_stated=False,
        line=replace(line, key=str(number), convicted_on=date(1995 + number % 20, 1 + number % 12, 1 + number % 28)),
    )
    return replace(plain, **changes)


def omnibus(count: int = 5, line: ConvictionLine | None = None, **changes: Any) -> Omnibus:
    """A list of dismissals on the presumption, unless another line is given."""
    told = line or conviction(sentence_end=date(2018, 1, 1))
    plain = Omnibus(
        office=OFFICE,
        attorney=THEO,
        court=COURT,
        number="M-2019-0042",
        rows=tuple(listed(number, told) for number in range(count)),
        source_files=(SOURCE,),
        policy=POLICY,
        approval=APPROVAL,
        as_of=AS_OF,
        engine_version="1.4.0",
        left_out=(("a question of law is open", 12),),
        defender_given_list_on=date(2019, 10, 20),
    )
    return replace(plain, **changes)


def identified(plain: Omnibus) -> Omnibus:
    """The same list with invented identifiers for the confidential attachment."""
    people = {row.person for row in plain.rows}
    return replace(
        plain,
        identifiers={
            person: Identifiers(birth_date=date(1971, 2, 3), cii="A01234567", aliases=("EXAMPLE,PATRICK",))
            for person in people
        },
    )


def sentenced(**changes: Any) -> SentencedCount:
    """A felony 11360(a) for which a lesser offense is proposed."""
    plain = SentencedCount(
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
    return replace(plain, **changes)


def recommendation(*counts: SentencedCount, **changes: Any) -> Recommendation:
    """An invented recommendation under Penal Code section 1172.1, which nothing speaks against."""
    plain = Recommendation(
        office=OFFICE,
        attorney=THEO,
        is_supervising=True,
        court=COURT,
        case_number="05-140201-4",
        defendant_name="YBARRA,PAZ M",
        name_is_stated=False,
        commitment="state_prison",
        committed_on=date(2014, 6, 20),
        counts=counts or (sentenced(),),
        total="eleven years",
        total_days=4018,
        proposed_total="180 days in county jail",
        proposed_days=180,
        served="nine years and 13 days",
        credits="3,300 days actual and 660 days of conduct credit",
        earliest_release="August 29, 2023",
        custody_exhibit="B",
        changes=("Since January 1, 2020, a prior prison term no longer adds a year for this offense",),
        factors=(Factor("The defendant has had no rule violation since 2016", "B"), Factor("A job is promised", "C")),
        safe_because="The defendant has no record of violence, and the plan for release is in Exhibit C",
        supervision="none, as the new sentence has been served",
        concurs=True,
        victims="none_known",
        victims_said="",
        stipulated=True,
        exhibits=(("A", "Abstract of judgment"), ("B", "Custody records"), ("C", "Plan for release"),
                  ("D", "Stipulation")),
        as_of=date(2023, 7, 3),
    )  # fmt: skip
    return replace(plain, **changes)


def letter(**changes: Any) -> Letter:
    """A letter in English about one sealed conviction."""
    plain = Letter(
        office=OFFICE,
        court=COURT,
        name="YBARRA,PAZ M",
        name_is_stated=False,
        address=("12 Elm Street, Apartment 4", "Richmond, CA 94801"),
        address_is_verified=True,
        is_deceased=False,
        case_number="05-110273-8",
        done="sealed",
        convictions=1,
        ordered_on=date(2019, 12, 2),
        defender_phone="925-555-0177",
        language="en-US",
    )
    return replace(plain, **changes)


DEFENDER = Served("Public Defender of Contra Costa County", "800 Ferry Street, Martinez, CA 94553")


def proof(**changes: Any) -> ProofOfService:
    """A proof of service by mail on the public defender."""
    plain = ProofOfService(
        file=case_file(),
        titles=("People’s Notice of Motion and Motion to Dismiss and Seal Conviction",),
        server="Robin Clerk",
        server_address="900 Ward Street, Martinez, CA 94553",
        server_is_over_18=True,
        server_is_party=False,
        method="mail",
        served=(DEFENDER,),
        service_list=(DEFENDER,),
    )
    return replace(plain, **changes)
