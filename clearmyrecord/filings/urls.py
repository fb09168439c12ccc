from django.urls import path

from clearmyrecord.filings import omnibus_views, preview_views, receipt_views, request_views, signing_views, views

app_name = "filings"
urlpatterns = [
    path("", views.filings, name="filings"),
    path("batches/<int:batch_id>/", views.package, name="package"),
    path("batches/<int:batch_id>/progress/", views.progress, name="progress"),
    path("archives/<int:archive_id>.zip", views.download, name="download"),
    path("batches/<int:batch_id>/again/", views.try_again, name="try_again"),
    path("batches/<int:batch_id>/sign/", signing_views.sign_batch, name="sign_batch"),
    path("cases/<int:filing_id>/sign/", signing_views.sign_filing, name="sign_filing"),
    path("cases/<int:filing_id>/filed/", receipt_views.filed, name="filed"),
    path("cases/<int:filing_id>/filed/undo/", receipt_views.undo, name="undo"),
    path("receipts/", receipt_views.receipt_lists, name="receipt_lists"),
    path("receipts/upload/", receipt_views.upload, name="upload_receipts"),
    path("receipts/<int:list_id>/", receipt_views.receipt_list, name="receipt_list"),
    path("receipts/<int:list_id>/columns/", receipt_views.columns, name="columns"),
    path("receipts/<int:list_id>/record/", receipt_views.record, name="record_receipts"),
    path("receipts/<int:list_id>/undo/", receipt_views.undo_list, name="undo_receipts"),
    path("receipts/<int:list_id>/not-recorded.csv", receipt_views.not_recorded, name="not_recorded"),
    path("papers/<int:paper_id>.pdf", views.paper, name="paper"),
    path("batches/<int:batch_id>/omnibus/", omnibus_views.omnibus_page, name="omnibus"),
    path("batches/<int:batch_id>/omnibus/progress/", omnibus_views.progress, name="omnibus_progress"),
    path("batches/<int:batch_id>/omnibus/filed/", receipt_views.motion_filed, name="motion_filed"),
    path("batches/<int:batch_id>/omnibus/filed/undo/", receipt_views.undo_motion, name="undo_motion"),
    path("omnibus-papers/<int:paper_id>.pdf", omnibus_views.paper, name="omnibus_paper"),
    path("omnibus-papers/<int:paper_id>/order.docx", omnibus_views.order_to_edit, name="omnibus_order_to_edit"),
    path("<int:filing_id>/", request_views.filing, name="filing"),
    path("<int:filing_id>/proof/", request_views.proof, name="proof"),
    path("<int:filing_id>/letters/", request_views.letters, name="letters"),
    path("letters/<int:letter_id>.pdf", request_views.letter, name="letter"),
    path("papers/<int:paper_id>/archive.pdf", request_views.archive_copy, name="archive_copy"),
    path("papers/<int:paper_id>/order.docx", request_views.order_to_edit, name="order_to_edit"),
    path("preview/<int:conviction_id>/<slug:kind>.pdf", preview_views.preview, name="preview"),
]
