"""The trail's filter."""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model

from clearmyrecord.audit import queries
from clearmyrecord.audit.models import AuditEvent


def act_words(verb: str) -> str:
    """A verb of the trail in words: "Record file uploaded" for record_file.uploaded."""
    return verb.replace(".", " ").replace("_", " ").capitalize()


def detail_words(detail: dict[str, Any]) -> str:
    """An event's counts, codes and internal ids in a line, no lists: "Fact: case number; Stated fact: 12"."""
    shown = {name: value for name, value in detail.items() if isinstance(value, (str, int)) and name not in _TOO_LONG}
    return "; ".join(f"{act_words(name)}: {_code_words(value)}" for name, value in shown.items())


def _code_words(value: str | int) -> str:
    return str(value).replace("_", " ").replace(":", ", ")


_TOO_LONG = ("subjects_sha256",)


class TrailFilter(forms.Form):
    """What act, by whom, concerning whom (by internal number; names never stand in an address)."""

    verb = forms.ChoiceField(label="What was done", required=False)
    actor_id = forms.TypedChoiceField(label="By whom", required=False, coerce=int, empty_value=None)
    subject_id = forms.IntegerField(label="Subject number", required=False, min_value=1, max_value=queries.LAST_ID)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        verbs = AuditEvent.objects.order_by("verb").values_list("verb", flat=True).distinct()
        people = get_user_model().objects.all()
        self.fields["verb"].choices = [("", "Anything"), *((verb, act_words(verb)) for verb in verbs)]  # type: ignore[attr-defined]
        self.fields["actor_id"].choices = [("", "Anybody"), *((p.pk, str(p)) for p in people)]  # type: ignore[attr-defined]
