"""What makes policies: drafting, changing and discarding a draft, signing one. Each is one act of the trail."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from clearmyrecord.audit import services as audit
from clearmyrecord.errors import Conflict, Invalid, NotAllowed, NotFound
from clearmyrecord.office import access
from clearmyrecord.office.models import Role, User
from clearmyrecord.runs import policy_text
from clearmyrecord.runs.models import Policy
from eligibility import policy as engine
from eligibility.policy import PolicyError

PRESETS = ("contra_costa_2019", "office_choice")
"""Presets that every installation has as drafts; the others can be drafted from."""

DRAFTERS = (Role.ANALYST, Role.SUPERVISOR)


def install_presets(*, actor: User | None = None) -> list[Policy]:
    """Make the policies that come with the product known, as drafts by nobody; does nothing twice.

    A changed text is a new draft and takes the place of an unsigned one. A supervisor of the office signs them before
    their first use; with `actor`, a supervisor, they are signed at once.
    """
    installed = []
    with transaction.atomic():
        for name in PRESETS:
            preset = engine.load(name)
            ours = Policy.objects.filter(name=name, drafted_by=None, sha256=preset.sha256)
            newest = ours.order_by("-pk").first() or _install(preset)
            if actor is not None and newest.signed_at is None and newest.discarded_at is None:
                newest = sign_policy(actor=actor, policy_id=newest.pk, seen_sha256=newest.sha256)
            installed.append(newest)
    return installed


def _install(preset: engine.Policy) -> Policy:
    older = Policy.objects.filter(name=preset.name, drafted_by=None, signed_at=None, discarded_at=None, runs=None)
    older.update(discarded_at=timezone.now())
    policy = Policy.objects.create(
        name=preset.name, title=preset.title, text=preset.text, sha256=preset.sha256, authority=preset.authority
    )
    audit.record(actor=None, verb="policy.installed", target=policy, detail={"sha256": preset.sha256})
    return policy


def _checked(text: str) -> engine.Policy:
    """The engine's form of a text that can be used as it is. Raises Invalid, naming the line."""
    if wrong := policy_text.faults(policy_text.parsed(text)):
        first = wrong[0]
        raise Invalid(f"{first.where}: {first.message}" if first.where else first.message)
    try:
        return engine.load(text=text)
    except PolicyError as error:
        raise Invalid(str(error)) from error


def name_of(title: str) -> str:
    """The name of a policy of its own, made from its title. Raises Invalid without letters."""
    name = re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")[:80]
    if not name:
        raise Invalid("A title with letters is needed.")
    return name


def draft_policy(*, actor: User, text: str, own_title: str = "", based_on: Policy | None = None) -> Policy:
    """Draft a policy. Analysts and supervisors.

    Without `own_title` it is a draft for the next version of the policy that the text names. With one it is a policy
    of its own: raises Conflict if there is one of that title already. Raises Invalid for a text that can't be used.
    """
    access.require(actor, *DRAFTERS)
    given = policy_text.parsed(text)
    if own_title.strip():
        title = own_title.strip()[:200]
        given |= {"name": name_of(title), "title": title}
        text = policy_text.written(given)
    checked = _checked(text)
    with transaction.atomic():
        if own_title.strip() and Policy.objects.filter(name=checked.name, discarded_at=None).exists():
            raise Conflict("There is a policy of this title already. Draft its next version, or choose another title.")
        policy = Policy.objects.create(drafted_by=actor, based_on=based_on, **_said(checked))
        audit.record(
            actor=actor, verb="policy.drafted", target=policy,
            detail={"sha256": policy.sha256, "based_on": based_on.pk if based_on else None},
        )  # fmt: skip
    return policy


def _said(checked: engine.Policy) -> dict[str, Any]:
    if len(checked.name) > 80 or len(checked.title) > 200:
        raise Invalid("At most 80 characters for the name and 200 for the title.")
    return {
        "name": checked.name,
        "title": checked.title,
        "text": checked.text,
        "sha256": checked.sha256,
        "authority": checked.authority,
    }


