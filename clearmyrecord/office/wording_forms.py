"""The forms of the office's words."""

from __future__ import annotations

from django import forms

from petitions.wording import KINDS, LONGEST

UP_TO = 18_000_000_000_000_000


class StartForm(forms.Form):
    """Which older version a draft restores; empty: the words in force."""

    version = forms.IntegerField(required=False, min_value=1, max_value=UP_TO)


class BlockForm(forms.Form):
    """A text block's new text, and the SHA-256 of the one that was shown."""

    text = forms.CharField(
        label="The office’s text",
        required=False,  # an empty text is a problem of the wording, said like the others
        strip=False,
        max_length=LONGEST * 2,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "true"}),
    )
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)


class ShowForm(forms.Form):
    """Which blocks a page lists."""

    kind = forms.ChoiceField(label="Paper", required=False, choices=[("", "All papers"), *KINDS.items()])
    own = forms.BooleanField(label="Only what differs from the standard text", required=False)


class ApproveForm(forms.Form):
    """The draft that was shown, and the version it was compared with."""

    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
    against = forms.IntegerField(required=False, min_value=1, max_value=UP_TO, widget=forms.HiddenInput)


class CompareForm(forms.Form):
    """Two wordings by their ids; none: the standard wording of today."""

    before = forms.TypedChoiceField(label="Before", required=False, coerce=int, empty_value=None)
    after = forms.TypedChoiceField(label="After", required=False, coerce=int, empty_value=None)

    def __init__(self, *args: object, choices: list[tuple[str, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for name in ("before", "after"):
            self.fields[name].choices = [("", "Standard wording of today"), *choices]  # type: ignore[attr-defined]
