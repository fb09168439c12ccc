"""Where each stage of the work lives. No URL names a person."""

from django.urls import include, path

urlpatterns = [
    path("", include("clearmyrecord.desk.urls")),
    path("", include("clearmyrecord.office.urls")),
    path("records/", include("clearmyrecord.records.urls")),
    path("runs/", include("clearmyrecord.runs.urls")),
    path("reviews/", include("clearmyrecord.reviews.urls")),
    path("batches/", include("clearmyrecord.batches.urls")),
    path("filings/", include("clearmyrecord.filings.urls")),
    path("relief/", include("clearmyrecord.relief.urls")),
    path("schedules/", include("clearmyrecord.schedules.urls")),
]

handler400 = "clearmyrecord.office.errors.bad_request"
handler403 = "clearmyrecord.office.errors.forbidden"
handler404 = "clearmyrecord.office.errors.not_found"
handler500 = "clearmyrecord.office.errors.server_error"
