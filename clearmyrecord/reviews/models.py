"""People's work on determinations: reviews, overrides, grounds, comments; and who is to do it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from clearmyrecord.records.models import Conviction
from clearmyrecord.runs.models import Determination, Run


class Attachment(models.Model):
    """A document behind a decision, kept as it came. Its kind is told by its content. Never changed, never deleted."""

    class Kind(models.TextChoices):
        PDF = "pdf", "PDF"
        PNG = "png", "PNG"
        JPEG = "jpeg", "JPEG"

    name = models.CharField(max_length=200)  # as somebody named it; downloads carry a name of ours
    kind = models.CharField(max_length=4, choices=Kind.choices)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    storage_key = models.CharField(max_length=100)
    kept_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kept_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"attachment {self.pk}"


class Override(models.Model):
    """A person's different outcome, with reason. Route and sealing stay computed. Superseded, never edited.

    One that denies relief, or concerns a superstrike or a registration, stands once a second person confirmed it: see
    `Confirmation` and `queries.standing`.
    """

    conviction = models.ForeignKey(Conviction, on_delete=models.PROTECT, related_name="overrides")
    determination = models.ForeignKey(Determination, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=12)
    basis = models.CharField(max_length=12, blank=True)
    new_section = models.CharField(max_length=60, blank=True)
    new_severity = models.CharField(max_length=12, blank=True)
    reason = models.TextField()  # the whole of it, the listed reason's words too
    listed = models.CharField(max_length=40, blank=True)  # code of the reason chosen from the list
    attachment = models.ForeignKey(Attachment, null=True, on_delete=models.PROTECT, related_name="overrides")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    superseded_at = models.DateTimeField(null=True)
    replaced = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conviction"], condition=Q(superseded_at=None), name="one_standing_override"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="override_has_reason"),
            models.CheckConstraint(condition=~Q(outcome="hand_review"), name="override_decides"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} in place of determination {self.determination_id}"


class Confirmation(models.Model):
    """What a second person, never the author, said to an override. Superseded with it, never edited.

    Also superseded once the override is let stand on other facts than those it was confirmed on.
    """

    class Verdict(models.TextChoices):
        CONFIRMED = "confirmed", "Confirmed"
        REFUSED = "refused", "Refused"

    conviction = models.ForeignKey(Conviction, on_delete=models.PROTECT, related_name="confirmations")
    override = models.ForeignKey(Override, on_delete=models.PROTECT, related_name="confirmations")
    determination = models.ForeignKey(Determination, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=9, choices=Verdict.choices)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conviction"], condition=Q(superseded_at=None), name="one_standing_confirmation"
            ),
            models.CheckConstraint(
                condition=Q(verdict="confirmed") | (Q(verdict="refused") & ~Q(reason="")), name="refusal_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(verdict="confirmed") | Q(superseded_at__isnull=False), name="refusal_ends_at_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verdict}: override {self.override_id}"


class Review(models.Model):
    """Where a person's work on a conviction stands. No row means open."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        ACCEPTED = "accepted", "Accepted"
        OVERRIDDEN = "overridden", "Overridden"

    conviction = models.OneToOneField(Conviction, on_delete=models.PROTECT, related_name="review")
    determination = models.ForeignKey(Determination, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices)
    needs_confirmation = models.BooleanField(default=False)  # the facts behind an override changed
    changed = models.TextField(blank=True)  # what changed since the acceptance or override
    looked_at_singly = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="overridden") | Q(needs_confirmation=False), name="only_overrides_need_confirmation"
            )
        ]

    def __str__(self) -> str:
        return f"conviction {self.conviction_id}: {self.state}"


class Ground(models.Model):
    """The legal ground an attorney chose for a conviction where the statute names none."""

    conviction = models.ForeignKey(Conviction, on_delete=models.PROTECT, related_name="grounds")
    ground = models.CharField(max_length=60)  # id in the engine's list of approved grounds
    authority = models.TextField(blank=True)
    attorney = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField(auto_now_add=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conviction"], condition=Q(superseded_at=None), name="one_standing_ground")
        ]

    def __str__(self) -> str:
        return f"{self.ground} for conviction {self.conviction_id}"


