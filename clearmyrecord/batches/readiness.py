"""What may be submitted, and what each other conviction still asks (main path 15, 16, 19, 20)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from clearmyrecord.batches import casefile, snapshots
from clearmyrecord.batches.models import Recommendation, ServingForm
from clearmyrecord.batches.obstacles import Obstacle
from clearmyrecord.office import at_once, wording_queries
from clearmyrecord.office.at_once import AtOnce
from clearmyrecord.office.models import Court, User
from clearmyrecord.records.models import Conviction, RecordFile, Subject
from clearmyrecord.reviews import queries as reviews
from clearmyrecord.reviews import questions
from clearmyrecord.runs.models import Determination, Run, StatedFact
from petitions import law_reasons, recommendation_reasons
from petitions.papers.data import Approval

RELIEF = ("dismiss", "redesignate", "resentence")
CONSIDERED = (*RELIEF, "hand_review")
"""Outcomes that a batch is composed of; hand_review is listed with its question, not_eligible asks for nothing."""

ANYBODY_WHO_SIGNS = User(
    first_name="The", last_name="Attorney", bar_number="1", title="Deputy", phone="1", email="a@office.example"
)
"""Stands in where no attorney is named yet, so that the law's checks can look at the rest."""


@dataclass
class Candidate:
    """One conviction on its way into a batch."""

    row: Any  # Determination as annotated by reviews.queries.standing
    person: int
    stated: dict[str, StatedFact]
    court: Court | None
    case_number: str
    registered: bool
    serving: ServingForm | None = None
    recommendation: Recommendation | None = None
    obstacles: list[Obstacle] = field(default_factory=list)

    @property
    def is_ready(self) -> bool:
        return not self.obstacles

    @property
    def severity(self) -> str:
        """As papers may print it: stated, or the record's own; never what was inferred from the charge."""
        if stated := self.value("severity"):
            return stated
        return "" if self.row.reading.severity_inferred else str(self.row.conviction.severity)

    @property
    def may_say_no_exception(self) -> bool:
        """No registration and no possible prior, or an attorney answered that neither is a bar (main path 20)."""
        if self.value("no_prior_bar") == "yes":
            return True
        return not self.registered and "possible_ground_to_oppose" not in self.row.open_questions

    @property
    def case(self) -> tuple[int, int, str]:
        return (self.person, self.court.pk if self.court else 0, self.case_number)

    def value(self, fact: str) -> str:
        """A stated fact's value, empty if it is not stated."""
        found = self.stated.get(fact)
        return found.value if found else ""

    def recommended(self) -> dict[str, Any] | None:
        """The facts of the recommendation that an attorney chose in place of the motion; only on the serving route."""
        if self.row.route != "serving" or self.recommendation is None:
            return None
        return dict(self.recommendation.facts)

    def serving_values(self) -> dict[str, str] | None:
        """The serving form as papers need it; only on the serving route."""
        if self.row.route != "serving" or self.serving is None:
            return None
        names = ("status", "controlling_term", "credits", "hearing", "source")
        return {name: getattr(self.serving, name) for name in names}


def examine(rows: QuerySet[Determination], *, run: Run, known: AtOnce, attorney: User | None = None) -> list[Candidate]:
    """Candidates for rows of `reviews.queries.standing` of a run, each with what keeps it out; two queries."""
    candidates = _gather(_fetched(rows, run, known), known)
    for candidate in candidates:
        candidate.obstacles += [_of_review(question) for question in questions.questions_on(candidate.row)]
        candidate.obstacles += _own(candidate)
    ready = [candidate for candidate in candidates if candidate.is_ready]
    if ready:
        signer, wording = attorney or ANYBODY_WHO_SIGNS, wording_queries.frozen(known.wording, known.office)
        heading = snapshots.heading(office=known.office, attorney=signer, run=run, frozen_wording=wording)
        _lawful(ready, heading, known.office.county)
        _told_apart(candidates)
    return candidates


UNREAD = ("section_text", "code_section", "county", "court_text", "case_numbers", "disposition", "comment")
"""What of a reading no batch looks at: its conviction has it, or the page of the conviction shows it."""
UNREAD_OF_FILE = tuple(
    field.name
    for field in RecordFile._meta.concrete_fields
    if field.name not in ("id", "kind", "name", "received_on", "sha256")
)


