"""Facts: one column each over the convictions in scope, from the record or as stated by a person.

Every rule looks at facts only. A fact that the record leaves unclear is unknown; a stated one counts before the
record's. Dates of offense are intervals, since DOJ records carry no offense date.
"""

from __future__ import annotations

import re
from functools import cached_property

import numpy as np
import pyarrow as pa

from eligibility import dates, grades, grounds, priors, sentences
from eligibility.arrow import flags, numbers, passing, present
from eligibility.conviction_facts import ConvictionFacts, Places
from eligibility.dates import Dates
from eligibility.law import tables
from eligibility.scope import Scope, same_county
from eligibility.stated import ON_PAPERS_ONLY, STATABLE, Statable, StatedFactError, read_value
from eligibility.truth import Flags, Truth

__all__ = ["ON_PAPERS_ONLY", "STATABLE", "Facts", "Scope", "Statable", "StatedFactError", "read_value", "same_county"]

CRIMINAL_HISTORY = "the person's criminal history, which no DOJ file shows"
"""What is missing of somebody whom only a court's extract shows."""

_IS_PROBATION = re.compile(r"\bPROB", re.IGNORECASE)


class Facts(ConvictionFacts):
    """Adds what all convictions of the person tell, the sentence, priors and amounts: everything rules look at."""

    # The subject

    @cached_property
    def _of_person(self) -> tuple[Places, Places, int]:
        """A number from 0 per person: for all convictions, for subjects; and how many persons there are."""
        convictions, subjects = numbers(self.convictions["person"]), numbers(self.history.subjects["person"])
        names, codes = np.unique(np.concatenate([convictions, subjects]), return_inverse=True)
        return codes[: len(convictions)], codes[len(convictions) :], len(names)

    @cached_property
    def person_code(self) -> Places:
        return self._of_person[0][self.at]

    def _at_person(self, of_person: Flags) -> Flags:
        """One answer per person to one per conviction in scope."""
        found: Flags = of_person[self.person_code]
        return found

    def _any_of_person(self, name: str) -> Flags:
        _, subjects, size = self._of_person
        so = flags(self.history.subjects[name])
        return self._at_person(np.bincount(subjects[so], minlength=size) > 0)

    @cached_property
    def history_unknown(self) -> Flags:
        """The person is known only from courts' extracts: what else is on record, nobody has looked up."""
        _, subjects, size = self._of_person
        told = np.bincount(subjects[~flags(self.history.subjects["court_only"])], minlength=size) > 0
        return self._at_person(~told)

    @cached_property
    def shown_by_court_only(self) -> Flags:
        """The conviction stands in a court's extract and in no DOJ file, whatever else is known of the person."""
        of_subject = self.history.subjects.filter(self.history.subjects["court_only"])["subject"]
        return np.isin(numbers(self.table["subject"]), numbers(of_subject))

    @cached_property
    def is_deceased(self) -> Flags:
        return self._any_of_person("deceased")

    @property
    def has_died(self) -> Truth:
        return Truth.unless(self.history_unknown & ~self.is_deceased, self.is_deceased, fact=CRIMINAL_HISTORY)

    @cached_property
    def is_registered(self) -> Flags:
        """The record shows a PC 290 registration; it does not say under which subdivision."""
        return self._any_of_person("registered")

    @cached_property
    def birth_dates(self) -> Dates:
        """Per person; NaT if no file has one or the files differ."""
        _, subjects, size = self._of_person
        born = dates.column(self.history.subjects["birth_date"])
        known = ~np.isnat(born)
        earliest = np.full(size, np.iinfo(np.int64).max)
        latest = np.full(size, np.iinfo(np.int64).min)
        np.minimum.at(earliest, subjects[known], born[known].astype(np.int64))
        np.maximum.at(latest, subjects[known], born[known].astype(np.int64))
        of_person = np.full(size, dates.UNKNOWN)
        agreed = earliest == latest
        of_person[agreed] = earliest[agreed].astype("datetime64[D]")
        return of_person

    @cached_property
    def birth_date(self) -> Dates:
        return self.birth_dates[self.person_code]

    def surely_under_at_offense(self, years: int) -> Flags:
        """Under this age on every day of the offense interval."""
        return self._birthday(years) > self.offense_to

    def surely_of_age_at_offense(self, years: int) -> Flags:
        """At least this age on every day of the offense interval."""
        return self._birthday(years) <= self.offense_from

    def _birthday(self, years: int) -> Dates:
        """The day on which each subject is that old."""
        if years not in self._birthdays:
            self._birthdays[years] = dates.plus(self.birth_date, years=years)
        return self._birthdays[years]

    @cached_property
    def _birthdays(self) -> dict[int, Dates]:
        return {}

    def under_at_offense(self, years: int) -> Truth:
        """Under this age on the day of the offense; unknown where the offense interval holds the birthday."""
        yes, no = self.surely_under_at_offense(years), self.surely_of_age_at_offense(years)
        undated, unknown = np.isnat(self.birth_date), ~(yes | no)
        return Truth(yes, unknown, {"birth date": unknown & undated, "offense date": unknown & ~undated})

    def under_at_conviction(self, years: int) -> Truth:
        yes = self._birthday(years) > self.conviction_date
        missing = {"birth date": np.isnat(self.birth_date), "conviction date": np.isnat(self.conviction_date)}
        unknown = missing["birth date"] | missing["conviction date"]
        return Truth(yes & ~unknown, unknown, missing)

    def is_at_least(self, years: int) -> Truth:
        """At least this age on the as-of date."""
        yes = self._birthday(years) <= self.today
        return Truth.unless(np.isnat(self.birth_date), yes, fact="birth date")

    def is_at_most(self, years: int) -> Truth:
        """At most this age on the as-of date; on the birthday itself, still."""
        yes = self._birthday(years) >= self.today
        return Truth.unless(np.isnat(self.birth_date), yes, fact="birth date")

    @property
    def is_juvenile_court(self) -> Flags:
        return flags(self.table["juvenile"])

    @property
    def is_certified_adult(self) -> Flags:
        return flags(self.table["certified_adult"])

    @cached_property
    def is_juvenile(self) -> Flags:
        """A juvenile court, or surely under 18 over the whole offense interval; not if certified to adult court."""
        young = self.surely_under_at_offense(tables.limit("adult_age", self.as_of))
        return (self.is_juvenile_court | young) & ~self.is_certified_adult

    @cached_property
    def convictions_on_record(self) -> Places:
        """How many convictions the person has, any county, any section."""
        everyone, _, size = self._of_person
        return np.bincount(everyone, minlength=size)[self.person_code]

    @cached_property
    def has_only_listed_convictions(self) -> Truth:
        """Every conviction on record is under §§ 11357 to 11360; unknown where only unreadable ones are not."""
        everyone, _, size = self._of_person
        listed = present(self.convictions["prop64"])
        unread = ~present(self.convictions["code_section"]) & ~listed
        others = np.bincount(everyone[~listed & ~unread], minlength=size)[self.person_code] > 0
        unclear = np.bincount(everyone[unread], minlength=size)[self.person_code] > 0
        listed_only = Truth.unless(unclear & ~others, ~others & ~unclear, fact="other convictions' code sections")
        return listed_only & self._nothing_further(~others)

    def _nothing_further(self, matters: Flags) -> Truth:
        """Yes where the whole criminal history is known; unknown where it isn't and what else is on it matters."""
        unknown = self.history_unknown & matters
        return Truth.unless(unknown, ~unknown, fact=CRIMINAL_HISTORY)

    @cached_property
    def has_several_convictions(self) -> Truth:
        several = self.convictions_on_record > 1
        return Truth.unless(self.history_unknown & ~several, several, fact=CRIMINAL_HISTORY)

    @cached_property
    def latest_conviction(self) -> Dates:
        """The person's latest known conviction date; NaT if none is known."""
        everyone, _, size = self._of_person
        latest = np.full(size, np.iinfo(np.int64).min)
        np.maximum.at(latest, everyone, self.all_dates.astype(np.int64))
        return latest.astype("datetime64[D]")[self.person_code]

    @cached_property
    def some_conviction_undated(self) -> Flags:
        everyone, _, size = self._of_person
        return np.bincount(everyone[np.isnat(self.all_dates)], minlength=size)[self.person_code] > 0

    def no_conviction_for(self, years: int) -> Truth:
        """The latest conviction on record is more than `years` calendar years before the as-of date."""
        since = dates.plus(np.array([self.today]), years=-years)[0]
        lately = self.latest_conviction >= since
        unknown = ~lately & self.some_conviction_undated
        long_ago = Truth.unless(unknown, self.latest_conviction < since, fact="dates of other convictions")
        return long_ago & self._nothing_further(~lately)

    def convicted_at_least_ago(self, years: int) -> Truth:
        since = dates.plus(np.array([self.today]), years=-years)[0]
        return Truth.unless(np.isnat(self.conviction_date), self.conviction_date <= since, fact="conviction date")

    # The sentence

    @cached_property
    def sentence(self) -> sentences.Sentence:
        return sentences.of(self)

    @cached_property
    def probation_granted(self) -> Flags:
        """A part of the sentence is probation."""
        parts = self.history.sentences
        of_probation = parts["count"].filter(
            pa.array(passing(parts["location"], lambda text: bool(_IS_PROBATION.search(text))))
        )
        return np.isin(numbers(self.table["count"]), numbers(of_probation))

    @cached_property
    def sentence_is_completed(self) -> Truth:
        unknown = self.sentence.route == sentences.UNKNOWN
        return Truth.unless(unknown, self.sentence.route == sentences.COMPLETED, fact="sentence")

    @cached_property
    def every_sentence_is_completed(self) -> Truth:
        """The sentences of all the person's convictions, any county; unknown where only unclear ones may not be."""
        everyone, _, size = self._of_person
        route = sentences.routes_on_record(self)
        serving = np.bincount(everyone[route == sentences.SERVING], minlength=size)[self.person_code] > 0
        unclear = np.bincount(everyone[route == sentences.UNKNOWN], minlength=size)[self.person_code] > 0
        done = Truth.unless(unclear & ~serving, ~(unclear | serving), fact="sentences of all convictions")
        return done & self._nothing_further(~serving)

    # Priors and amounts

    @cached_property
    def priors(self) -> priors.Priors:
        return priors.of(self)

    def prior_bars(self, possible: Flags, *, fact: str) -> Truth:
        """Whether a possible prior bars relief: unknown until an attorney states it (`no_prior_bar`), since a section
        number never proves it."""
        bars = self.stated.flags("no_prior_bar", self.length, value=False)
        cleared = self.stated.flags("no_prior_bar", self.length, value=True)
        return Truth.unless(possible & ~(bars | cleared), possible & bars, fact=fact)

    def weighs_more_than(self, grams: float) -> Truth:
        """The cannabis weighed more. No criminal history says: unstated, it is unknown, or not there if the policy
        decides what is unproven; an exception to relief is never presumed. Cultivation is not weighed."""
        weight = self.stated.numbers("grams", self.length)
        unstated = np.isnan(weight) & ~self.section_is("11358").yes
        heavier = Truth.known((weight > grams) & ~self.section_is("11358").yes)
        if self.when_unproven != "hand_review":
            return heavier
        return Truth.unless(unstated, heavier.yes, fact="weight")

    @cached_property
    def grounds(self) -> grounds.Grounds:
        """Exceptions that a person stated."""
        return grounds.of(self)

    @cached_property
    def grades(self) -> grades.Grades:
        """What the offense would be under the law as the Act left it."""
        return grades.of(self)

    @property
    def convicted_under_act(self) -> Flags:
        """Convicted since the Act under a subdivision that has its meaning from the Act."""
        act = np.datetime64(tables.limit("act_in_force", self.as_of), "D")
        found: Flags = self.grades.names_the_act & (self.conviction_date >= act)
        return found

    @cached_property
    def stated_amount(self) -> tuple[Flags, Flags]:
        """Where an amount that matters to this section is stated within the lawful limits; where beyond them."""
        number = {name: self.stated.numbers(name, self.length) for name in ("grams", "concentrate_grams", "plants")}
        limits = {
            "grams": tables.limit("possession_grams", self.as_of),
            "concentrate_grams": tables.limit("concentrate_grams", self.as_of),
            "plants": tables.limit("plants", self.as_of),
        }
        cultivation = self.section_is("11358").yes
        counted = {"grams": ~cultivation, "concentrate_grams": ~cultivation, "plants": cultivation}
        beyond = np.logical_or.reduce([counted[name] & (number[name] > limits[name]) for name in limits])
        within = np.logical_or.reduce([counted[name] & (number[name] <= limits[name]) for name in limits])
        return within & ~beyond, beyond

    @cached_property
    def amount_is_lawful(self) -> Truth:
        """The amount was within what an adult may lawfully have; a criminal history never says."""
        within, beyond = self.stated_amount
        unproven = ~(within | beyond)
        if self.when_unproven == "dismiss":
            return Truth.known(within | unproven)
        if self.when_unproven == "redesignate":
            return Truth.known(within)
        return Truth.unless(unproven, within, fact="amount")
