"""Documents behind decisions: told by their content, kept as they came, downloaded by us and never shown."""

from __future__ import annotations

import pytest
from django.db import Error, connection, transaction
from django.urls import reverse

from clearmyrecord.audit.models import AuditEvent
from clearmyrecord.errors import Invalid
from clearmyrecord.reviews import attachments, services
from clearmyrecord.reviews.models import Attachment, Override
from tests.cast import signed_in
from tests.reviews.documents import JPEG, PDF, PNG, upload

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "pdf"),
        (PNG, "png"),
        (JPEG, "jpeg"),
        (PDF[:-6], None),
        (PNG[:-1], None),
        (JPEG[:-2], None),
        (b"<html>" + PDF, None),
        (b"<script>alert(1)</script>", None),
        (b"GIF89a", None),
        (b"PK\x03\x04", None),
    ],
)
def test_the_kind_is_told_by_the_content_alone(content, kind):
    assert attachments.kind_of(content[:1024], content[-1024:]) == kind


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"<html></html>", "not a PDF, PNG or JPEG"),
        (PDF + bytes(attachments.MOST_BYTES), "at most 10 MB"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_the_override_with_it(content, says, standing_of, ana):
    with pytest.raises(Invalid, match=says):
        services.override(
            actor=ana,
            determination_ids=[standing_of("sale").pk],
            outcome="dismiss",
            reason="x",
            attachment=upload(content),
        )
    assert not Override.objects.exists()
    assert not Attachment.objects.exists()


def test_a_name_is_kept_without_folders_and_unprintable_letters():
    assert attachments.printable("C:\\files\\a\r\nb\u202e.pdf") == "ab.pdf"
    assert attachments.printable("../../etc/passwd") == "passwd"
    assert attachments.printable("\x00") == "document"


def test_it_comes_back_byte_by_byte_under_a_name_of_ours_and_every_download_is_in_the_trail(
    standing_of, ana, ivy, adam
):
    row = standing_of("sale")
    name = 'DOE"; filename=x.html'
    filled = {"determination": row.pk, "outcome": "dismiss", "basis": "policy", "reason": "x"}
    sent = signed_in(ana).post(f"/reviews/{row.conviction_id}/override/", filled | {"attachment": upload(PNG, name)})
    assert sent.status_code == 302
    kept = Attachment.objects.get()
    assert Override.objects.get().attachment == kept
    address = reverse("reviews:attachment", args=[kept.pk])
    assert address in signed_in(ivy).get(reverse("reviews:conviction", args=[row.conviction_id])).content.decode()
    response = signed_in(ivy).get(address)
    assert b"".join(response.streaming_content) == PNG
    assert response["Content-Disposition"] == f'attachment; filename="attachment-{kept.pk}.png"'
    assert response["Content-Type"] == "image/png"
    assert response["Content-Security-Policy"].startswith("sandbox")
    assert response["X-Content-Type-Options"] == "nosniff"
    event = AuditEvent.objects.get(verb="subject.viewed", kind="download")
    assert (event.subjects, event.target_type, event.target_id) == (
        [row.conviction.subject_id],
        "reviews.attachment",
        kept.pk,
    )
    assert signed_in(adam).get(address).status_code == 403
    assert signed_in(ana).get(reverse("reviews:attachment", args=[kept.pk + 1])).status_code == 404


def test_a_wrong_document_comes_back_with_the_reason_on_the_page(standing_of, ana):
    row = standing_of("sale")
    filled = {"determination": row.pk, "outcome": "dismiss", "basis": "policy", "reason": "x"}
    response = signed_in(ana).post(
        f"/reviews/{row.conviction_id}/override/", filled | {"attachment": upload(b"<html>", "docket.pdf")}
    )
    assert response.status_code == 422
    assert b"whatever its name says" in response.content


@pytest.mark.parametrize("statement", ["UPDATE reviews_attachment SET name = 'x'", "DELETE FROM reviews_attachment"])
def test_the_database_lets_nobody_change_or_delete_one(statement, standing_of, ana):
    services.override(
        actor=ana, determination_ids=[standing_of("sale").pk], outcome="dismiss", reason="x", attachment=upload(PDF)
    )
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
