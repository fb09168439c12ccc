"""What the subjects were charged with and convicted of: one line per count."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from eligibility.records.case_numbers import case_numbers
from eligibility.records.columns import Codes, Flags
from eligibility.records.later_events import custody_noted, relief_noted
from eligibility.records.row_groups import RowGroups
from eligibility.records.schema import COUNTS
from eligibility.records.sections import SectionReading, read_sections
from eligibility.records.severities import read_severities


def counts(groups: RowGroups) -> pa.Table:
    """All counts; what can't be read of a conviction is noted as a problem."""
    _, row_of = groups.count_groups
    texts = [groups.text(name) for name in ("OFFENSE_DESCR", "CONV_OFFENSE_DESCR", "COMMENT_TEXT")]
    sections = read_sections(
        *texts,
        row_of=groups.saying(np.logical_or.reduce([each.filled for each in texts])),
        convicted=groups.convicted[row_of],
    )
    columns = _place(groups, row_of) | _offense(groups, sections) | _court(groups, row_of)
    columns |= _afterwards(groups, sections)
    return pa.table([columns[name] for name in COUNTS.names], schema=COUNTS)


def _place(groups: RowGroups, row_of: Codes) -> dict[str, pa.Array]:
    """Whose the count is, and where it stands in the files."""
    take = pa.array(row_of)
    return {
        "count": pa.array(np.arange(len(row_of)), pa.int32()),
        "subject": pa.array(groups.subject[row_of], pa.int32()),
        "person": pa.array(groups.subject[row_of], pa.int64()),
        "source": pa.array(groups.source[row_of], pa.int16()),
        "event": pa.array(groups.event_groups[0][row_of], pa.int32()),
        "row": groups.rows["row"].take(take).combine_chunks(),
        "line": groups.rows["line"].take(take).combine_chunks(),
        "record_id": groups.rows["RECORD_ID"].take(take).combine_chunks(),
        "count_order": groups.order.at(row_of),
        "cycle": groups.order.mapped(lambda text: text[:3]).at(row_of),
    }


def _offense(groups: RowGroups, sections: SectionReading) -> dict[str, pa.Array]:
    """What the count is of, and how severe."""
    _, row_of = groups.count_groups
    stated, charged = groups.text("CONV_STAT_DESCR"), groups.text("OFFENSE_TOC")
    severity, inferred = read_severities(
        stated, charged, stated_at=groups.saying(stated.filled), charged_at=groups.saying(charged.filled)
    )
    convicted = groups.convicted[row_of]
    _note_problems(groups, row_of, convicted, sections, severity)
    return {
        "convicted": pa.array(convicted),
        "disposition": groups.text("DISP_DESCR").at(row_of),
        "section_text": sections.texts,
        "code_section": sections.code_section,
        "part": sections.part,
        "prop64": sections.prop64,
        "related": sections.related,
        "in_comment": pa.array(sections.in_comment),
        "severity": severity,
        "severity_inferred": pa.array(inferred),
        "comment": groups.text("COMMENT_TEXT").at(row_of),
        "offense_toc": groups.text("OFFENSE_TOC").at(row_of),
    }


def _afterwards(groups: RowGroups, sections: SectionReading) -> dict[str, pa.Array]:
    """What the record notes after the conviction: relief, custody."""
    count_of_row, row_of = groups.count_groups
    disposition, comment = groups.text("DISP_DESCR"), groups.text("COMMENT_TEXT")
    relief = relief_noted(
        disposition,
        comment,
        groups.text("OFFENSE_DESCR"),
        count_of_row=count_of_row,
        row_of=row_of,
        convicted=groups.convicted,
        cycle=groups.cycle,
        step=groups.step,
        section=_section_numbers(sections.code_section),
    )
    custody = custody_noted(groups.kind, disposition, comment, row_of=row_of, cycle=groups.cycle, step=groups.step)
    return {"relief_noted": relief, "custody_noted": pa.array(custody)}


def _court(groups: RowGroups, row_of: Codes) -> dict[str, pa.Array]:
    """When and where the count was decided."""
    court, disposition = groups.text("STP_ORI_DESCR"), groups.text("DISP_DESCR")
    of_juveniles = groups.text("STP_ORI_TYPE_DESCR").matching(r"JUV") | court.matching(r"JUV")
    of_juveniles |= groups.text("STP_ORI_TYPE").matching(r"^JUV")
    certified = disposition.matching(r"CERTIFIED\s+(FROM\s+JUV|TO\s+ADULT)")
    juvenile = (of_juveniles | disposition.matching(r"\bJUV")) & ~certified
    event, size = groups.event_groups
    is_court = groups.kind.matching(r"^COURT ACTION$")
    numbers = case_numbers(
        groups.text("OFN"), groups.text("FE_NUM_CRT_CASE"), is_court=is_court, event=event, size=size
    )
    return {
        "date": groups.event_dates.at(groups.dated),
        "date_text": groups.event_dates.text.at(groups.dated),
        "county": groups.county.at(groups.placed_in_county),
        "court_text": court.at(row_of),
        "case_numbers": numbers.take(pa.array(event[row_of])),
        "juvenile": pa.array(juvenile[row_of]),
        "certified_adult": pa.array(certified[row_of]),
    }


def _note_problems(
    groups: RowGroups, row_of: Codes, convicted: Flags, sections: SectionReading, severity: pa.Array
) -> None:
    def flagged(counts: Flags) -> Flags:
        rows = np.zeros(groups.rows.num_rows, bool)
        rows[row_of[counts & convicted]] = True
        return rows

    undated = ~groups.event_dates.known[groups.dated]
    what = "The conviction date is missing or no date (YYYYMMDD)."
    groups.note(groups.rows, flagged(undated), "STP_EVENT_DATE", what, "conviction date unknown")
    what = "The severity is missing or none that is known (felony, misdemeanor, infraction)."
    no_severity = severity.is_null().to_numpy(zero_copy_only=False)
    groups.note(groups.rows, flagged(no_severity), "CONV_STAT_DESCR", what, "severity unknown")
    what = "No code section can be read."
    no_section = sections.code_section.is_null().to_numpy(zero_copy_only=False)
    groups.note(groups.rows, flagged(no_section), "OFFENSE_DESCR", what, "code section unknown")
    what = "The offense charged is another than the offense convicted of, and one of them is a cannabis section."
    groups.note(groups.rows, flagged(sections.differs), "CONV_OFFENSE_DESCR", what, "read as the offense convicted of")
    what = "The row doesn't say in which county the conviction was."
    no_county = ~groups.county.filled[groups.placed_in_county]
    groups.note(groups.rows, flagged(no_county), "STP_ORI_CNTY_NAME", what, "in no county's scope")


def _section_numbers(column: pa.DictionaryArray) -> Codes:
    """Each code section as a number, -1 for none."""
    return np.asarray(pc.fill_null(column.indices, -1), np.int64)
