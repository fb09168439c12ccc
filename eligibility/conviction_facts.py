"""Facts of each conviction by itself: what it is of, what else is in its cycle, when the offense was done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from eligibility import cycles, dates, stated
from eligibility.arrow import flags, numbers, passing, plain, present
from eligibility.dates import Dates
from eligibility.law import tables
from eligibility.law.code_sections import is_listed, normalised, parse_all
from eligibility.records.schema import History
from eligibility.scope import Scope, members
from eligibility.scope import holds as in_scope
from eligibility.truth import Flags, Truth

Places = NDArray[np.int64]


class ConvictionFacts:
    """The facts of each conviction in scope by itself, in the order of the files.

    `when_unproven` is the policy's word on facts that no criminal history carries (amount, plants): "hand_review"
    leaves them unknown, "dismiss" presumes them within the limits, "redesignate" beyond them.
    """

    def __init__(
        self,
        history: History,
        *,
        scope: Scope,
        as_of: date,
        stated_facts: pa.Table | None = None,
        when_unproven: str = "hand_review",
        only: tuple[int, int] | None = None,
    ) -> None:
        """`only`: one conviction's source and row, to explain it; everybody's facts stay those of the whole history."""
        self.history, self.as_of, self.when_unproven = history, as_of, when_unproven
        self.today = np.datetime64(as_of, "D")
        self.convictions = history.counts.filter(history.counts["convicted"]).combine_chunks()
        self.at = self._in_scope(scope, only)
        self.table = self.convictions.take(pa.array(self.at))
        self.length = len(self.at)
        self.stated = stated.beside(stated_facts, numbers(self.table["source"]), numbers(self.table["row"]))

    def _in_scope(self, of: Scope, only: tuple[int, int] | None) -> Places:
        chosen = in_scope(of, self.convictions)
        source, row = numbers(self.convictions["source"]), numbers(self.convictions["row"])
        if only is not None:
            chosen &= (source == only[0]) & (row == only[1])
        at = np.flatnonzero(chosen)
        return at[np.lexsort((row[at], source[at]))]

    # The conviction

    @cached_property
    def severity(self) -> pa.Array:
        """felony, misdemeanor, infraction, or null."""
        column = plain(self.table["severity"])
        places = self.stated.places("severity")
        if not len(places):
            return column
        values = np.array(column.to_pylist(), dtype=object)
        values[places] = self.stated.values["severity"]
        return pa.array(values, pa.string())

    @cached_property
    def severity_is_inferred(self) -> Flags:
        """The severity is the charge's, since the disposition's is blank."""
        inferred = flags(self.table["severity_inferred"]).copy()
        inferred[self.stated.places("severity")] = False
        return inferred

    def _severity_is(self, name: str) -> Flags:
        return flags(pc.equal(self.severity, name))

    def severity_is(self, name: str) -> Truth:
        """felony, misdemeanor or infraction; unknown where the record has none."""
        return Truth.unless(~present(self.severity), self._severity_is(name), fact="severity")

    @cached_property
    def is_felony(self) -> Truth:
        return self.severity_is("felony")

    @cached_property
    def code_section(self) -> pa.Array:
        return plain(self.table["code_section"])

    def in_families(self, families: Sequence[str]) -> Flags:
        """The offense belongs to one of these families."""
        return members(tuple(families), self.table)

    @cached_property
    def is_related(self) -> Flags:
        """A charge that county offices reviewed beside the listed ones; one that names both counts as related."""
        return flags(self.table["related"])

    @cached_property
    def is_listed(self) -> Flags:
        """A charge under §§ 11357 to 11360, whatever stands beside it in the text."""
        return present(self.table["prop64"])

    @cached_property
    def part(self) -> pa.Array:
        """attempt, conspiracy, accessory or empty."""
        return plain(self.table["part"]).fill_null("")

    @property
    def is_from_comment(self) -> Flags:
        """The code section was read from the comment."""
        return flags(self.table["in_comment"])

    @cached_property
    def is_listed_itself(self) -> Flags:
        """A conviction of §§ 11357 to 11360 as such: no attempt, conspiracy, accessory or related charge."""
        return flags(pc.equal(self.part, "")) & ~self.is_related

    @cached_property
    def names_several_listed(self) -> Flags:
        """The text names several of §§ 11357 to 11360, or several of their subdivisions."""
        return passing(
            self.table["section_text"], lambda text: len({*map(str, filter(is_listed, parse_all(text)))}) > 1
        )

    def section_is(self, section: str) -> Truth:
        """The leftmost listed section of the conviction is `section` or a subdivision of it.

        Unknown where the record names less than is asked: 11357 HS may be § 11357(a).
        """
        asked = normalised(f"HS {section}")
        yes = passing(self.table["code_section"], lambda each: normalised(each).within(asked))
        less = passing(self.table["code_section"], lambda each: asked.within(normalised(each))) & ~yes
        return Truth.unless(less | ~present(self.table["code_section"]), yes, fact="code section")

    def related_section_is(self, section: str) -> Flags:
        """A related charge of this section, whether or not a listed one stands beside it in the text."""
        return passing(self.table["code_section"], lambda each: each == section) & self.is_related

    @cached_property
    def all_dates(self) -> Dates:
        """The dates of all convictions on record, any county."""
        return dates.column(self.convictions["date"])

    @cached_property
    def conviction_date(self) -> Dates:
        return self.all_dates[self.at]

    # The cycle

    @cached_property
    def cycles(self) -> cycles.Cycles:
        return cycles.of(self)

    @cached_property
    def listed_charge_in_cycle(self) -> Truth:
        """Any count of the cycle, convicted or not, is under §§ 11357 to 11360."""
        return Truth.unless(self.cycles.own < 0, cycles.has_listed_charge(self, self.cycles), fact="cycle")

    @cached_property
    def arrests(self) -> tuple[Dates, Dates]:
        """First and last dated arrest of the cycle that is not after the conviction; NaT without one."""
        return cycles.arrests(self, self.cycles)

    # The offense

    @cached_property
    def offense_from(self) -> Dates:
        """The first day on which the offense may have been done; NaT where the record sets none."""
        first, _ = self.arrests
        as_felony, as_lesser = (
            tables.limit(f"limitation_years_{each}", self.as_of) for each in ("felony", "misdemeanor")
        )
        lesser = self._severity_is("misdemeanor") | self._severity_is("infraction")
        begins = np.where(lesser, dates.plus(first, years=-as_lesser), dates.plus(first, years=-as_felony))
        said = self.stated.dates("offense_date", self.length)
        return np.where(np.isnat(said), begins, said)

    @cached_property
    def offense_to(self) -> Dates:
        """The last day on which it may have been done: the cycle's arrest, else the conviction; NaT without either."""
        _, last = self.arrests
        said = self.stated.dates("offense_date", self.length)
        ends = np.where(np.isnat(last), self.conviction_date, last)
        return np.where(np.isnat(said), ends, said)

    @cached_property
    def offense_is_after_act(self) -> Truth:
        """The whole offense interval is on or after the day the Act took effect."""
        act = np.datetime64(tables.limit("act_in_force", self.as_of), "D")
        yes = self.offense_from >= act
        no = self.offense_to < act
        return Truth.unless(~(yes | no), yes, fact="offense date")

    @cached_property
    def arrested_before_act(self) -> Flags:
        """Convicted on or after the day the Act took effect of an offense surely before it."""
        act = np.datetime64(tables.limit("act_in_force", self.as_of), "D")
        return (self.conviction_date >= act) & (self.offense_to < act)
