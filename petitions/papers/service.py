"""Proof of service of the papers of one case: by somebody over 18 who is no party, date and place left blank."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from petitions.papers import law, words
from petitions.papers.data import CaseFile
from petitions.papers.drafts import Draft, caption_of, composed, file_name
from petitions.wording import STANDARD, Wording

Method = Literal["mail", "personal", "electronic"]


@dataclass(frozen=True, slots=True)
class Served:
    """Somebody on the service list, and where."""

    who: str  # "Public Defender of Contra Costa County"
    address: str


@dataclass(frozen=True, slots=True)
class ProofOfService:
    """What a proof of service is drafted from."""

    file: CaseFile
    titles: tuple[str, ...]  # of the papers served
    server: str
    server_address: str
    server_is_over_18: bool
    server_is_party: bool
    method: Method
    served: tuple[Served, ...]
    service_list: tuple[Served, ...]  # who is to be served in this case
    consents_to_electronic: bool = False
    wording: Wording = STANDARD


def reasons(proof: ProofOfService) -> list[str]:
    """Every reason why the proof can't be drafted, in plain English; empty when it can."""
    found = [*proof.wording.problems(), *law.unprintable(proof, "")]
    if not proof.titles or not proof.served:
        found.append("The proof of service names no paper or nobody who was served.")
    if not proof.server.strip() or not proof.server_address.strip():
        found.append("The name or the address of the person who serves is missing.")
    if not proof.server_is_over_18 or proof.server_is_party or proof.server == proof.file.attorney.name:
        found.append("Papers are served by somebody over 18 who is no party and not the signing attorney.")
    for served in proof.served:
        if served not in proof.service_list:
            found.append(f"{served.who} is not on the service list.")
    if proof.method == "electronic" and not proof.consents_to_electronic:
        found.append("Service by e-mail needs consent or an order.")
    if proof.method == "electronic" and not all(
        "@" in address for address in (proof.server_address, *(served.address for served in proof.served))
    ):
        found.append(
            "For service by e-mail, the address of each person served and of the person who serves must hold an e-mail "
            "address (CCP § 1013b)."
        )
    return found


def draft(proof: ProofOfService) -> Draft:
    """The proof of service. The data has passed `reasons`."""
    say = proof.wording.say
    papers = words.joined([f"“{title}”" for title in proof.titles])
    to = "; ".join(f"{served.who}, {served.address}" for served in proof.served)
    return composed(
        replace(caption_of(proof.file), wording_version=proof.wording.version),
        kind="proof",
        title="Proof of Service",
        footer="Proof of Service",
        template="declaration.html",
        file_name=file_name(proof.file.case.number, f"{proof.file.case.route}-proof-of-service"),
        must_say=(proof.server, *(served.who for served in proof.served)),
        source=proof,
        hearing=[],
        signer=proof.server,
        paragraphs=[
            say("proof.opening", server=proof.server, address=proof.server_address),
            say("proof.served", papers=papers, persons=to, how=say(f"proof.{proof.method}")),
        ],
        oath=say("declaration.oath"),
    )
