"""What later events of a cycle and comments say of a conviction."""

import pytest

from eligibility.records.later_events import NONE, OTHER, PROBATION_DISMISSAL, relief_in
from tests.eligibility.records.rows import arrest, only_count, row

LATER = {"CNT_ORDER": "101003001000", "OFN": ""}


@pytest.mark.parametrize(
    ("text", "relief"),
    [
        ("CONV SET ASIDE & DISM PER 1203.4 PC", PROBATION_DISMISSAL),
        ("1203.41 PC RELIEF", NONE),
        ("DISMISSED/FURTHERANCE OF JUSTICE", OTHER),
        ("11361.8 HS GRANTED", OTHER),
        ("RECORD SEALED", OTHER),
        ("SET ASIDE", OTHER),
        ("CONVICTED-PROB", NONE),
        ("NO DISMAY", NONE),
    ],
)
def test_words_of_relief(text, relief):
    assert relief_in(text) == relief


@pytest.mark.parametrize(
    ("later", "noted"),
    [
        ({"DISP_DESCR": "DISMISSED"}, "other"),
        ({"DISP_DESCR": "CONV SET ASIDE & DISM PER 1203.4 PC"}, "1203.4"),
        ({"DISP_DESCR": "", "COMMENT_TEXT": "SEALED PER 11361.8 HS"}, "other"),
        ({"DISP_DESCR": "GRANTED", "OFFENSE_DESCR": "1203.4 PC-DISMISSAL"}, "1203.4"),
        ({"DISP_DESCR": "DISMISSED", "OFFENSE_DESCR": ""}, "other"),
        ({"DISP_DESCR": "DISMISSED", "OFFENSE_DESCR": "484 PC"}, None),
        ({"DISP_DESCR": "DISMISSED", "CNT_ORDER": "102003001000"}, None),
        ({"DISP_DESCR": "DISMISSED", "CNT_ORDER": "101001001000"}, None),
        ({"DISP_DESCR": "PROB REVOKED"}, None),
    ],
)
def test_relief_in_a_later_event_of_the_cycle_for_this_section(later, noted):
    assert only_count(row(), row(**(LATER | later)))["relief_noted"] == noted


def test_relief_of_two_kinds_is_the_wider_one():
    later = row(**(LATER | {"DISP_DESCR": "1203.4 PC GRANTED"}))
    latest = row(**(LATER | {"CNT_ORDER": "101004001000", "DISP_DESCR": "SEALED"}))
    assert only_count(row(), later, latest)["relief_noted"] == "other"


def test_relief_in_the_convictions_own_comment():
    assert only_count(row(COMMENT_TEXT="1203.4 PC 20050101"))["relief_noted"] == "1203.4"
    assert only_count(row(COMMENT_TEXT="CASE CALLED"))["relief_noted"] is None


@pytest.mark.parametrize(
    ("later", "noted"),
    [
        ({"STP_TYPE_DESCR": "CUSTODY:PRISON", "DISP_DESCR": ""}, True),
        ({"DISP_DESCR": "PROB REVOKED"}, True),
        ({"DISP_DESCR": "", "COMMENT_TEXT": "BENCH WARRANT ISSUED"}, True),
        ({"STP_TYPE_DESCR": "PROBATION", "DISP_DESCR": ""}, False),
        ({"STP_TYPE_DESCR": "CUSTODY:JAIL", "DISP_DESCR": "", "CNT_ORDER": "101001001000"}, False),
        ({"STP_TYPE_DESCR": "CUSTODY:JAIL", "DISP_DESCR": "", "CNT_ORDER": "102001001000"}, False),
    ],
)
def test_custody_revocation_or_warrant_in_a_later_event(later, noted):
    assert only_count(row(), row(**(LATER | later)))["custody_noted"] is noted


def test_an_arrest_before_says_nothing_of_later():
    count = only_count(arrest(DISP_DESCR="PROB REVOKED"), row())
    assert (count["custody_noted"], count["relief_noted"]) == (False, None)
