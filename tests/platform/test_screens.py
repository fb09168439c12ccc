"""The base page, its navigation by role, and the parts that every screen uses."""

import re
from pathlib import Path

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template.context import Context
from django.template.loader import render_to_string
from django.test import RequestFactory

from clearmyrecord import screens
from clearmyrecord.office.models import Role, User

TEMPLATES = sorted((Path(__file__).resolve().parent.parent.parent / "templates").rglob("*.html"))


def entries(role: Role, path: str = "/") -> list[dict]:
    request = RequestFactory().get(path)
    request.user = User(role=role, username="somebody")
    return screens.navigation(Context({"request": request}))


class TestNavigation:
    def test_administrators_see_no_page_with_records(self):
        labels = {entry["label"] for entry in entries(Role.ADMINISTRATOR)}
        assert {"Office", "Courts", "Accounts"} <= labels
        assert not labels & {"Record files", "People", "Runs", "Review", "Batches", "Papers"}

    def test_analysts_do_not_see_the_office_pages_or_the_trail(self):
        assert not {entry["label"] for entry in entries(Role.ANALYST)} & {"Office", "Courts", "Accounts", "Trail"}

    def test_the_longest_path_above_the_open_page_is_the_current_entry(self):
        current = [e["label"] for e in entries(Role.ADMINISTRATOR, "/office/courts/3/") if e["current"]]
        assert current == ["Courts"]

    def test_home_is_current_on_the_home_page_only(self):
        assert not [
            e for e in entries(Role.ADMINISTRATOR, "/office/accounts/") if e["label"] == "Home" and e["current"]
        ]

    def test_nobody_signed_in_sees_no_entries(self):
        assert screens.navigation(Context({"request": RequestFactory().get("/")})) == []


class TestPager:
    @pytest.mark.parametrize(
        ("number", "linked"),
        [
            (1, [1, 2, None, 9]),
            (3, [1, 2, 3, 4, None, 9]),
            (5, [1, None, 4, 5, 6, None, 9]),
            (9, [1, None, 8, 9]),
        ],
    )
    def test_first_last_and_neighbours_are_linked(self, number, linked):
        assert screens.pages_around(Paginator(range(90), 10).page(number)) == linked

    def test_the_other_parameters_of_the_address_are_kept(self):
        page = Paginator(range(90), 10).page(2)
        request = RequestFactory().get("/?outcome=dismiss&page=2")
        html = render_to_string("parts/pager.html", {"page_obj": page}, request)
        assert "?outcome=dismiss&amp;page=3" in html
        assert "11 to 20 of 90" in re.sub(r"\s+", " ", html)


class Sample(forms.Form):
    name = forms.CharField(help_text="As the record has it.")
    agreed = forms.BooleanField()
    choice = forms.ChoiceField(choices=[("a", "First"), ("b", "Second")], widget=forms.RadioSelect)
    court = forms.ChoiceField(choices=[("m", "Martinez")], required=False)


class TestField:
    def test_an_error_is_said_and_the_input_points_to_it_and_to_its_hint(self):
        html = render_to_string("parts/field.html", {"field": Sample({})["name"]})
        assert 'class="usa-input usa-input--error"' in html
        assert 'aria-describedby="id_name_helptext id_name_error"' in html
        assert 'id="id_name_helptext"' in html
        assert 'id="id_name_error"' in html
        assert "This field is required." in html

    def test_check_boxes_and_radio_buttons_carry_their_classes_and_labels(self):
        form = Sample()
        assert "usa-checkbox__input" in render_to_string("parts/field.html", {"field": form["agreed"]})
        html = render_to_string("parts/field.html", {"field": form["choice"]})
        assert html.count("usa-radio__input") == 2
        assert 'for="id_choice_1"' in html
        assert "<legend" in html

    def test_what_may_be_left_empty_says_so(self):
        assert "(optional)" in render_to_string("parts/field.html", {"field": Sample()["court"]})


def test_progress_of_nothing_is_no_division():
    assert "(0 %)" in render_to_string("parts/progress.html", {"done": 0, "total": 0, "label": "Reading"})


def test_each_outcome_has_words():
    html = render_to_string("parts/outcome.html", {"outcome": "hand_review"})
    assert "outcome--hand_review" in html
    assert "Hand review" in html


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_needs_inline_script_or_style_or_leaves_anything_unescaped(template):
    text = template.read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text)
    assert not re.search(r"\|\s*safe\b|autoescape off|hx-on", text)


class TestWordsForCodedValues:
    @pytest.mark.parametrize(
        ("shown", "words"),
        [
            (screens.section_words("HS 11358(c)"), "H&S § 11358(c)"),
            (screens.section_words(""), ""),
            (screens.fact_words("case_number"), "Case number"),
            (screens.fact_words("no longer asked for"), "no longer asked for"),
            (screens.serving_words("parole"), "is on parole"),
            (screens.hearing_words("none"), "No hearing is requested"),
        ],
    )
    def test_are_those_of_the_forms_and_papers(self, shown, words):
        assert shown == words
