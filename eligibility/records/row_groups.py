"""The rows' columns, read once each, and the subjects, events and counts that the rows belong to."""

import re
from functools import cached_property

import numpy as np
import pyarrow as pa

from eligibility.law import code_sections
from eligibility.records.columns import Codes, DateColumn, Flags, TextColumn, dense, first_row
from eligibility.records.layout import COLUMNS, READ
from eligibility.records.problems import ROW_SET_ASIDE, ProblemList

COUNT_ORDER_DIGITS = 9
"""CNT_ORDER: cycle, step and count of three digits each (and three more that are always zero)."""

_USED = ["source", "row", "line", *(name for name in COLUMNS if name in READ)]


class RowGroups:
    """The rows' columns, read once each, and what is derived from them."""

    def __init__(self, rows: pa.Table) -> None:
        self.problems = ProblemList()
        usable = self._usable(rows)
        self.rows = rows.select(_USED) if usable.all() else rows.select(_USED).filter(pa.array(usable))
        self.source = self.rows["source"].to_numpy().astype(np.int64)

    def text(self, name: str) -> TextColumn:
        """A column of the rows that are used."""
        if name not in self._texts:
            self._texts[name] = TextColumn.of(self.rows[name])
        return self._texts[name]

    @cached_property
    def _texts(self) -> dict[str, TextColumn]:
        return {}

    # Which rows can be used, and as what

    def _usable(self, rows: pa.Table) -> Flags:
        """Rows of a known subject whose count, where they have one to tell of, has a number."""
        subject_id, order = TextColumn.of(rows["SUBJECT_ID"]), TextColumn.of(rows["CNT_ORDER"])
        nameless = ~subject_id.filled
        self.note(
            rows, nameless, "SUBJECT_ID", "The row doesn't say whose it is: its SUBJECT_ID is blank.", ROW_SET_ASIDE
        )
        unplaced = ~nameless & ~order.flags(places_a_count)
        if unplaced.any():
            matters = TextColumn.of(rows["DISP_DESCR"]).matching(r"^CONVICTED")
            is_court = TextColumn.of(rows["STP_TYPE_DESCR"]).matching(r"^COURT ACTION$")
            matters |= is_court & TextColumn.of(rows["OFN"]).filled
            matters |= TextColumn.of(rows["OFFENSE_DESCR"]).flags(
                lambda text: any(map(code_sections.is_listed, code_sections.parse_all(text)))
            )
            unplaced &= matters & ~TextColumn.of(rows["STP_TYPE_DESCR"]).matching(r"^DECEASED")
            what = "The count number is too short to say which cycle, event and count the row belongs to."
            self.note(rows, unplaced, "CNT_ORDER", what, ROW_SET_ASIDE)
        self.set_aside = int(nameless.sum() + unplaced.sum())
        return ~(nameless | unplaced)

    def note(self, rows: pa.Table, which: Flags, column: str, what: str, done: str) -> None:
        """Note one problem for each of the flagged rows."""
        places = np.flatnonzero(which)
        if not len(places):
            return
        few = rows.select(["source", "row", "line", column]).take(pa.array(places)).to_pylist()
        for each in few:
            self.problems.add(
                source=each["source"],
                row=each["row"],
                line=each["line"],
                column=column,
                value=each[column],
                what=what,
                done=done,
            )

    @cached_property
    def order(self) -> TextColumn:
        return self.text("CNT_ORDER")

    @cached_property
    def placed(self) -> Flags:
        """The row has a count number that names cycle, event and count."""
        return self.order.flags(places_a_count)

    @cached_property
    def kind(self) -> TextColumn:
        return self.text("STP_TYPE_DESCR")

    @cached_property
    def convicted(self) -> Flags:
        return self.text("DISP_DESCR").matching(r"^CONVICTED")

    @cached_property
    def is_registration(self) -> Flags:
        return ~self.convicted & self.kind.matching(r"^REGISTRATION")

    @cached_property
    def is_death(self) -> Flags:
        return ~self.convicted & self.kind.matching(r"^DECEASED")

    @cached_property
    def tells_of_a_count(self) -> Flags:
        """The row names a charge or its disposition: a count, or part of one."""
        something = (
            self.text("OFFENSE_DESCR").filled | self.text("DISP_DESCR").filled | self.text("COMMENT_TEXT").filled
        )
        other = self.is_registration | self.is_death | self.kind.matching(r"^APPLICANT")
        return self.placed & ((something & ~other) | self.convicted)

    # Groups

    @cached_property
    def _subject_groups(self) -> tuple[Codes, int]:
        numbers = self.text("SUBJECT_ID")
        return dense(self.source * (len(numbers.texts) + 1) + numbers.codes)

    @property
    def subject(self) -> Codes:
        return self._subject_groups[0]

    @property
    def subject_count(self) -> int:
        return self._subject_groups[1]

    @cached_property
    def event_groups(self) -> tuple[Codes, int]:
        steps = self.order.mapped(lambda text: text[:6])
        keys = self.subject * (len(steps.texts) + 1) + steps.codes
        if self.placed.all():
            return dense(keys)
        alone = -1 - np.arange(len(keys))  # a row without a count number is an event of its own
        return dense(np.where(self.placed, keys, alone))

    @cached_property
    def count_groups(self) -> tuple[Codes, Codes]:
        """For each row its count (-1: none), and for each count its row: the first convicted one, else the first.

        Counts are numbered in the order of these rows.
        """
        keys = self.subject * (len(self.order.texts) + 1) + self.order.codes
        telling = np.flatnonzero(self.tells_of_a_count)
        groups, size = dense(keys[telling])
        group_of_row = np.full(len(keys), -1, np.int64)
        group_of_row[telling] = groups
        first = first_row(group_of_row, size, self.tells_of_a_count)
        convicted = first_row(group_of_row, size, self.tells_of_a_count & self.convicted)
        row_of = np.where(convicted >= 0, convicted, first)
        rank = np.empty(size, np.int64)
        rank[np.argsort(row_of)] = np.arange(size)
        return np.where(group_of_row >= 0, rank[np.maximum(group_of_row, 0)] if size else -1, -1), np.sort(row_of)

    def saying(self, said: Flags) -> Codes:
        """For each count its row or, where `said` does not hold there, the first one of its kind where it does.

        Rows of one kind are all convicted or all not.
        """
        count_of_row, row_of = self.count_groups
        silent = ~said[row_of]
        if not silent.any():
            return row_of
        found = first_row(count_of_row, len(row_of), said & self._is_of_its_kind & silent[np.maximum(count_of_row, 0)])
        return np.where(silent & (found >= 0), found, row_of)

    @cached_property
    def _is_of_its_kind(self) -> Flags:
        """The row belongs to a count and is convicted if its count is."""
        count_of_row, row_of = self.count_groups
        same: Flags = (count_of_row >= 0) & (self.convicted == self.convicted[row_of][np.maximum(count_of_row, 0)])
        return same

    @cached_property
    def dated(self) -> Codes:
        """For each count the row that dates it."""
        return self.saying(self.event_dates.known)

    @cached_property
    def placed_in_county(self) -> Codes:
        """For each count the row that says its county."""
        return self.saying(self.county.filled)

    # Columns that several tables read

    @cached_property
    def event_dates(self) -> DateColumn:
        return DateColumn.of(self.text("STP_EVENT_DATE"))

    @cached_property
    def county(self) -> TextColumn:
        return self.text("STP_ORI_CNTY_NAME").mapped(lambda text: " ".join(text.upper().split()))

    @cached_property
    def cycle(self) -> Codes:
        """Each row's cycle, a number of its own for each subject; -1 without a count number."""
        cycles = self.order.mapped(lambda text: text[:3])
        return np.where(self.placed, self.subject * (len(cycles.texts) + 1) + cycles.codes, -1)

    @cached_property
    def step(self) -> Codes:
        """Each row's step within its cycle."""
        return self.order.numbers(lambda text: int(text[3:6]) if places_a_count(text) else -1)


def places_a_count(order: str) -> bool:
    return len(order) >= COUNT_ORDER_DIGITS and bool(re.fullmatch(r"[0-9]+", order))