def _fetched(rows: QuerySet[Determination], run: Run, known: AtOnce) -> list[Any]:
    """The rows with what is read of them and what stands beside them; run and court are one object each."""
    one = Subject.objects.filter(Q(pk=OuterRef("person")) | Q(same_as=OuterRef("person")), registered=True)
    beside = {
        name: ArraySubquery(at_once.told(model._default_manager.filter(superseded_at=None, **whose), columns))
        for name, model, whose, columns in (
            ("facts_told", StatedFact, {"conviction": OuterRef("conviction_id")}, OF_FACT),
            ("forms_told", ServingForm, {"subject": OuterRef("person")}, OF_FORM),
            ("recommendations_told", Recommendation, {"subject": OuterRef("person")}, OF_RECOMMENDATION),
        )
    }
    alike = Conviction.objects.filter(
        subject__in=Subject.objects.filter(
            Q(pk=OuterRef(OuterRef("person"))) | Q(same_as=OuterRef(OuterRef("person")))
        ),
        newest_reading__isnull=False,
        code_section=OuterRef("conviction__code_section"),
    )
    beside["alike_told"] = ArraySubquery(at_once.told(alike, OF_ALIKE))
    own = rows.select_related(None).select_related(
        "conviction__subject", "conviction__court_text", "reading__file_subject__file"
    )
    lean = own.defer(
        *(f"reading__{name}" for name in UNREAD), *(f"reading__file_subject__file__{name}" for name in UNREAD_OF_FILE)
    )
    person = Coalesce("conviction__subject__same_as_id", "conviction__subject_id")
    fetched = list(
        reviews.asking(lean)
        .annotate(person=person)
        .annotate(person_registered=Exists(one), **beside)
        .order_by("conviction_id")
    )
    courts = {court.pk: court for court in known.courts}
    for row in fetched:
        row.run = run
        if (text := row.conviction.court_text) is not None and text.court_id:
            text.court = courts[text.court_id]
    return fetched


OF_FACT = ("id", "conviction_id", "fact", "value", "source", "author_id")
OF_ALIKE = ("id", "county", "convicted_on", "case_numbers")
OF_CASE = ("id", "subject_id", "court_id", "case_number")
OF_FORM = (*OF_CASE, "status", "controlling_term", "credits", "hearing", "source", "author_id")
OF_RECOMMENDATION = (*OF_CASE, "facts", "attorney_id")


def _of_cases(model: type[ServingForm | Recommendation], listed: list[Any]) -> dict[tuple[int, int, str], Any]:
    made = at_once.made(model, listed)
    return {(each.subject_id, each.court_id, each.case_number): each for each in made}


def _gather(rows: Sequence[Any], known: AtOnce) -> list[Candidate]:
    courts = {str(court).casefold(): court for court in known.courts}
    candidates = []
    for row in rows:
        person = row.person
        facts = {fact.fact: fact for fact in at_once.made(StatedFact, row.facts_told)}
        candidate = Candidate(
            row=row,
            person=person,
            stated=facts,
            court=_court(row.conviction, facts, courts),
            case_number=_case_number(row.conviction, facts),
            registered=row.person_registered and not _is_not_290c(facts),
        )
        candidate.serving = _of_cases(ServingForm, row.forms_told).get(candidate.case)
        candidate.recommendation = _of_cases(Recommendation, row.recommendations_told).get(candidate.case)
        candidates.append(candidate)
    return candidates


def _is_not_290c(facts: dict[str, StatedFact]) -> bool:
    """Stated to be a registration that bars nothing: ordered under PC 290.006, not required by PC 290(c)."""
    return "registration_is_290c" in facts and facts["registration_is_290c"].value == "no"


def _court(conviction: Conviction, facts: dict[str, StatedFact], courts: dict[str, Court]) -> Court | None:
    if "court" in facts:
        return courts.get(facts["court"].value.strip().casefold())
    return conviction.court_text.court if conviction.court_text else None


