"""From rows to a History: who the subjects are, what happened to them, and of what they were convicted.

Texts are trimmed and read in any case, a later row repairs what the first one lacks, a sentence part belongs to its own
conviction, and the section is that of the offense convicted of.
"""

import re
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from eligibility.law import code_sections
from eligibility.records.case_numbers import case_numbers
from eligibility.records.columns import Codes, DateColumn, Flags, TextColumn, dense, first_row
from eligibility.records.later_events import custody_noted, relief_noted
from eligibility.records.layout import COLUMNS, READ
from eligibility.records.people import drop_readings, identify
from eligibility.records.problems import PROBLEMS, ROW_SET_ASIDE, ProblemList
from eligibility.records.schema import COUNTS, EVENTS, SUBJECTS, History
from eligibility.records.sections import SectionReading, read_sections
from eligibility.records.sentences import read_sentences
from eligibility.records.severities import read_severities

__all__ = ["History", "build", "drop_readings", "identify"]

COUNT_ORDER_DIGITS = 9
"""CNT_ORDER: cycle, step and count of three digits each (and three more that are always zero)."""

_USED = ["source", "row", "line", *(name for name in COLUMNS if name in READ)]


def build(rows: pa.Table, *, unreadable: pa.Table | None = None) -> History:
    """Gather the rows of one or several record files (told apart by `source`) into a History.

    `unreadable`: the problems that reading the files gave; rows set aside there are counted here.
    """
    return _Building(rows, unreadable if unreadable is not None else PROBLEMS.empty_table()).history()


