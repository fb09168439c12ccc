"""Own mode through the real reader, at once and in small parts, agrees with the plain reading on dirty files."""

import random
from datetime import date

import pytest

from eligibility import options as older
from eligibility import policy as policies
from eligibility.evaluate import evaluate
from eligibility.records.history import build
from eligibility.results import evaluate_in_parts
from tests.eligibility.records.rows import file_of, line, read
from tests.eligibility.reference import own as plain
from tests.eligibility.reference.test_compatible import options_of
from tests.eligibility.reference.test_own import as_json, rows_of

AS_OF = date(2020, 7, 1)
SPELLINGS = {"11359 HS-SALE": "11359HS", "11358 HS": "11358  HS", "11360(A) HS": "11360(A)HS"}


def dirty_rows(seed: int) -> list[dict[str, str]]:
    """Sentence parts, charges in the comment, odd spellings, deaths, and people's rows far apart."""
    some = random.Random(seed)
    rows = []
    for each in rows_of(3000 + seed):
        if some.random() < 0.3:
            each |= {"OFFENSE_DESCR": SPELLINGS.get(each["OFFENSE_DESCR"], each["OFFENSE_DESCR"])}
        if some.random() < 0.2:
            each |= {"COMMENT_TEXT": each["OFFENSE_DESCR"], "OFFENSE_DESCR": "SEE COMMENT FOR CHARGE"}
        rows.append(each)
        if some.random() < 0.2:
            rows.append(each | {"SENT_LENGTH": "016", "SENT_TIME_CODE": "M"})
        if some.random() < 0.1:
            died = {"STP_TYPE_DESCR": "DECEASED", "CNT_ORDER": "109001000000", "OFN": "", "COMMENT_TEXT": ""}
            nothing = dict.fromkeys(("OFFENSE_DESCR", "OFFENSE_TOC", "DISP_DESCR", "CONV_STAT_DESCR"), "")
            rows.append(each | died | nothing)
    some.shuffle(rows)
    return rows


@pytest.mark.parametrize("seed", range(200))
def test_at_once_and_in_parts_are_the_plain_reading(seed):
    rows, chosen = dirty_rows(seed), options_of(seed)
    policy = policies.load(text=older.as_policy(as_json(chosen)))
    given = read(file_of(*(line(**each) for each in rows)))
    at_once = evaluate(build(given.table), policy, county="CONTRA COSTA", as_of=AS_OF).table
    in_parts = evaluate_in_parts(
        given.table, policy, county="CONTRA COSTA", as_of=AS_OF, unreadable=given.problems, part_rows=3
    ).determinations.table
    columns = (at_once[name].to_pylist() for name in ("row", "rule", "outcome", "trace"))
    found = {number: (rule, outcome, trace) for number, rule, outcome, trace in zip(*columns, strict=True)}
    assert found == plain.decide_file(rows, "CONTRA COSTA", chosen, AS_OF)
    assert in_parts.to_pylist() == at_once.to_pylist()
