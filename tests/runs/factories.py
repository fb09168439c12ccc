"""Runs for tests, evaluated at once as the workers would."""

from datetime import date
from typing import Any

from clearmyrecord.office.models import Role, User
from clearmyrecord.runs import services
from clearmyrecord.runs.models import Policy, Run, RunChunk
from tests.factories import UserFactory

AS_OF = date(2024, 7, 1)


def signed_presets() -> list[Policy]:
    """The policies that come with the product, signed by a supervisor of the office."""
    signer = User.objects.filter(username="signer").first()
    return services.install_presets(actor=signer or UserFactory(username="signer", role=Role.SUPERVISOR))


def run_of(actor: Any, policy: str = "contra_costa_2019", as_of: date = AS_OF, newest_by: str = "uploaded") -> Run:
    """Start a run under a preset and evaluate its chunks."""
    signed_presets()
    newest = Policy.objects.filter(name=policy).order_by("-version").first()
    assert newest is not None
    run = services.start_run(actor=actor, policy_id=newest.pk, as_of=as_of, newest_by=newest_by)
    for chunk in RunChunk.objects.filter(run=run).order_by("pk"):
        services.evaluate_chunk(chunk.pk)
    run.refresh_from_db()
    return run