def _case_number(conviction: Conviction, facts: dict[str, StatedFact]) -> str:
    if "case_number" in facts:
        return str(facts["case_number"].value).strip()
    return conviction.case_numbers[0].strip() if len(conviction.case_numbers) == 1 else ""


ANSWERED_HERE = {"route": "route", "prior_relief": "relief_answered", "possible_prior": "no_prior_bar"}
"""Questions of review that a small form on the batch's page answers too, and the fact (or form) that does."""


def _of_review(question: questions.Question) -> Obstacle:
    url_name = "records:suggestions" if question.code == "suggestion" else "reviews:conviction"
    return Obstacle(
        question.code, question.text, who=question.who, fact=ANSWERED_HERE.get(question.code, ""), url_name=url_name
    )


def _own(candidate: Candidate) -> list[Obstacle]:
    """What batches ask beside the questions of review: case, court, date, section, serving form, registration."""
    conviction, found = candidate.row.conviction, []
    if candidate.row.reading.file_subject.file.kind == RecordFile.Kind.COURT:
        question = "Only a court's extract shows this conviction; the papers rest on DOJ files. Ask the DOJ for it."
        found.append(Obstacle("court_only", question, url_name="reviews:conviction"))
    if not candidate.case_number:
        several = len(conviction.case_numbers) > 1
        listed = ", ".join(conviction.case_numbers)
        found.append(
            Obstacle(
                "several_case_numbers",
                f"The record names several case numbers ({listed}). Which one is it?",
                fact="case_number",
            )
            if several
            else Obstacle("no_case_number", "The record has no case number. What is it?", fact="case_number")
        )
    elif candidate.court and not _fits(candidate.case_number, candidate.court):
        found.append(
            Obstacle(
                "case_number_form",
                f"The case number {candidate.case_number} does not look like one of {candidate.court.branch}"
                f" (for example {candidate.court.case_number_example or 'as on the courts page'}). What is it?",
                fact="case_number",
            )
        )
    if candidate.court is None:
        text = conviction.court_text.text if conviction.court_text else ""
        named = f"The court “{text}” is not mapped to a court of the office" if text else "The record names no court"
        found.append(Obstacle("unmapped_court", f"{named}. Which court is it?", fact="court"))
    if conviction.convicted_on is None:
        found.append(Obstacle("no_date", "The record has no readable conviction date.", url_name="reviews:conviction"))
    if not conviction.code_section:
        found.append(Obstacle("no_section", "The record has no readable code section.", url_name="reviews:conviction"))
    if candidate.row.standing_outcome in RELIEF:
        found += _of_relief(candidate)
    return found


def _of_relief(candidate: Candidate) -> list[Obstacle]:
    found, row = [], candidate.row
    on_a_form = candidate.court and candidate.case_number and candidate.recommendation is None
    if row.route == "serving" and candidate.serving is None and on_a_form:
        found.append(
            Obstacle(
                "serving_form",
                "The sentence is still being served: what are status, controlling term, credits and hearing choice?",
                url_name="batches:serving_form",
            )
        )
    barred_by_registration = (
        candidate.registered
        and "possible_ground_to_oppose" not in row.open_questions  # then review asks already
        and not candidate.value("no_prior_bar")
        and snapshots.keeps_exceptions(row.conviction.code_section)
    )
    if candidate.recommended() and not _holds(candidate.recommended() or {}, candidate):
        found.append(
            Obstacle(
                "recommendation",
                "The recommendation under PC § 1172.1 does not hold this conviction as the record has it: "
                "an attorney must look at it again.",
                who="attorney",
                url_name="reviews:conviction",
            )
        )
    if candidate.value("court_has_record") == "no":
        found.append(
            Obstacle(
                "record_gone",
                "Stated: the court no longer has the record (H&S § 11361.5), so no motion can be filed. "
                "Leave it out, or correct the answer.",
                fact="court_has_record",
            )
        )
    if barred_by_registration:
        found.append(
            Obstacle(
                "possible_prior",
                "Possible ground to oppose: the record shows a registration. An attorney must answer why it is no bar.",
                who="attorney",
                fact="no_prior_bar",
            )
        )
    return found


