"""The form of facts that a recommendation under PC 1172.1 needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.forms import BoundField

from clearmyrecord.batches.recommendations import Count
from eligibility.law.code_sections import printed
from petitions.papers.law import NOW

LETTERS = ("A", "B", "C", "D")
FACTORS = 3
LESSER = {"": "Stays as it is, with a new sentence"}


def _line(label: str, help_text: str = "", **options: Any) -> forms.CharField:
    return forms.CharField(label=label, help_text=help_text, max_length=400, **options)


def _day(label: str) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}))


class RecommendationForm(forms.Form):
    """Judgment, custody, circumstances, person, proposal. `facts` is what is kept."""

    commitment = forms.ChoiceField(
        label="Committed to",
        widget=forms.RadioSelect,
        choices=[
            ("state_prison", "State prison"),
            ("county_jail_1170h", "County jail under PC § 1170(h)"),
            ("probation", "Probation alone"),
            ("county_jail", "Another jail term"),
        ],
    )
    committed_on = _day("Committed on")
    total = _line("Total sentence", "In words, e.g. “five years”.")
    total_days = forms.IntegerField(label="Total sentence in days", min_value=1)
    served = _line("Time served", "In words, e.g. “four years and 12 days”.")
    credits = _line("Credits")
    earliest_release = _line("Earliest release")
    exhibit_a = _line("Exhibit A", "What it is, e.g. “Abstract of judgment”.")
    exhibit_b = _line("Exhibit B", required=False)
    exhibit_c = _line("Exhibit C", required=False)
    exhibit_d = _line("Exhibit D", required=False)
    custody_exhibit = forms.ChoiceField(
        label="Which exhibit shows custody and credits", choices=[(x, x) for x in LETTERS]
    )
    changes = forms.CharField(
        label="What else changed since the judgment",
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=2000,
        help_text="A sentence a line. That the Act took effect is said already.",
    )
    safe_because = _line("Why there is no unreasonable risk of danger", "A sentence.")
    proposed_total = _line("Proposed total", "In words, e.g. “180 days in county jail”.")
    proposed_days = forms.IntegerField(label="Proposed total in days", min_value=0)
    supervision = _line("Supervision", "E.g. “one year of parole”, or “none”.")
    victims = forms.ChoiceField(
        label="Victims",
        widget=forms.RadioSelect,
        choices=[
            ("none_known", "None known"),
            ("contacted", "Contacted: say when, how and their position"),
            ("not_reached", "Not reached: say what was tried"),
        ],
    )
    victims_said = _line("About the victims", required=False)
    concurs = forms.BooleanField(label="The defendant concurs in a judgment on a lesser offense", required=False)
    stipulated = forms.BooleanField(label="The parties stipulate to the resentencing", required=False)
    is_supervising = forms.BooleanField(label="A supervising deputy will sign", required=False)
    source = _line("Source", "The documents that show all this.")

    def __init__(self, *args: Any, counts: Sequence[Count], facts: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.counts = counts
        for count in counts:
            self.fields.update(self._of_count(count))
        for number in range(1, FACTORS + 1):
            needed = number == 1
            self.fields[f"factor_{number}"] = _line(
                "Post-conviction factor", "Conduct, age, illness, plan for release … A sentence." if needed else "",
                required=needed,
            )  # fmt: skip
            self.fields[f"factor_{number}_exhibit"] = forms.ChoiceField(
                label="Which exhibit shows it", choices=[(x, x) for x in LETTERS]
            )
        if facts:
            self.initial = {**self.initial, **self._initial(facts)}

    def _of_count(self, count: Count) -> dict[str, forms.Field]:
        name = f"count_{count.conviction}"
        lesser = NOW.get(count.section.partition("(")[0], {}) if count.code == "HS" else {}
        choices = LESSER | {section: f"{section}, {severity}" for section, severity in lesser.items()}
        return {
            f"{name}_sentence": _line("Sentence imposed", "As the abstract of judgment has it."),
            f"{name}_exposure_now": _line("What present law allows", "E.g. “a misdemeanor, up to six months in jail”."),
            f"{name}_proposed": _line("Proposed sentence"),
            f"{name}_lesser": forms.ChoiceField(
                label="Lesser offense to be entered", choices=list(choices.items()), required=False
            ),
            f"{name}_enhancements": _line("Enhancements", "Separated by semicolons.", required=False),
            f"{name}_count_number": _line("Court’s count number", required=False),
        }

    def count_groups(self) -> Iterator[tuple[str, list[BoundField]]]:
        """Each conviction of the judgment in words, with its fields."""
        for count in self.counts:
            day = (
                f"{count.convicted_on:%B} {count.convicted_on.day}, {count.convicted_on.year}"
                if count.convicted_on
                else ""
            )
            named = f"{printed(count.code_section)}, {count.severity}, {day}"
            yield named, [self[name] for name in self._of_count(count)]

    def named(self, *names: str) -> list[BoundField]:
        return [self[name] for name in names]

    @property
    def of_judgment(self) -> list[BoundField]:
        return self.named(
            "commitment", "committed_on", "total", "total_days", "served", "credits", "earliest_release",
            *(f"exhibit_{letter.lower()}" for letter in LETTERS), "custody_exhibit",
        )  # fmt: skip

    @property
    def of_reasons(self) -> list[BoundField]:
        factors = [f"factor_{number}{end}" for number in range(1, FACTORS + 1) for end in ("", "_exhibit")]
        return self.named("changes", *factors, "safe_because")

    @property
    def of_proposal(self) -> list[BoundField]:
        return self.named(
            "proposed_total", "proposed_days", "supervision", "victims", "victims_said", "concurs", "stipulated",
            "is_supervising", "source",
        )  # fmt: skip

    def facts(self) -> dict[str, Any]:
        """What is kept, as plain values. Call it on a valid form."""
        given = self.cleaned_data
        kept = (
            "commitment", "total", "total_days", "served", "credits", "earliest_release", "custody_exhibit",
            "safe_because", "proposed_total", "proposed_days", "supervision", "victims", "victims_said", "concurs",
            "stipulated", "is_supervising", "source",
        )  # fmt: skip
        exhibits = [[letter, given[f"exhibit_{letter.lower()}"]] for letter in LETTERS]
        factors = [[given[f"factor_{x}"], given[f"factor_{x}_exhibit"]] for x in range(1, FACTORS + 1)]
        return {
            **{name: given[name] for name in kept},
            "committed_on": given["committed_on"].isoformat(),
            "changes": [line.strip() for line in given["changes"].splitlines() if line.strip()],
            "exhibits": [pair for pair in exhibits if pair[1]],
            "factors": [pair for pair in factors if pair[0]],
            "counts": [self._count_facts(count) for count in self.counts],
        }

    def _count_facts(self, count: Count) -> dict[str, Any]:
        given, name = self.cleaned_data, f"count_{count.conviction}"
        lesser = given[f"{name}_lesser"]
        now = NOW.get(count.section.partition("(")[0], {})
        return {
            "conviction": count.conviction,
            "code": count.code,
            "section": count.section,
            "severity": count.severity,
            "convicted_on": count.convicted_on.isoformat() if count.convicted_on else "",
            "enhancements": [each.strip() for each in given[f"{name}_enhancements"].split(";") if each.strip()],
            "new_section": lesser,
            "new_severity": now[lesser] if lesser else "",
            **{part: given[f"{name}_{part}"] for part in ("sentence", "exposure_now", "proposed", "count_number")},
        }

    def _initial(self, facts: dict[str, Any]) -> dict[str, Any]:
        """Facts that were kept, as the form shows them again."""
        shown = {name: facts[name] for name in self.fields if name in facts}
        shown["changes"] = "\n".join(facts["changes"])
        shown |= {f"exhibit_{letter.lower()}": says for letter, says in facts["exhibits"]}
        for number, (said, exhibit) in enumerate(facts["factors"], start=1):
            shown |= {f"factor_{number}": said, f"factor_{number}_exhibit": exhibit}
        for count in facts["counts"]:
            name = f"count_{count['conviction']}"
            shown |= {
                f"{name}_{part}": count[part] for part in ("sentence", "exposure_now", "proposed", "count_number")
            }
            shown |= {f"{name}_lesser": count["new_section"], f"{name}_enhancements": "; ".join(count["enhancements"])}
        return shown
