"""What every template may use: the navigation by role, form fields in USWDS markup, and the words for coded values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import template
from django.apps import apps
from django.conf import settings
from django.core.paginator import Page
from django.forms import BoundField
from django.forms.boundfield import BoundWidget
from django.template.context import Context
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from clearmyrecord import glossary
from clearmyrecord.audit.forms import act_words, detail_words
from clearmyrecord.office import kept
from clearmyrecord.office.access import READERS, STAFF
from clearmyrecord.office.models import Role
from eligibility.law.code_sections import printed
from eligibility.stated import STATABLE
from petitions.papers.data import HEARING_CHOICES, SERVING_STATUSES

register = template.Library()

EVERYONE = tuple(Role)


@dataclass(frozen=True)
class Entry:
    """One entry of the navigation: its words, its page, and the roles that see it."""

    label: str
    url_name: str
    roles: tuple[Role, ...]


NAVIGATION = (
    Entry("Home", "desk:home", EVERYONE),
    Entry("Record files", "records:files", READERS),
    Entry("People", "records:search", READERS),
    Entry("Policies", "runs:policies", READERS),
    Entry("Runs", "runs:runs", READERS),
    Entry("What if?", "runs:what_if", READERS),
    Entry("Review", "reviews:queue", READERS),
    Entry("Batches", "batches:batches", READERS),
    Entry("Batches", "batches:given", (Role.PUBLIC_DEFENDER,)),
    Entry("Papers", "filings:filings", READERS),
    Entry("Hand-offs", "relief:hand_offs", READERS),
    Entry("Impact", "relief:impact", READERS),
    Entry("Schedules", "schedules:schedules", READERS),
    Entry("Wording", "office:wordings", STAFF),
    Entry("Office", "office:office", (Role.ADMINISTRATOR,)),
    Entry("Courts", "office:courts", (Role.ADMINISTRATOR,)),
    Entry("Accounts", "office:users", (Role.ADMINISTRATOR,)),
    Entry("Trail", "office:trail", (Role.AUDITOR,)),
)
"""In the order of the work. An entry whose page doesn't exist is left out."""


@register.simple_tag(takes_context=True)
def navigation(context: Context) -> list[dict[str, Any]]:
    """The entries for the signed-in user's role; the one whose page is open (or lies above the open one) is current."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if request is None or user is None or not user.is_authenticated:
        return []
    entries = [(entry.label, path) for entry in NAVIGATION if user.role in entry.roles and (path := _path(entry))]
    above = [path for _, path in entries if request.path == path or (path != "/" and request.path.startswith(path))]
    current = max(above, key=len, default=None)
    return [{"label": label, "path": path, "current": path == current} for label, path in entries]


def _path(entry: Entry) -> str | None:
    try:
        return reverse(entry.url_name)
    except NoReverseMatch:
        return None


@register.simple_tag
def is_demo() -> bool:
    """Whether this is the demonstration with invented data."""
    return bool(settings.DEMO)


@register.simple_tag(takes_context=True)
def kept_form(context: Context) -> dict[str, Any] | None:
    """What somebody sent from this page after it had locked itself, to be put back into its form; once."""
    request = context.get("request")
    return kept.take(request) if request is not None and hasattr(request, "session") else None


_WORD = '<button type="button" class="term" data-says="{}">{}</button>'
_MARK = (
    '<button type="button" class="term term--mark" data-says="{}">'
    '<span aria-hidden="true">?</span><span class="usa-sr-only">What “{}” means</span></button>'
)


@register.simple_tag
def term(key: str = "", words: str = "", *, beside: str | None = None) -> SafeString | str:
    """A word that explains itself on hover and focus (static/js/terms.js): `{% term "route" %}`.

    `words` says it otherwise: `{% term "route" "Routes" %}`. `beside` is for what can't be a button itself, such as a
    field's label or a link: a mark to stand after it, and nothing where the glossary explains no such label. Raises
    KeyError for a key that the glossary doesn't have.
    """
    if beside is not None:
        found = glossary.labelled(beside)
        return format_html(_MARK, found.says, beside) if found else ""
    known = glossary.terms()[key]
    return format_html(_WORD, known.says, words or known.name[0].upper() + known.name[1:])


_WIDGET_CLASSES = {
    "select": "usa-select",
    "textarea": "usa-textarea",
    "checkbox": "usa-checkbox__input",
    # Not USWDS's file field: it reads the whole file into the page to preview it.
    "file": "usa-input height-auto padding-1",
    "clearablefile": "usa-input height-auto padding-1",
}


@register.filter
def uswds(field: BoundField) -> SafeString:
    """The field's input with its USWDS class; Django itself points it at its hint and its errors."""
    classes = [_WIDGET_CLASSES.get(field.widget_type, "usa-input"), field.field.widget.attrs.get("class", "")]
    if field.errors:
        classes.append("usa-input--error")
    return field.as_widget(attrs={"class": " ".join(filter(None, classes))})


