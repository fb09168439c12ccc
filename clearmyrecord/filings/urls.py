from django.urls import path

from clearmyrecord.filings import preview_views, views

app_name = "filings"
urlpatterns = [
    path("", views.filings, name="filings"),
    path("batches/<int:batch_id>/", views.package, name="package"),
    path("batches/<int:batch_id>/progress/", views.progress, name="progress"),
    path("batches/<int:batch_id>/papers.zip", views.download, name="download"),
    path("batches/<int:batch_id>/again/", views.try_again, name="try_again"),
    path("papers/<int:paper_id>.pdf", views.paper, name="paper"),
    path("preview/<int:conviction_id>/<slug:kind>.pdf", preview_views.preview, name="preview"),
]