class Opposition(models.Model):
    """An attorney's decision to oppose relief for a conviction or not, and on what. Superseded, never edited.

    `ground` and `subdivision` are the law's (`eligibility.law.tables.grounds_to_oppose`), empty where relief is not
    opposed; `facts` are those relied on either way.
    """

    class Decision(models.TextChoices):
        OPPOSE = "oppose", "Oppose"
        DO_NOT_OPPOSE = "do_not_oppose", "Do not oppose"

    conviction = models.ForeignKey(Conviction, on_delete=models.PROTECT, related_name="oppositions")
    determination = models.ForeignKey(Determination, on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(max_length=13, choices=Decision.choices)
    ground = models.CharField(max_length=40, blank=True)
    subdivision = models.CharField(max_length=60, blank=True)
    facts = models.TextField()
    attorney = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(auto_now_add=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conviction"], condition=Q(superseded_at=None), name="one_standing_opposition"
            ),
            models.CheckConstraint(condition=~Q(facts=""), name="opposition_names_facts"),
            models.CheckConstraint(
                condition=(Q(decision="oppose") & ~Q(ground="") & ~Q(subdivision=""))
                | Q(decision="do_not_oppose", ground="", subdivision=""),
                name="opposition_has_ground",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision} for conviction {self.conviction_id}"


class Exhibit(models.Model):
    """A document that a decision on opposing relies on, by its name, with its bytes where somebody attached them."""

    opposition = models.ForeignKey(Opposition, on_delete=models.PROTECT, related_name="exhibits")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    attachment = models.ForeignKey(Attachment, null=True, on_delete=models.PROTECT, related_name="exhibits")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["opposition", "number"], name="exhibit_number_once"),
            models.CheckConstraint(condition=~Q(name=""), name="exhibit_has_name"),
        ]

    def __str__(self) -> str:
        return f"exhibit {self.number} of opposition {self.opposition_id}"


class Comment(models.Model):
    """A note on a conviction; anyone who may review may write one."""

    conviction = models.ForeignKey(Conviction, on_delete=models.PROTECT, related_name="comments")
    text = models.TextField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"comment {self.pk} on conviction {self.conviction_id}"


class Assignment(models.Model):
    """Who is to look at a conviction. No row, or nobody in it: whoever takes it."""

    conviction = models.OneToOneField(Conviction, on_delete=models.PROTECT, related_name="assignment")
    to = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"conviction {self.conviction_id} to {self.to_id or 'nobody'}"


class Opening(models.Model):
    """When somebody last had a conviction's page open, so that two who have it open are told."""

    conviction = models.ForeignKey(Conviction, on_delete=models.PROTECT, related_name="openings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conviction", "user"], name="one_opening_each")]

    def __str__(self) -> str:
        return f"conviction {self.conviction_id} opened by {self.user_id}"


class Search(models.Model):
    """What somebody looked for in the queue. It may name a person: addresses carry the random id alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    text = models.CharField(max_length=200)
    made_at = models.DateTimeField(auto_now_add=True)


class SavedFilter(models.Model):
    """A filter of the queue that somebody keeps under a name of their own. Coded values only."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    coded = models.JSONField()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="one_filter_of_a_name")]

    def __str__(self) -> str:
        return f"saved filter {self.pk}"


class SecondReview(models.Model):
    """A decided conviction that was drawn to be decided again by somebody who doesn't see the first decision.

    It changes no standing outcome. What the first decision was is kept when the second is made; where they disagree, an
    attorney or a supervisor settles it.
    """

    conviction = models.ForeignKey(Conviction, on_delete=models.PROTECT, related_name="second_reviews")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+")  # the draw's seed
    drawn_at = models.DateTimeField(auto_now_add=True)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(null=True)
    determination = models.ForeignKey(Determination, null=True, on_delete=models.PROTECT, related_name="+")
    first_outcome = models.CharField(max_length=12, blank=True)
    first_reason = models.TextField(blank=True)  # of an override
    first_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=12, blank=True)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(null=True)
    agrees = models.BooleanField(null=True)
    settled_outcome = models.CharField(max_length=12, blank=True)
    settled_reason = models.TextField(blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conviction", "run"], name="drawn_once_a_run"),
            models.UniqueConstraint(fields=["conviction"], condition=Q(at=None), name="one_waiting_second_review"),
            models.CheckConstraint(condition=Q(by=None) | ~Q(by=models.F("first_by")), name="second_review_by_another"),
            models.CheckConstraint(
                condition=Q(at=None, by=None, agrees=None, outcome="")
                | (
                    Q(at__isnull=False, by__isnull=False, first_by__isnull=False, agrees__isnull=False) & ~Q(outcome="")
                ),
                name="second_review_whole",
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None)
                | (
                    Q(agrees=False, settled_by__isnull=False)
                    & ~Q(settled_by=models.F("by"))
                    & ~Q(settled_by=models.F("first_by"))
                ),
                name="settled_by_a_third",
            ),
        ]

    def __str__(self) -> str:
        return f"second review of conviction {self.conviction_id}"
