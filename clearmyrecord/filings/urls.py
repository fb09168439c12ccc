from django.urls import path

from clearmyrecord.filings import signing_views, views

app_name = "filings"
urlpatterns = [
    path("", views.filings, name="filings"),
    path("batches/<int:batch_id>/", views.package, name="package"),
    path("batches/<int:batch_id>/progress/", views.progress, name="progress"),
    path("archives/<int:archive_id>.zip", views.download, name="download"),
    path("batches/<int:batch_id>/again/", views.try_again, name="try_again"),
    path("batches/<int:batch_id>/sign/", signing_views.sign_batch, name="sign_batch"),
    path("cases/<int:filing_id>/sign/", signing_views.sign_filing, name="sign_filing"),
    path("papers/<int:paper_id>.pdf", views.paper, name="paper"),
]
