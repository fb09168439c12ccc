"""Reads of policies."""

from django.db.models import QuerySet

from clearmyrecord.errors import NotFound
from clearmyrecord.office.access import READERS
from clearmyrecord.office.models import User
from clearmyrecord.runs.models import Policy


def policies(user: User) -> QuerySet[Policy]:
    """The policies that the user may see: all, or none."""
    if user.role not in READERS:
        return Policy.objects.none()
    return Policy.objects.select_related("drafted_by", "signed_by", "discarded_by", "based_on").prefetch_related("runs")


def policy_or_404(user: User, pk: int) -> Policy:
    """Raises NotFound where there is none, or none that the user may know of."""
    found = policies(user).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such policy.")
    return found


def usable() -> QuerySet[Policy]:
    """Policies that a run may use: signed ones."""
    return Policy.objects.exclude(signed_at=None)


def to_sign(user: User) -> QuerySet[Policy]:
    """Drafts that wait for this user's signature."""
    return Policy.objects.filter(signed_at=None, discarded_at=None).exclude(drafted_by=user)


def signed_before(policy: Policy) -> Policy | None:
    """What a draft changes: the newest signed version of the same policy, else what it was drafted from."""
    signed = usable().filter(name=policy.name).exclude(pk=policy.pk).order_by("-version").first()
    return signed or policy.based_on