OUTCOME_WORDS = {
    "dismiss": "Dismiss",
    "redesignate": "Redesignate",
    "resentence": "Resentence",
    "hand_review": "Hand review",
    "not_eligible": "Not eligible",
    "out_of_scope": "Out of scope",
}


@register.filter
def outcome_words(outcome: str) -> str:
    """The words for an outcome; anything else is shown as it is."""
    return OUTCOME_WORDS.get(outcome, outcome)


CODE_WORDS = {"HS": "H&S §", "BP": "B&P §", "PC": "PC §", "VC": "VC §"}


@register.filter
def code_words(code: str) -> str:
    """How the office writes a code before its section: "H&S §" for HS."""
    return CODE_WORDS.get(code, code)


@register.filter
def fact_words(fact: str) -> str:
    """How forms ask for a stated fact; one that is no longer asked for is shown as it is."""
    return STATABLE[fact].label if fact in STATABLE else fact


@register.filter
def serving_words(status: str) -> str:
    """What follows "The defendant": "is on parole"."""
    return SERVING_STATUSES.get(status, status)


@register.filter
def hearing_words(hearing: str) -> str:
    """The choice of the serving form in the words of the form."""
    return HEARING_CHOICES.get(hearing, hearing)


@register.filter
def section_words(code_section: str) -> str:
    """A conviction's code section as the office writes it: "H&S § 11358(c)"; empty where none could be read."""
    return printed(code_section) if code_section else ""


@register.filter
def frozen_day(written: str | None) -> date | None:
    """The day that a frozen list holds as YYYY-MM-DD; None where it holds none."""
    return date.fromisoformat(written) if written else None


register.filter("act_words", act_words)
register.filter("detail_words", detail_words)


@register.filter
def thing_words(label: str) -> str:
    """The kind of thing an event of the trail is about, in words; a kind that no longer exists is shown as it is."""
    try:
        return str(apps.get_model(label)._meta.verbose_name).capitalize()
    except (LookupError, ValueError):
        return label


@register.filter
def percent_of(done: int, total: int) -> int:
    """How much of `total` is done, in whole per cent; 0 of nothing is 0."""
    return round(100 * done / total) if total else 0


@register.filter
def pages_around(page: Page[Any]) -> list[int | None]:
    """Page numbers to link: first, last, and the neighbours of the open one; None where some are left out."""
    last = page.paginator.num_pages
    shown = sorted({1, last, *range(max(1, page.number - 1), min(last, page.number + 1) + 1)})
    linked: list[int | None] = []
    for before, number in zip([0, *shown], shown, strict=False):
        linked += [number] if number == before + 1 else [None, number]
    return linked


@register.filter
def uswds_choice(choice: BoundWidget) -> SafeString:
    """One radio button or check box of a group, with its USWDS class."""
    kind = "usa-radio__input" if choice.data["type"] == "radio" else "usa-checkbox__input"
    choice.data["attrs"]["class"] = kind
    return choice.tag()
