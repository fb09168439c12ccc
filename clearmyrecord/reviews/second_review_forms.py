"""What a second reviewer, and who settles a disagreement, fill in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms


class SecondReviewForm(forms.Form):
    """The second reviewer's own outcome."""

    outcome = forms.ChoiceField(label="Your outcome", widget=forms.RadioSelect)
    reason = forms.CharField(
        required=False,
        max_length=4000,
        label="Your reason",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Needed where you decide otherwise than the engine.",
    )

    def __init__(self, *args: Any, outcomes: Mapping[str, str], engine: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.engine = engine
        self.fields["outcome"].choices = [  # type: ignore[attr-defined]
            (code, f"{words}, as the engine" if code == engine else words) for code, words in outcomes.items()
        ]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        otherwise = values.get("outcome") not in (None, self.engine)
        if otherwise and not values.get("reason") and "reason" not in self.errors:
            self.add_error("reason", "Say why, since you decide otherwise than the engine.")
        return values


class UpholdForm(forms.Form):
    reason = forms.CharField(
        label="Why the first decision stands", max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
