"""The office's own words: what a rewording may and may not do, and the papers made with it."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from petitions import PaperRefused, Wording, draft, draft_letter, draft_omnibus, draw_volume, reading
from petitions import wording_faults as faults_of
from petitions import wording_preview as preview
from petitions.drafting import drafts_of
from petitions.examples import EXAMPLES, FIRST
from petitions.wording import BLOCKS, KINDS, ONLY, PLACEHOLDERS, STANDARD, problems
from tests.petitions.cases import case_file, conviction, letter, omnibus, proof, recommendation, redesignation, serving

OPENING = BLOCKS["motion.opening"].text
PRESUMED = "memorandum.presumption"


def reworded(key: str, text: str) -> Wording:
    return Wording("Office 1", {key: text})


def marked(key: str) -> str:
    """The standard text of a block with a word put in that changes nothing the law asks."""
    text = BLOCKS[key].text
    return f"{text[:-1]} xyzzy{text[-1]}" if text[-1] in ".:" else f"{text} xyzzy"


def printed(pdf: bytes, language: str = "en-US") -> str:
    text = " ".join(page.text for page in reading.read(pdf, language=language)[0])
    return " ".join(text.replace("\u00a0", " ").split())


class TestTheStandardWording:
    @pytest.mark.parametrize("key", list(BLOCKS))
    def test_has_no_problem_by_its_own_rules(self, key: str) -> None:
        assert problems(key, BLOCKS[key].text) == []

    def test_explains_every_placeholder_and_no_other(self) -> None:
        assert {name for block in BLOCKS.values() for name in block.placeholders} == set(PLACEHOLDERS)

    def test_belongs_to_known_kinds_each_with_an_example(self) -> None:
        assert {block.kind for block in BLOCKS.values()} == set(KINDS) == set(FIRST)
        assert {block.example for block in BLOCKS.values()} <= {"", *EXAMPLES}

    def test_rules_name_blocks_that_exist(self) -> None:
        assert {key for rule in ONLY for key in rule.blocks} <= set(BLOCKS)

    def test_every_example_drafts(self) -> None:
        assert faults_of(Wording("Office 1", {key: marked(key) for key in BLOCKS})) == []

    def test_whole_wording_can_be_kept_and_says_the_same(self) -> None:
        kept = Wording(STANDARD.version, STANDARD.in_full())
        assert kept.problems() == []
        assert [paper.sha256 for paper in draft(case_file(wording=kept))] == [
            paper.sha256 for paper in draft(case_file())
        ]


@pytest.mark.parametrize("key", list(BLOCKS))
def test_the_preview_of_a_block_prints_its_rewording_with_a_watermark(key: str) -> None:
    shown = preview(BLOCKS[key].kind, reworded(key, marked(key)), key=key)
    language = "es-US" if BLOCKS[key].kind == "letter_es" else "en-US"
    assert "xyzzy" in reading.squeezed(printed(shown.pdf, language).lower())
    assert shown.wording_version == "Office 1"
    for page in reading.read(shown.pdf, language=language)[0]:
        assert any(run.text.startswith("PREVIEW – NOT FOR") for run in page.artifacts)


@pytest.mark.parametrize("kind", list(KINDS))
def test_each_kind_has_a_preview(kind: str) -> None:
    assert preview(kind, STANDARD).file_name.startswith("preview-")


REFUSED = [
    # block, text, what the answer names
    ("motion.opening", "", "The text is empty."),
    ("motion.opening", " \u0020 ", "The text is empty."),
    ("motion.opening", OPENING * 50, "at most 4,000 fit"),
    ("motion.opening", OPENING + "\n", "one paragraph"),
    ("motion.opening", OPENING + "\u202e", "RIGHT-TO-LEFT OVERRIDE (U+202E)"),
    ("motion.opening", OPENING + "漢", "U+6F22"),
    ("motion.opening", OPENING + "\u05d0", "U+05D0"),
    ("motion.opening", OPENING + "\x00", "U+0000"),
    ("motion.opening", OPENING + " {judge}", "no placeholder {judge} in this text. It may use: {defendant}, {order}."),
    ("motion.opening", OPENING + " {convictions}", "no placeholder {convictions}"),
    ("motion.opening", OPENING + " {}", "no placeholder {}"),
    ("motion.opening", OPENING + " {0}", "no placeholder {0}"),
    ("motion.opening", OPENING + " {defendant.__class__}", "no placeholder {defendant.__class__}"),
    ("motion.opening", OPENING + " {defendant[0]}", "no placeholder {defendant[0]}"),
    ("motion.opening", OPENING + " {defendant!r}", "no placeholder {defendant!r}"),
    ("motion.opening", OPENING + " {defendant:>900000000}", "no placeholder {defendant:>900000000}"),
    ("motion.opening", OPENING + " { defendant }", "no placeholder { defendant }"),
    ("motion.opening", OPENING + " {{ 7*7 }}", "A brace stands by itself or twice"),
    ("motion.opening", OPENING + " {{defendant}}", "A brace stands by itself or twice"),
    ("motion.opening", OPENING + " {defendant", "A brace stands by itself or twice"),
    ("motion.opening", OPENING + " {% x %}", "no placeholder {% x %}"),
    ("motion.opening", "To the Court: The People move for an order {order}.",
     "The placeholder {defendant} is missing: the defendant’s name."),
    ("order.dismiss", "The conviction is DISMISSED as legally invalid.", "The placeholder {convictions} is missing"),
    ("motion.redesignate", "redesignating {convictions} for all purposes (Health & Saf. Code, § 11361.8(e), (f), (h))",
     "The placeholder {change} is missing"),
    (PRESUMED, "Eligibility is clear. (Health & Saf. Code, § 11361.8({subdivision}).)",
     "must say “eligibility is presumed” (H&S § 11361.8(b), (f); People v. Banda)"),
    ("memorandum.completed_law", "These criteria are presumed to be met. (Health & Saf. Code, § 11361.8(e), (f).)",
     "must say “clear and convincing evidence” (H&S § 11361.8(f))"),
    ("order.seal", "The record of arrest and conviction is SEALED as to {those}, open to no one without an order of "
     "the Court.", "must say “only” (sealing reaches the convictions named: H&S § 11361.8(f))"),
    ("order.dismiss", "{convictions} {are} dismissed as legally invalid.", "“DISMISSED” exactly once, in capitals"),
    ("order.dismiss", "{convictions} {are} DISMISSED, I say DISMISSED, as legally invalid.", "exactly once"),
    ("order.redesignate", "{convictions} {are} REDESIGNATED {change}.",
     "must say “for all purposes” (H&S § 11361.8(h))"),
    ("order.redesignate", "{convictions} {are} REDESIGNATED {change} for all purposes. The record is SEALED.",
     "“SEALED” does not belong in this text: sealing goes with dismissal of a completed sentence"),
    ("order.redesignate", "{convictions} {are} dismissed and REDESIGNATED {change} for all purposes.",
     "“dismissed” does not belong in this text"),
    ("order.clerk", BLOCKS["order.clerk"].text + " The record is sealed.", "“sealed” does not belong"),
    ("order.recital", BLOCKS["order.recital"].text.replace("not rebutted", "not rebutted, without danger to anyone"),
     "danger is no question once the sentence is completed"),
    ("memorandum.closing", BLOCKS["memorandum.closing"].text + " (Pen. Code, § 1385.)", "People v. Chavez (2018)"),
    ("memorandum.closing", BLOCKS["memorandum.closing"].text + " (Pen. Code, § 18.)", "Section 18 is not among"),
    ("memorandum.closing", BLOCKS["memorandum.closing"].text + " (Health & Saf. Code, § 11361.9.)", "automatic review"),
    ("motion.rests_on", BLOCKS["motion.rests_on"].text + " This petition is filed for the defendant.", "person’s own"),
    ("memorandum.presumption", BLOCKS[PRESUMED].text + " The amount was under 28.5 grams.", "an amount is a fact"),
    ("memorandum.presumption", BLOCKS[PRESUMED].text + " The defendant was over 21.", "an age is a fact"),
    ("memorandum.presumption", BLOCKS[PRESUMED].text + " The conduct is now lawful.", "on stated facts only"),
    ("memorandum.presumption", BLOCKS[PRESUMED].text + " The People are aware of no prior.", "attorney may say so"),
    ("memorandum.presumption", BLOCKS[PRESUMED].text + " The People concede it.", "the office’s policy alone"),
    ("motion.dismiss", BLOCKS["motion.dismiss"].text + " and count 2", "order of counts is not the court’s"),
    ("motion.opening", OPENING + " (HSC 11361.8)", "papers spell the code out"),
    ("motion.opening", OPENING + " TBD", "unfilled mark"),
    ("motion.opening", OPENING + " ____", "unfilled mark"),
    ("motion.opening", OPENING + " Born 123-45-6789.", "social security number"),
    ("motion.opening", OPENING + " CII A01234567", "personal identifier"),
    ("motion.opening", OPENING + " Dated: today. /s/ Theo Park", "signing is its own act"),
    ("declaration.oath", "I declare that the foregoing is true and correct.", "(Code Civ. Proc., § 2015.5)"),
    ("proof.opening", "I, {server}, declare: My address is {address}.", "must say “not a party”"),
    ("recommendation.request", BLOCKS["recommendation.request"].text.replace("convicted of a felony and ", ""),
     "must say “convicted of a felony” (PC § 1172.1(a)(1))"),
    ("letter_en.means_misdemeanor", "You may answer that it never happened.", "only what was sealed may be denied"),
    ("letter_en.means_misdemeanor", "It is a misdemeanor for all purposes.", "must say “not sealed”"),
    ("letter_en.did_sealed", BLOCKS["letter_en.did_sealed"].text + " It was under section 11357.", "Section 11357"),
    ("letter_es.means_infraction", "Usted puede contestar que esto nunca ocurrió.", "only what was sealed"),
    ("order.verdict", "x", "There is no text block “order.verdict”."),
]  # fmt: skip


@pytest.mark.parametrize(("key", "text", "why"), REFUSED)
def test_what_a_rewording_may_not_do_is_named(key: str, text: str, why: str) -> None:
    assert why in " ".join(problems(key, text))


@pytest.mark.parametrize(("key", "text"), [row[:2] for row in REFUSED])
def test_no_paper_is_drafted_in_a_refused_wording(key: str, text: str) -> None:
    refused = reworded(key, text)
    for attempt in (
        lambda: draft(case_file(wording=refused)),
        lambda: drafts_of(replace(omnibus(), wording=refused)),
        lambda: drafts_of(replace(recommendation(), wording=refused)),
        lambda: drafts_of(replace(proof(), wording=refused)),
        lambda: draft_letter(replace(letter(), wording=refused)),
        lambda: preview("motion", refused),
    ):
        with pytest.raises(PaperRefused) as why:
            attempt()
        assert set(refused.problems()) <= set(why.value.reasons)
    assert faults_of(refused) == refused.problems() != []


REQUIRED = [(key, name) for key, block in BLOCKS.items() for name in block.required]
PHRASES = [(key, phrase) for key, block in BLOCKS.items() for phrase, _ in block.must]


@pytest.mark.parametrize(("key", "name"), REQUIRED)
def test_a_required_placeholder_can_not_be_left_out(key: str, name: str) -> None:
    without = BLOCKS[key].text.replace(f"{{{name}}}", "x")
    assert f"The placeholder {{{name}}} is missing: {PLACEHOLDERS[name]}." in problems(key, without)


@pytest.mark.parametrize(("key", "phrase"), PHRASES)
def test_what_the_law_asks_for_can_not_be_left_out(key: str, phrase: str) -> None:
    standard = BLOCKS[key].text
    at = standard.casefold().index(phrase.casefold())
    without = standard[:at] + "x" + standard[at + len(phrase) :]
    while phrase.casefold() in without.casefold():
        at = without.casefold().index(phrase.casefold())
        without = without[:at] + "x" + without[at + len(phrase) :]
    assert any(f"must say “{phrase}”" in problem for problem in problems(key, without))


@pytest.mark.parametrize("version", ["", " ", "x" * 81, "A\u202eB", "A\nB"])
def test_a_version_without_a_printable_name_is_refused(version: str) -> None:
    assert Wording(version).problems()


PIECES = [*"{}ab %$\\.!:0'’§\n\u202e漢", "{order}", "{convictions}", "{day}", "DISMISSED"]


@given(st.sampled_from(sorted(BLOCKS)), st.lists(st.sampled_from(PIECES), max_size=6).map("".join))
@settings(max_examples=300, deadline=None)
def test_any_text_is_answered_and_what_is_not_refused_can_be_said(key: str, added: str) -> None:
    text = BLOCKS[key].text + added
    if not problems(key, text):
        values = {name: f"{{{name}}}" for name in BLOCKS[key].placeholders}
        said = reworded(key, text).say(key, **values)
        assert said.casefold() == text.casefold()  # each placeholder replaced once, by its own name in braces


class TestSaying:
    def test_values_are_put_in_as_text_and_not_looked_through_again(self) -> None:
        said = STANDARD.say("motion.opening", defendant="{order}{{x}}{0}", order="{defendant} \\1 \\g<0> %s $defendant")
        assert "to defendant {order}{{x}}{0}, and" in said
        assert said.endswith("an order {defendant} \\1 \\g<0> %s $defendant.")

    def test_convictions_that_open_a_text_begin_with_a_capital(self) -> None:
        assert STANDARD.say("order.dismiss", convictions="the felony", are="is").startswith("The felony is")
        other = reworded("order.dismiss", "Now {convictions} {are} DISMISSED as legally invalid.")
        assert other.say("order.dismiss", convictions="the felony", are="is").startswith("Now the felony is")

    def test_a_value_nobody_gave_is_an_error(self) -> None:
        with pytest.raises(KeyError):
            STANDARD.say("motion.opening", defendant="x")
        with pytest.raises(KeyError):
            STANDARD.say("order.verdict")

    def test_an_apostrophe_typed_straight_counts_as_the_printed_one(self) -> None:
        straight = BLOCKS["recommendation.lesser"].text.replace("’", "'")
        assert problems("recommendation.lesser", straight) == []


class TestPapersInTheOfficesWords:
    @pytest.mark.parametrize("braces", ["{order}", "{{ 7*7 }}", "{0.__class__}", "{defendant}"])
    def test_a_name_in_braces_is_printed_as_it_is(self, braces: str) -> None:
        wording = reworded("motion.opening", "Notice to {defendant}: The People move for an order {order}.")
        motion = draft(case_file(defendant_name=braces, wording=wording))[0]
        assert f"Notice to {braces}: The People move" in printed(motion.pdf)

    def test_markup_and_addresses_are_printed_as_text_and_fetch_nothing(self) -> None:
        hostile = '<img src="file:///etc/passwd"> <script>x</script> http://127.0.0.1/x &lt;b&gt;'
        motion = draft(case_file(wording=reworded("motion.opening", f"{OPENING} {hostile}")))[0]
        assert reading.squeezed(hostile) in reading.squeezed(printed(motion.pdf))

    def test_a_long_word_wraps_inside_the_text_column(self) -> None:
        assert draft(case_file(wording=reworded("motion.opening", f"{OPENING} {'W' * 300}")))

    def test_the_version_is_in_every_file_and_on_every_paper(self) -> None:
        wording = Wording("Office <3>", {"motion.opening": f"{OPENING} xyzzy"})
        listed = draft_omnibus(replace(omnibus(2), wording=wording))
        papers = [
            *draft(case_file(wording=wording)),
            *draft(case_file(wording=wording), purpose="archive"),
            *listed.papers,
            *(paper for volume in listed.volumes for paper in draw_volume(volume)),
            draft_letter(replace(letter(), wording=wording)),
        ]
        for paper in papers:
            assert paper.wording_version == "Office <3>"
            with pikepdf.open(io.BytesIO(paper.pdf)) as pdf:
                assert str(pdf.docinfo.Subject) == "Wording: Office <3>"
                assert b"Office &lt;3&gt;" in bytes(pdf.Root.Metadata.read_bytes())

    def test_the_standard_wording_says_so(self) -> None:
        with pikepdf.open(io.BytesIO(draft(case_file())[2].pdf)) as pdf:
            assert str(pdf.docinfo.Subject) == "Wording: standard"

    def test_only_what_was_reworded_changes(self) -> None:
        wording = reworded("order.seal", "The record of arrest and conviction shall be SEALED as to {those} only, and "
                           "be open to no one without an order of the Court.")  # fmt: skip
        plain, other = draft(case_file()), draft(case_file(wording=wording))
        assert [printed(a.pdf) == printed(b.pdf) for a, b in zip(plain, other, strict=True)] == [True, True, False]
        assert "shall be SEALED as to that conviction only" in printed(other[2].pdf)

    def test_the_same_wording_gives_the_same_bytes(self) -> None:
        wording = reworded("motion.opening", f"{OPENING} xyzzy")
        papers = [draft(case_file(conviction(), redesignation(), wording=wording)) for _ in range(2)]
        assert [paper.sha256 for paper in papers[0]] == [paper.sha256 for paper in papers[1]]

    def test_a_stub_in_a_wording_is_not_excused_as_the_outsides_words(self) -> None:
        made = drafts_of(case_file(wording=reworded("motion.opening", f"{OPENING} xyzzy")))
        assert not any("xyzzy" in text for draft in made for text in draft.from_outside)


def test_a_wording_that_breaks_the_form_of_a_paper_is_found_before_it_is_approved() -> None:
    long = BLOCKS["letter_en.check"].text * 25
    assert problems("letter_en.check", long) == []
    assert "The letter has 2 pages, not one." in " ".join(faults_of(reworded("letter_en.check", long)))


def test_a_serving_case_is_said_in_the_offices_words_too() -> None:
    key = "memorandum.serving_law"
    wording = reworded(
        key, BLOCKS[key].text.replace("The People do not contend", "The People for their part do not contend")
    )
    file = serving(conviction(sealing=False, convicted_on=date(2016, 5, 2), sentence_end=None), wording=wording)
    assert "The People for their part do not contend that it would." in printed(draft(file)[0].pdf)
