"""The forms of policies: how a draft starts, and the editor whose lines read like sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from clearmyrecord.errors import Invalid
from clearmyrecord.runs import policy_text
from clearmyrecord.runs.models import Policy
from eligibility import policy as engine
from eligibility.policy import WHEN_UNPROVEN
from eligibility.rules import RULES

HEAD = ("title", "authority", "when_unproven")
"""Keys of the policy as a whole that the editor asks for; the others stay as they are."""

CARRIED = ("reason_in_compatible_files",)
"""Keys of a line that the editor shows nowhere and carries along."""


class StartDraftForm(forms.Form):
    """What a draft starts from, and whether it is the next version or a policy of its own."""

    source = forms.ChoiceField(label="Start from")
    own_title = forms.CharField(
        label="Title of a new policy",
        max_length=200,
        required=False,
        help_text="Leave it empty to draft the next version of the policy you start from.",
    )

    def __init__(self, *args: Any, policies: list[Policy], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        presets = [engine.load(name) for name in engine.presets()]
        self.fields["source"].choices = [  # type: ignore[attr-defined]
            ("Policies of this office", [(str(each.pk), str(each)) for each in policies]),
            ("Presets that come with the product", [(f"preset:{each.name}", each.title) for each in presets]),
        ]


class TextForm(forms.Form):
    """The policy as TOML, for those who want it."""

    text = forms.CharField(
        label="TOML",
        max_length=40_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 30, "spellcheck": "false", "class": "policy-text"}),
    )


class PickTwoForm(forms.Form):
    """Two policies whose texts are compared."""

    before = forms.ModelChoiceField(queryset=Policy.objects.all(), label="Before", empty_label=None)
    after = forms.ModelChoiceField(queryset=Policy.objects.all(), label="After", empty_label=None)


def edited(post: QueryDict, stored: Mapping[str, Any]) -> dict[str, Any]:
    """The policy's keys and lines as the editor sent them; what it doesn't ask for is taken from the stored text.

    Raises Invalid for what no page of ours sends.
    """
    given: dict[str, Any] = dict(stored)
    for key in HEAD:
        value = post.get(key, "").strip()
        if value or key in stored:
            given[key] = value
    if given.get("when_unproven") not in WHEN_UNPROVEN:
        given.pop("when_unproven", None)
    count = post.get("lines", "")
    if not count.isdigit() or int(count) > 10 * policy_text.MOST_LINES:
        raise Invalid("The form was not sent whole. Open the page again.")
    given.pop("line", None)
    given["line"] = [_line(post, place) for place in range(1, int(count) + 1)]
    return given


def _line(post: QueryDict, place: int) -> dict[str, Any]:
    rule = RULES.get(post.get(f"rule-{place}", ""))
    if rule is None:
        raise Invalid("The form was not sent whole. Open the page again.")
    line: dict[str, Any] = {"rule": rule.id}
    for name, kind in rule.parameters.items():
        line[name] = _parameter(post.get(f"{name}-{place}", "").strip(), kind)
    line["outcome"] = post.get(f"outcome-{place}", "")
    ask, authority = post.get(f"ask-{place}", "").strip(), post.get(f"authority-{place}", "").strip()
    asked = post.get(f"question-{place}", "")
    if line["outcome"] in ("hand_review", "not_eligible") and asked:
        line["question"] = asked
    if line["outcome"] == "hand_review" and ask:
        line["ask"] = ask
    elif authority and line["outcome"] in ("dismiss", "redesignate"):
        line["authority"] = authority
    if f"on-{place}" not in post:
        line["on"] = False
    for key in CARRIED:
        if kept := post.get(f"{key}-{place}", ""):
            line[key] = kept
    return line


def _parameter(text: str, kind: type) -> Any:
    """A number where one is wanted and given, a list where one is wanted; the engine says what is wrong with it."""
    if kind in policy_text.NUMBERS:
        return policy_text.number_of(text, kind)
    return [part for each in text.split(",") if (part := each.strip())]


def moved(given: dict[str, Any], act: str, rule: str) -> int | None:
    """Do what a button of the editor says: "up:3", "down:3", "remove:3" or "add". Returns the line to look at next."""
    lines = given["line"]
    what, _, number = act.partition(":")
    if what == "add":
        lines.append(policy_text.new_line(rule))
        return len(lines)
    place = int(number) - 1 if number.isdigit() else -1
    if not 0 <= place < len(lines) or what not in ("up", "down", "remove"):
        raise Invalid("The form was not sent whole. Open the page again.")
    if what == "remove":
        del lines[place]
        return min(place + 1, len(lines)) or None
    other = max(place - 1, 0) if what == "up" else min(place + 1, len(lines) - 1)
    lines.insert(other, lines.pop(place))
    return other + 1