def change_draft(*, actor: User, policy_id: int, text: str, seen_sha256: str) -> Policy:
    """Change the text of a draft; only its drafter, so that who signs it never wrote it.

    Raises Invalid for a text that can't be used or names another policy, Conflict if it was changed or signed since.
    """
    access.require(actor, *DRAFTERS)
    checked = _checked(text)
    with transaction.atomic():
        draft = _own_draft(actor, policy_id)
        if checked.name != draft.name:
            raise Invalid(f"The name of a draft stays {draft.name}. Start a new policy to give another one.")
        if draft.sha256 != seen_sha256:
            raise Conflict("This draft was changed in another window. Open it again.")
        for name, value in _said(checked).items():
            setattr(draft, name, value)
        draft.save(update_fields=["title", "text", "sha256", "authority"])
        audit.record(
            actor=actor, verb="policy.changed", target=draft, detail={"before": seen_sha256, "sha256": draft.sha256}
        )
    return draft


def discard_draft(*, actor: User, policy_id: int) -> None:
    """Give a draft up; its drafter, or a supervisor. It can still be read. Raises Conflict if it is none any more."""
    access.require(actor, *DRAFTERS)
    with transaction.atomic():
        draft = _locked_draft(policy_id)
        if draft.drafted_by_id != actor.pk and actor.role != Role.SUPERVISOR:
            raise NotAllowed("Only who drafted it, or a supervisor, may discard a draft.")
        if draft.runs.exists():
            raise Conflict("A run was made under this policy: it can't be discarded.")
        draft.discarded_by, draft.discarded_at = actor, timezone.now()
        draft.save(update_fields=["discarded_by", "discarded_at"])
        audit.record(actor=actor, verb="policy.discarded", target=draft)


def sign_policy(*, actor: User, policy_id: int, seen_sha256: str) -> Policy:
    """Sign exactly the text that was shown, which makes it a version. A supervisor who did not draft it.

    Raises NotAllowed for its drafter, Conflict if it was changed, signed or discarded since it was shown.
    """
    access.require(actor, Role.SUPERVISOR)
    with transaction.atomic():
        draft = _locked_draft(policy_id)
        if draft.drafted_by_id == actor.pk:
            raise NotAllowed("You drafted this policy. Another supervisor must sign it.")
        if draft.sha256 != seen_sha256:
            raise Conflict("This draft was changed while you had it open. Read it again before you sign.")
        if policy_text.parsed(draft.text).get("experimental"):
            raise Conflict("An experimental policy can be tried in What if?, but not signed.")
        _checked(draft.text)
        highest = Policy.objects.filter(name=draft.name).aggregate(highest=Max("version"))["highest"]
        draft.version = draft.version or (highest or 0) + 1
        draft.signed_by, draft.signed_at = actor, timezone.now()
        try:
            with transaction.atomic():
                draft.save(update_fields=["version", "signed_by", "signed_at"])
        except IntegrityError:  # two drafts of one policy were signed at once, and both would be this version
            raise Conflict("Another draft of this policy was signed at this moment. Open the page again.") from None
        audit.record(
            actor=actor, verb="policy.signed", target=draft, detail={"version": draft.version, "sha256": draft.sha256}
        )
    return draft


def _locked_draft(policy_id: int) -> Policy:
    draft = Policy.objects.select_for_update(of=("self",)).filter(pk=policy_id).first()
    if draft is None:
        raise NotFound("There is no such policy.")
    if draft.signed_at is not None:
        raise Conflict("This policy is signed: it is never changed. Draft its next version instead.")
    if draft.discarded_at is not None:
        raise Conflict("This draft was discarded.")
    return draft


def _own_draft(actor: User, policy_id: int) -> Policy:
    draft = _locked_draft(policy_id)
    if draft.drafted_by_id != actor.pk:
        raise NotAllowed("Only who drafted it changes a draft. Draft one of your own from it.")
    return draft


def source_text(source: str, known: Mapping[int, Policy]) -> tuple[str, Policy | None]:
    """The text that a new draft starts from: "preset:NAME", or the id of one of `known`. Raises Invalid for others."""
    kind, _, name = source.partition(":")
    if kind == "preset" and name in engine.presets():
        return engine.load(name).text, None
    if source.isdigit() and (policy := known.get(int(source))):
        return policy.text, policy
    raise Invalid("Choose what to start from.")
