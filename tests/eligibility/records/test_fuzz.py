"""Mangled files: reading ends with rows and problems or with a refusal, and a row that nobody mangled is never lost."""

import random
from collections import Counter
from datetime import date

import pytest

from eligibility import policy as policies
from eligibility.records import doj, sample
from eligibility.records.problems import ROW_SET_ASIDE, NotARecordFile
from eligibility.results import evaluate_in_parts
from tests.eligibility.records.rows import read

FILES = 240


@pytest.fixture(scope="module")
def lines(tmp_path_factory):
    path = tmp_path_factory.mktemp("fuzz") / "sample.csv"
    sample.write(path, subjects=8, seed=5)
    return path.read_bytes().splitlines(keepends=True)


def flipped(line: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(line) - 1)
    return line[:at] + bytes([chance.randrange(1, 256)]) + line[at + 1 :]


def cut_short(line: bytes, chance: random.Random) -> bytes:
    return line[: chance.randrange(1, len(line))] + b"\n"


def quoted(line: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(line) - 1)
    return line[:at] + b'"' * chance.randrange(1, 4) + line[at:]


def without_columns(line: bytes, chance: random.Random) -> bytes:
    fields = line.split(b",")
    del fields[chance.randrange(len(fields)) :][: chance.randrange(1, 4)]
    return b",".join(fields[: chance.randrange(1, len(fields) + 1)]).rstrip(b"\n") + b"\n"


def with_columns(line: bytes, chance: random.Random) -> bytes:
    return line.rstrip(b"\n") + b"," * chance.randrange(1, 5) + b"\n"


def in_latin_1(line: bytes, chance: random.Random) -> bytes:
    return line.replace(b"A", b"\xc1").replace(b"N", b"\xd1", 1)


def with_controls(line: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(line) - 1)
    return line[:at] + chance.choice([b"\0", b"\x1a", b"\x85", b"\x0b", b"\xe2\x80\xa8"]) + line[at:]


def doubled(line: bytes, chance: random.Random) -> bytes:
    return line + line


def emptied(line: bytes, chance: random.Random) -> bytes:
    return b"," * line.count(b",") + b"\n"


MANGLERS = [flipped, cut_short, quoted, without_columns, with_columns, in_latin_1, with_controls, doubled, emptied]


def mangled(lines: list[bytes], seed: int) -> tuple[bytes, list[bytes]]:
    """A file with a few of its lines spoilt, and the lines that nobody touched.

    A lone quotation mark may rightly swallow lines up to the next one: lines between two spoilt ones count as touched.
    """
    chance = random.Random(seed)
    header, *rows = lines
    spoilt = sorted(chance.sample(range(1, len(rows)), chance.randrange(1, 6)))
    content = list(rows)
    for at in spoilt:
        content[at] = chance.choice(MANGLERS)(content[at], chance)
    safe = rows[: spoilt[0]] + rows[spoilt[-1] + 1 + 50 :]
    start = b"\xef\xbb\xbf" * chance.randrange(2) + header * chance.randrange(2)
    return start + b"".join(content), safe


def record_ids(lines: list[bytes]) -> Counter[str]:
    return Counter(line.split(b",", 1)[0].decode() for line in lines)


@pytest.mark.parametrize("first", range(0, FILES, 40))
def test_a_mangled_file_loses_no_good_row(lines, first):
    for seed in range(first, first + 40):
        content, safe = mangled(lines, seed)
        found = read(content)
        there = Counter(found.table["RECORD_ID"].to_pylist())
        assert not record_ids(safe) - there, f"seed {seed}"
        aside = {each["row"] for each in found.problems.to_pylist() if each["done"] == ROW_SET_ASIDE}
        assert found.rows_read == found.table.num_rows + len(aside), f"seed {seed}"


def test_a_mangled_file_is_evaluated_and_balances(lines):
    policy = policies.load("office_choice")
    for seed in range(1000, 1030):
        found = read(mangled(lines, seed)[0])
        results = evaluate_in_parts(
            found.table, policy, county="CONTRA COSTA", as_of=date(2019, 11, 1), unreadable=found.problems, part_rows=50
        )
        assert results.reconciliation["rows_read"] == found.rows_read, f"seed {seed}"


def test_noise_is_refused_or_read_and_never_an_error():
    chance = random.Random(1)
    for _ in range(60):
        content = bytes(chance.choices(b'ab,",\n\r\t|;0129 \xd1\0', k=chance.randrange(1, 6000)))
        try:
            found = read(content)
        except NotARecordFile:
            continue
        assert found.rows_read >= found.table.num_rows


def test_coded_rows_say_what_plain_rows_say(lines, tmp_path):
    for seed in range(40):
        path = tmp_path / f"{seed}.csv"
        path.write_bytes(mangled(lines, seed)[0])
        plain = doj.read_rows(path, name="x.csv")
        coded = doj.read_rows(path, name="x.csv", schema=doj.CODED_ROWS)
        for name in doj.CODED_ROWS.names:
            assert coded.table[name].to_pylist() == plain.table[name].to_pylist(), f"seed {seed}, {name}"
        assert coded.problems.equals(plain.problems)
