"""What a reconciliation of an invented extract found, held against the truth."""

from collections import Counter
from dataclasses import dataclass

import pyarrow as pa

from eligibility.records.reconciling import MATCHED, Reconciliation
from tests.eligibility.records.extracts import Sample, slip_counts

KEY = ("case_number", "section", "conviction_date")


@dataclass(frozen=True)
class Finding:
    """`recall`: by kind of slip the share of true pairs that were matched, shown as contradicting or suggested.

    `asked`: pairs that a person is asked about, contradicting or suggested.
    """

    recall: dict[str, float]
    matched: int
    matched_wrongly: int
    asked: int
    asked_wrongly: int
    suggested: int
    suggested_wrongly: int
    matched_by_other_keys: int  # though case number, section or date differ
    namesakes_likely: int
    rows_accounted_for: int


def judge(made: Sample, extract: pa.Table, found: Reconciliation) -> Finding:
    """Compare with the truth."""
    rows = extract["row"].to_pylist()
    missed = Counter(slip_counts(made))
    number: Counter[tuple[str, bool]] = Counter()
    namesakes = 0
    for pair in found.pairs.to_pylist():
        row = rows[pair["court"]]
        right = made.truth[row - 1] == pair["known"]
        number[pair["kind"], right] += 1
        namesakes += row in made.namesakes and pair["likely"]
        if right:
            missed -= Counter(made.slips[row - 1] or ("none",))
    every = slip_counts(made)
    matched = {right: number[MATCHED, right] for right in (True, False)}
    suggested = {right: number["suggested", right] for right in (True, False)}
    contradicting = {right: number["contradicting", right] for right in (True, False)}
    return Finding(
        recall={kind: 1 - missed[kind] / every[kind] for kind in sorted(every)},
        matched=sum(matched.values()),
        matched_wrongly=matched[False],
        asked=sum(suggested.values()) + sum(contradicting.values()),
        asked_wrongly=suggested[False] + contradicting[False],
        suggested=sum(suggested.values()),
        suggested_wrongly=suggested[False],
        matched_by_other_keys=sum(
            pair["kind"] == MATCHED and any(pair[name] != "same" for name in KEY) for pair in found.pairs.to_pylist()
        ),
        namesakes_likely=namesakes,
        rows_accounted_for=found.pairs.num_rows + len(found.only_court),
    )