def _holds(facts: dict[str, Any], candidate: Candidate) -> bool:
    """Whether the judgment that the attorney described has this conviction, with the same section, severity and day."""
    conviction = candidate.row.conviction
    day = conviction.convicted_on.isoformat() if conviction.convicted_on else ""
    as_it_is = (conviction.pk, conviction.code_section, candidate.severity, day)
    return any(
        as_it_is == (each["conviction"], f"{each['code']} {each['section']}", each["severity"], each["convicted_on"])
        for each in facts["counts"]
    )


def _fits(case_number: str, court: Court) -> bool:
    return not court.case_number_pattern or re.fullmatch(court.case_number_pattern, case_number) is not None


def _lawful(ready: list[Candidate], heading: snapshots.Snapshot, county: str) -> None:
    """The law's checks of the papers, before anybody approves what could not be drafted."""
    cases: dict[tuple[Any, ...], list[Candidate]] = defaultdict(list)
    for candidate in ready:
        cases[(*candidate.case, candidate.row.route)].append(candidate)
    approval = Approval(
        batch_name="", approved_on=date.fromisoformat(heading["as_of"]), list_hash="", reviewed_singly=False
    )
    for members in cases.values():
        frozen = {id(member): snapshots.of_candidate(member, county) for member in members}

        def refused(some: list[Candidate], frozen: dict[int, snapshots.Snapshot] = frozen) -> list[str]:
            items = [frozen[id(member)] for member in some]
            if "recommendation" in items[0]:
                return recommendation_reasons(casefile.recommendation_of(heading=heading, item=items[0]))
            return law_reasons(casefile.case_file(heading=heading, items=items, approval=approval))

        if not refused(members):
            continue
        for member in members:
            member.obstacles += _unlawful(refused([member]))


def _unlawful(reasons: Iterable[str]) -> list[Obstacle]:
    return [Obstacle("paper", reason, url_name="reviews:conviction") for reason in reasons]


def _told_apart(candidates: list[Candidate]) -> None:
    """Convictions of a case alike in section, severity and date get the same relief, or the court's count numbers.

    Counted in are those that stay out of the batch, and the person's other convictions of the same case.
    """
    ready = [candidate for candidate in candidates if candidate.is_ready]
    listed = {candidate.row.conviction_id for candidate in candidates}
    groups: dict[tuple[Any, ...], list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        groups[_named_by(candidate.row.conviction, candidate.person)].append(candidate)
    for candidate in ready:
        key = _named_by(candidate.row.conviction, candidate.person)
        alike = [each for each in groups[key] if each.case == candidate.case or not each.case_number]
        treated = {_treatment(each) for each in alike}
        others = _beside(candidate, listed)
        beside = [numbers for numbers in others if not numbers or candidate.case_number in numbers]
        own = candidate.value("court_count_number")
        told = own and all(each is candidate or each.value("court_count_number") != own for each in alike)
        if (len(treated) > 1 or beside) and not told:
            candidate.obstacles.append(
                Obstacle(
                    "alike",
                    "Another conviction of this case has the same section and date but not the same relief. "
                    "Which is the court's own count number of this one?",
                    fact="court_count_number",
                )
            )


def _beside(candidate: Candidate, listed: set[int]) -> list[list[str]]:
    """Case numbers of the same person's convictions outside the list that papers would name alike."""
    own = candidate.row.conviction
    day = own.convicted_on.isoformat() if own.convicted_on else None
    return [
        other["case_numbers"]
        for other in candidate.row.alike_told
        if other["id"] not in listed and (other["county"], other["convicted_on"]) == (own.county, day)
    ]


def _named_by(conviction: Conviction, person: int) -> tuple[Any, ...]:
    """Severity is left out: one may be blank, and a paper that prints none would then name both."""
    return (person, conviction.county, conviction.code_section, conviction.convicted_on)


def _treatment(candidate: Candidate) -> tuple[Any, ...]:
    row = candidate.row
    if not candidate.is_ready and {each.code for each in candidate.obstacles} != {"alike"}:
        return ("out", id(candidate))
    return (row.standing_outcome, row.route, row.standing_new_section, row.standing_new_severity)
