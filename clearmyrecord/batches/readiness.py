"""What may be submitted, and what each other conviction still asks (main path 15, 16, 19, 20)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from clearmyrecord.among import among
from clearmyrecord.batches import casefile, snapshots
from clearmyrecord.batches.models import Recommendation, ServingForm
from clearmyrecord.batches.obstacles import Obstacle
from clearmyrecord.office.models import Court, Office, User
from clearmyrecord.records.models import Conviction, RecordFile, Subject
from clearmyrecord.reviews import questions
from clearmyrecord.runs import queries as runs
from clearmyrecord.runs.models import Determination, StatedFact
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


def examine(rows: QuerySet[Determination], *, office: Office, attorney: User | None = None) -> list[Candidate]:
    """Candidates for rows of `reviews.queries.standing`, each with what keeps it out. A constant number of queries."""
    candidates = _gather(_fetched(rows))
    asked = questions.open_questions([candidate.row for candidate in candidates])
    for candidate in candidates:
        candidate.obstacles += [_of_review(question) for question in asked.get(candidate.row.pk, [])]
        candidate.obstacles += _own(candidate)
    ready = [candidate for candidate in candidates if candidate.is_ready]
    if ready:
        heading = snapshots.heading(office=office, attorney=attorney or ANYBODY_WHO_SIGNS, run=ready[0].row.run)
        _lawful(ready, heading, office.county)
        _told_apart(candidates)
    return candidates


UNREAD = ("section_text", "code_section", "county", "court_text", "case_numbers", "disposition", "comment")
"""What of a reading no batch looks at: its conviction has it, or the page of the conviction shows it."""


def _fetched(rows: QuerySet[Determination]) -> list[Any]:
    """The rows with what is read of them. What thousands share (run, file, court) is one object, not one for each."""
    own = rows.select_related(None).select_related("conviction__subject", "reading__file_subject")
    shared = ("conviction__court_text__court", "reading__file_subject__file", "run__policy")
    lean = own.defer(*(f"reading__{name}" for name in UNREAD))
    return list(lean.prefetch_related(*shared).order_by("conviction_id"))


def _gather(rows: Sequence[Any]) -> list[Candidate]:
    conviction_ids = [row.conviction_id for row in rows]
    stated: dict[int, dict[str, StatedFact]] = defaultdict(dict)
    for fact in runs.stated_facts(conviction_ids):
        stated[fact.conviction_id][fact.fact] = fact
    courts = {str(court).casefold(): court for court in Court.objects.all()}
    people = {row.conviction.subject.same_as_id or row.conviction.subject_id for row in rows}
    registered = set()
    theirs = Subject.objects.filter(Q(pk__in=among(people)) | Q(same_as__in=among(people)), registered=True)
    for pk, same_as in theirs.values_list("pk", "same_as_id"):
        registered.add(same_as or pk)
    forms = {
        (form.subject_id, form.court_id, form.case_number): form
        for form in ServingForm.objects.filter(subject__in=among(people), superseded_at=None)
    }
    recommended = {
        (each.subject_id, each.court_id, each.case_number): each
        for each in Recommendation.objects.filter(subject__in=among(people), superseded_at=None)
    }
    candidates = []
    for row in rows:
        person = row.conviction.subject.same_as_id or row.conviction.subject_id
        facts = stated[row.conviction_id]
        candidate = Candidate(
            row=row,
            person=person,
            stated=facts,
            court=_court(row.conviction, facts, courts),
            case_number=_case_number(row.conviction, facts),
            registered=person in registered and not _is_not_290c(facts),
        )
        candidate.serving = forms.get(candidate.case)
        candidate.recommendation = recommended.get(candidate.case)
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
    others = _others(candidates)
    groups: dict[tuple[Any, ...], list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        groups[_named_by(candidate.row.conviction, candidate.person)].append(candidate)
    for candidate in ready:
        key = _named_by(candidate.row.conviction, candidate.person)
        alike = [each for each in groups[key] if each.case == candidate.case or not each.case_number]
        treated = {_treatment(each) for each in alike}
        beside = [numbers for numbers in others[key] if not numbers or candidate.case_number in numbers]
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


def _others(candidates: list[Candidate]) -> dict[tuple[Any, ...], list[list[str]]]:
    """Case numbers of the same people's convictions outside the list, by what names them on paper."""
    people = {candidate.person for candidate in candidates}
    listed = {candidate.row.conviction_id for candidate in candidates}
    found: dict[tuple[Any, ...], list[list[str]]] = defaultdict(list)
    alike = Conviction.objects.filter(
        Q(subject__in=among(people)) | Q(subject__same_as__in=among(people)),
        newest_reading__isnull=False,
        code_section__in={candidate.row.conviction.code_section for candidate in candidates},
    )
    named = ("county", "code_section", "convicted_on")
    for pk, subject, same_as, numbers, *names in alike.values_list(
        "pk", "subject_id", "subject__same_as_id", "case_numbers", *named
    ):
        if pk not in listed:
            found[same_as or subject, *names].append(numbers)
    return found


def _named_by(conviction: Conviction, person: int) -> tuple[Any, ...]:
    """Severity is left out: one may be blank, and a paper that prints none would then name both."""
    return (person, conviction.county, conviction.code_section, conviction.convicted_on)


def _treatment(candidate: Candidate) -> tuple[Any, ...]:
    row = candidate.row
    if not candidate.is_ready and {each.code for each in candidate.obstacles} != {"alike"}:
        return ("out", id(candidate))
    return (row.standing_outcome, row.route, row.standing_new_section, row.standing_new_severity)
