"""Proof of service: by whom, on whom, how."""

from __future__ import annotations

import pytest

from petitions import PaperRefused, checks, draft_proof_of_service, reading
from petitions.papers import service
from petitions.papers.service import ProofOfService, Served
from tests.petitions.cases import THEO, proof

AT = Served("Public Defender of Contra Costa County", "service@defender.example")
ELECTRONIC = {
    "consents_to_electronic": True,
    "server_address": "900 Ward Street, Martinez, CA 94553, robin@da.example",
    "served": (AT,),
    "service_list": (AT,),
}


@pytest.mark.parametrize(
    ("method", "must"),
    [
        ("mail", "at the place named below with the United States Postal Service, in a sealed envelope so addressed"),
        ("personal", "by delivering the papers personally"),
        ("electronic", "(Code Civ. Proc., § 1013b.)"),
    ],
)
def test_the_proof_says_who_served_what_on_whom_and_how(method: str, must: str) -> None:
    given = proof(method=method, **ELECTRONIC)
    paper = draft_proof_of_service(given)
    text = " ".join(checks.put_in(service.draft(given)).replace("\u00a0", " ").split())
    for words in (must, "over 18 years of age and not a party", "Public Defender of Contra Costa County",
                  "under penalty of perjury under the laws of the State of California", "Robin Clerk"):  # fmt: skip
        assert words in text
    assert paper.file_name == "05-110273-8-completed-proof-of-service.pdf"
    assert reading.read(paper.pdf)[1] == []


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (proof(served=()), "nobody who was served"),
        (proof(titles=()), "names no paper"),
        (proof(server_is_party=True), "no party"),
        (proof(server_is_over_18=False), "over 18"),
        (proof(server=THEO.name), "not the signing attorney"),
        (proof(served=(Served("Somebody Else", "1 Main Street"),)), "not on the service list"),
        (proof(method="electronic"), "needs consent"),
        (proof(method="electronic", **{**ELECTRONIC, "server_address": "900 Ward Street"}), "hold an e-mail address"),
        (proof(method="electronic", consents_to_electronic=True), "hold an e-mail address"),
        (proof(server_address=""), "address of the person who serves"),
    ],
)
def test_a_proof_that_a_clerk_would_reject_is_refused(given: ProofOfService, why: str) -> None:
    with pytest.raises(PaperRefused) as refused:
        draft_proof_of_service(given)
    assert why in " ".join(refused.value.reasons)
