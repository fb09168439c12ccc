"""The same data gives the same bytes: again, after other papers, in another process, place and time."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from hashlib import sha256

import pytest
import weasyprint.draw

from petitions import draft, draft_letter, render
from petitions.papers import exhibit
from tests.petitions import cases
from tests.petitions.samples import SAMPLES

ALL_HASHES = """
from hashlib import sha256
from tests.petitions.samples import SAMPLES
for name in reversed(SAMPLES):
    print(name, *(sha256(pdf).hexdigest() for pdf in SAMPLES[name]()))
"""
ANOTHER_TIME = """
import datetime, time
time.time = lambda: 4_000_000_000.0
class Later(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(2099, 12, 31, 23, 59, tzinfo=tz)
datetime.datetime = Later
"""
NO_SHORTCUTS = """
from petitions import shortcuts
shortcuts.leave()
from weasyprint import draw
assert draw.draw_text is draw.text.draw_text
"""


@cache
def hashes(name: str) -> list[str]:
    return [sha256(pdf).hexdigest() for pdf in SAMPLES[name]()]


def elsewhere(prepared: str, **environment: str) -> dict[str, list[str]]:
    """The hashes of all samples in a fresh process that draws them in the opposite order."""
    run = subprocess.run(
        [sys.executable, "-c", prepared + ALL_HASHES],
        capture_output=True, text=True, check=True, env={**os.environ, **environment},
    )  # fmt: skip
    return {line.split()[0]: line.split()[1:] for line in run.stdout.splitlines()}


@pytest.mark.parametrize("name", list(SAMPLES))
def test_a_kind_of_paper_drawn_again_after_others_has_the_same_bytes(name: str) -> None:
    before = hashes(name)
    draft(cases.case_file(cases.conviction(), defendant_name="ŁÓDŹ ÑÚÑEZ,ZOË Œ"))
    draft_letter(cases.letter(name="ŽIŽKA ŐRY"))
    assert [sha256(pdf).hexdigest() for pdf in SAMPLES[name]()] == before


def test_another_process_hash_seed_time_zone_language_and_clock_give_the_same_bytes() -> None:
    there = elsewhere(ANOTHER_TIME, PYTHONHASHSEED="4711", TZ="Pacific/Kiritimati", LC_ALL="C", LANG="C")
    assert there == {name: hashes(name) for name in SAMPLES}


def test_what_is_remembered_from_paper_to_paper_changes_no_byte() -> None:
    assert weasyprint.draw.draw_text is not weasyprint.draw.text.draw_text
    assert elsewhere(NO_SHORTCUTS) == {name: hashes(name) for name in SAMPLES}


def test_letters_beyond_the_usual_ones_are_drawn_with_a_typeface_of_their_own_and_the_same_bytes() -> None:
    rare = cases.case_file(defendant_name="ŁÓDŹ,ŽOFIE")
    first = [paper.pdf for paper in draft(rare)]
    draft(cases.case_file())
    assert [paper.pdf for paper in draft(rare)] == first


def test_a_copy_of_an_exhibit_under_another_title_has_the_bytes_it_would_have_alone() -> None:
    (volume,) = exhibit.public_volumes(cases.omnibus(70), rows_a_volume=70)
    titles = ["Exhibit <A> & B", "Exhibit A to the [Proposed] Order"]
    known = {"labels": exhibit.page_labels(volume), "extra_style": exhibit.STYLE}
    copies, _ = render.render_copies(exhibit.markup(volume), titles, **known)
    for copy, title in zip(copies, titles, strict=True):
        (alone,), _ = render.render_copies(exhibit.markup(volume), [title], **known)
        assert copy.pdf == alone.pdf