class _Building:
    """The rows' columns, read once each, and what is derived from them."""

    def __init__(self, rows: pa.Table, unreadable: pa.Table) -> None:
        self.problems = ProblemList()
        self.unreadable = unreadable
        self.all_rows = rows
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
        self._note(
            rows, nameless, "SUBJECT_ID", "The row doesn't say whose it is: its SUBJECT_ID is blank.", ROW_SET_ASIDE
        )
        unplaced = ~nameless & ~order.flags(_places_a_count)
        if unplaced.any():
            matters = TextColumn.of(rows["DISP_DESCR"]).matching(r"^CONVICTED")
            is_court = TextColumn.of(rows["STP_TYPE_DESCR"]).matching(r"^COURT ACTION$")
            matters |= is_court & TextColumn.of(rows["OFN"]).filled
            matters |= TextColumn.of(rows["OFFENSE_DESCR"]).flags(
                lambda text: any(map(code_sections.is_listed, code_sections.parse_all(text)))
            )
            unplaced &= matters & ~TextColumn.of(rows["STP_TYPE_DESCR"]).matching(r"^DECEASED")
            what = "The count number is too short to say which cycle, event and count the row belongs to."
            self._note(rows, unplaced, "CNT_ORDER", what, ROW_SET_ASIDE)
        self.set_aside = int(nameless.sum() + unplaced.sum())
        return ~(nameless | unplaced)

    def _note(self, rows: pa.Table, which: Flags, column: str, what: str, done: str) -> None:
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
        return self.order.flags(_places_a_count)

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
    def _event_groups(self) -> tuple[Codes, int]:
        steps = self.order.mapped(lambda text: text[:6])
        keys = self.subject * (len(steps.texts) + 1) + steps.codes
        if self.placed.all():
            return dense(keys)
        alone = -1 - np.arange(len(keys))  # a row without a count number is an event of its own
        return dense(np.where(self.placed, keys, alone))

    @cached_property
    def _count_groups(self) -> tuple[Codes, Codes]:
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

    # Tables

    def history(self) -> History:
        """All tables, with subjects of several files that share a CII number as one person."""
        subjects = self._subjects()
        events = self._events()
        counts = self._counts()
        sentences = self._sentences()
        used_for_counts = len(self._count_groups[1])
        telling = int(self.tells_of_a_count.sum())
        rest = ~self.tells_of_a_count
        unreadable = self.unreadable.filter(pc.equal(self.unreadable["done"], ROW_SET_ASIDE))
        unreadable_rows = unreadable.group_by(["source", "row"]).aggregate([]).num_rows
        reconciliation = {
            "rows_read": self.all_rows.num_rows + unreadable_rows,
            "rows_counts": used_for_counts,
            "rows_added_to_one": telling - used_for_counts,
            "rows_registrations": int((rest & self.is_registration).sum()),
            "rows_deaths": int((rest & self.is_death).sum()),
            "rows_other_events": int((rest & ~self.is_registration & ~self.is_death).sum()),
            "rows_set_aside": self.set_aside + unreadable_rows,
        }
        problems = pa.concat_tables([self.unreadable.cast(PROBLEMS), self.problems.table()])
        return identify(History(subjects, events, counts, sentences, problems, reconciliation))

    def _subjects(self) -> pa.Table:
        size, every = self.subject_count, np.ones(len(self.subject), bool)
        first = first_row(self.subject, size, every)
        born = DateColumn.of(self.text("PRI_DOB"))
        readable = first_row(self.subject, size, born.known)
        written = first_row(self.subject, size, born.text.filled)
        birth_row = np.where(readable >= 0, readable, written)
        numbers, names = self.text("CII_NUMBER"), self.text("PRI_NAME")
        unread = np.zeros(len(self.subject), bool)
        unread[written[(readable < 0) & (written >= 0)]] = True
        self._note(self.rows, unread, "PRI_DOB", "The birth date is no date (YYYYMMDD).", "birth date unknown")
        self._note_contradictions(
            "PRI_DOB", born.days.astype(np.int64), born.known, birth_row, "another birth date than a row before it"
        )
        self._note_contradictions(
            "CII_NUMBER",
            numbers.codes.astype(np.int64),
            numbers.filled,
            first_row(self.subject, size, numbers.filled),
            "another CII number than a row before it",
        )
        is_290 = self.text("OFFENSE_DESCR").matching(r"^\s*(PC\s*)?290(\D|$)")
        registered = np.bincount(self.subject[self.kind.matching(r"^REGISTRATION") & is_290], minlength=size) > 0
        deceased = np.bincount(self.subject[self.kind.matching(r"^DECEASED")], minlength=size) > 0
        return pa.table(
            [
                pa.array(np.arange(size), pa.int32()),
                pa.array(self.source[first], pa.int16()),
                self.text("SUBJECT_ID").at(first).dictionary_decode(),
                numbers.at(first_row(self.subject, size, numbers.filled)).dictionary_decode(),
                pc.fill_null(names.at(first_row(self.subject, size, names.filled)).dictionary_decode(), ""),
                born.at(birth_row),
                pc.fill_null(born.text.at(birth_row).dictionary_decode(), ""),
                pa.array(deceased),
                pa.array(registered),
                self.rows["row"].take(pa.array(first)).combine_chunks(),
                pa.array(np.arange(size), pa.int64()),
            ],
            schema=SUBJECTS,
        )

    def _note_contradictions(self, column: str, values: Codes, known: Flags, chosen: Codes, which: str) -> None:
        """Note the first row of each subject whose value differs from the one that is used."""
        used = np.maximum(chosen[self.subject], 0)
        differs = known & (chosen[self.subject] >= 0) & (values != values[used]) if len(values) else known
        first = first_row(self.subject, self.subject_count, differs)
        noted = np.zeros(len(self.subject), bool)
        noted[first[first >= 0]] = True
        self._note(self.rows, noted, column, f"The row gives the subject {which}.", "the earlier one is used")

    def _events(self) -> pa.Table:
        event, size = self._event_groups
        first = first_row(event, size, np.ones(len(event), bool))
        dates = self._event_dates
        dated = first_row(event, size, dates.known)
        return pa.table(
            [
                pa.array(np.arange(size), pa.int32()),
                pa.array(self.subject[first], pa.int32()),
                pa.array(self.source[first], pa.int16()),
                self.order.mapped(lambda text: text[:3] if _places_a_count(text) else "").at(first),
                self.order.mapped(lambda text: text[3:6] if _places_a_count(text) else "").at(first),
                dates.at(np.where(dated >= 0, dated, first)),
                dates.text.at(np.where(dated >= 0, dated, first)),
                self.kind.at(first),
                self.text("STP_ORI_DESCR").at(first),
                self._county.at(first),
                self.rows["row"].take(pa.array(first)).combine_chunks(),
            ],
            schema=EVENTS,
        )

    @cached_property
    def _event_dates(self) -> DateColumn:
        return DateColumn.of(self.text("STP_EVENT_DATE"))

    @cached_property
    def _county(self) -> TextColumn:
        return self.text("STP_ORI_CNTY_NAME").mapped(lambda text: " ".join(text.upper().split()))

    def _counts(self) -> pa.Table:
        count_of_row, row_of = self._count_groups
        dates = self._event_dates
        convicted = self.convicted[row_of]
        comment, offense = self.text("COMMENT_TEXT"), self.text("OFFENSE_DESCR")
        sections = read_sections(offense, self.text("CONV_OFFENSE_DESCR"), comment, row_of=row_of, convicted=convicted)
        severity, inferred = read_severities(
            self.text("CONV_STAT_DESCR"),
            self.text("OFFENSE_TOC"),
            count_of_row=count_of_row,
            row_of=row_of,
            convicted=self.convicted,
        )
        self._note_counts(row_of, convicted, dates, sections, severity)
        court = self.text("STP_ORI_TYPE_DESCR").matching(r"JUV") | self.text("STP_ORI_DESCR").matching(r"JUV")
        court |= self.text("STP_ORI_TYPE").matching(r"^JUV")
        certified = self.text("DISP_DESCR").matching(r"CERTIFIED\s+(FROM\s+JUV|TO\s+ADULT)")
        juvenile = (court | self.text("DISP_DESCR").matching(r"\bJUV")) & ~certified
        take = pa.array(row_of)
        columns = {
            "count": pa.array(np.arange(len(row_of)), pa.int32()),
            "subject": pa.array(self.subject[row_of], pa.int32()),
            "person": pa.array(self.subject[row_of], pa.int64()),
            "source": pa.array(self.source[row_of], pa.int16()),
            "event": pa.array(self._event_groups[0][row_of], pa.int32()),
            "row": self.rows["row"].take(take).combine_chunks(),
            "line": self.rows["line"].take(take).combine_chunks(),
            "record_id": self.rows["RECORD_ID"].take(take).combine_chunks(),
            "count_order": self.order.at(row_of),
            "cycle": self.order.mapped(lambda text: text[:3]).at(row_of),
            "convicted": pa.array(convicted),
            "disposition": self.text("DISP_DESCR").at(row_of),
            "section_text": sections.texts,
            "code_section": sections.code_section,
            "part": sections.part,
            "prop64": sections.prop64,
            "related": sections.related,
            "in_comment": pa.array(sections.in_comment),
            "severity": severity,
            "severity_inferred": pa.array(inferred),
            "date": dates.at(row_of),
            "date_text": dates.text.at(row_of),
            "county": self._county.at(row_of),
            "court_text": self.text("STP_ORI_DESCR").at(row_of),
            "case_numbers": case_numbers(
                self.text("OFN"),
                self.text("FE_NUM_CRT_CASE"),
                is_court=self.kind.matching(r"^COURT ACTION$"),
                event=self._event_groups[0],
                size=self._event_groups[1],
            ).take(pa.array(self._event_groups[0][row_of])),
            "comment": self.text("COMMENT_TEXT").at(row_of),
            "juvenile": pa.array(juvenile[row_of]),
            "certified_adult": pa.array(certified[row_of]),
            "offense_toc": self.text("OFFENSE_TOC").at(row_of),
            "relief_noted": relief_noted(
                self.text("DISP_DESCR"),
                comment,
                offense,
                count_of_row=count_of_row,
                row_of=row_of,
                convicted=self.convicted,
                cycle=self._cycle,
                step=self._step,
                section=_section_numbers(sections.code_section),
            ),
            "custody_noted": pa.array(
                custody_noted(
                    self.kind,
                    self.text("DISP_DESCR"),
                    comment,
                    row_of=row_of,
                    cycle=self._cycle,
                    step=self._step,
                )
            ),
        }
        return pa.table([columns[name] for name in COUNTS.names], schema=COUNTS)

    # Problems of counts

    def _note_counts(
        self, row_of: Codes, convicted: Flags, dates: DateColumn, sections: SectionReading, severity: pa.Array
    ) -> None:
        def flagged(counts: Flags) -> Flags:
            rows = np.zeros(self.rows.num_rows, bool)
            rows[row_of[counts & convicted]] = True
            return rows

        undated = ~dates.known[row_of]
        what = "The conviction date is missing or no date (YYYYMMDD)."
        self._note(self.rows, flagged(undated), "STP_EVENT_DATE", what, "conviction date unknown")
        what = "The severity is missing or none that is known (felony, misdemeanor, infraction)."
        no_severity = severity.is_null().to_numpy(zero_copy_only=False)
        self._note(self.rows, flagged(no_severity), "CONV_STAT_DESCR", what, "severity unknown")
        what = "No code section can be read."
        no_section = sections.code_section.is_null().to_numpy(zero_copy_only=False)
        self._note(self.rows, flagged(no_section), "OFFENSE_DESCR", what, "code section unknown")
        what = "The offense charged is another than the offense convicted of, and one of them is a cannabis section."
        self._note(self.rows, flagged(sections.differs), "CONV_OFFENSE_DESCR", what, "read as the offense convicted of")
        what = "The row doesn't say in which county the conviction was."
        no_county = ~self.text("STP_ORI_CNTY_NAME").filled[row_of]
        self._note(self.rows, flagged(no_county), "STP_ORI_CNTY_NAME", what, "in no county's scope")

    def _sentences(self) -> pa.Table:
        count_of_row, row_of = self._count_groups
        parts, unread = read_sentences(
            self.text("SENT_LOC_DESCR"),
            self.text("SENT_LENGTH"),
            self.text("SENT_TIME_CODE"),
            count_of_row=count_of_row,
            convicted_counts=self.convicted[row_of],
        )
        what = "The length of the sentence can't be read."
        self._note(self.rows, unread, "SENT_LENGTH", what, "sentence length unknown")
        rows = self.rows["row"].combine_chunks().take(parts["row"].combine_chunks())
        return parts.set_column(1, "row", rows)

    @cached_property
    def _cycle(self) -> Codes:
        """Each row's cycle, a number of its own for each subject; -1 without a count number."""
        cycles = self.order.mapped(lambda text: text[:3])
        return np.where(self.placed, self.subject * (len(cycles.texts) + 1) + cycles.codes, -1)

    @cached_property
    def _step(self) -> Codes:
        """Each row's step within its cycle."""
        return self.order.numbers(lambda text: int(text[3:6]) if _places_a_count(text) else -1)


def _places_a_count(order: str) -> bool:
    return len(order) >= COUNT_ORDER_DIGITS and bool(re.fullmatch(r"[0-9]+", order))


def _section_numbers(column: pa.DictionaryArray) -> Codes:
    """Each code section as a number, -1 for none."""
    return np.asarray(pc.fill_null(column.indices, -1), np.int64)
