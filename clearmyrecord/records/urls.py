"""Addresses of record files, suggestions and the search. None names a person."""

from django.urls import path

from clearmyrecord.records import court_views, views

app_name = "records"
urlpatterns = [
    path("", views.files, name="files"),
    path("upload/", views.upload, name="upload"),
    path("<int:pk>/", views.file, name="file"),
    path("<int:pk>/progress/", views.file_progress, name="file_progress"),
    path("<int:pk>/problems/", views.problems, name="problems"),
    path("<int:pk>/problems.csv", views.problems_download, name="problems_download"),
    path("<int:pk>/set-aside/", views.set_aside, name="set_aside"),
    path("<int:pk>/read-again/", views.read_again, name="read_again"),
    path("court/upload/", court_views.upload, name="court_upload"),
    path("court/<int:pk>/", court_views.extract, name="court_extract"),
    path("court/<int:pk>/columns/", court_views.columns, name="court_columns"),
    path("court/<int:pk>/preview/", court_views.preview, name="court_preview"),
    path("court/<int:pk>/rows/", court_views.rows, name="court_rows"),
    path("court/<int:pk>/rows.csv", court_views.rows_download, name="court_rows_download"),
    path("court/<int:pk>/only-doj/", court_views.only_doj, name="court_only_doj"),
    path("court/<int:pk>/only-doj.csv", court_views.only_doj_download, name="court_only_doj_download"),
    path("court/rows/<int:pk>/", court_views.row, name="court_row"),
    path("court/rows/<int:pk>/answer/", court_views.row_answer, name="court_row_answer"),
    path("suggestions/", views.suggestions, name="suggestions"),
    path("suggestions/<int:pk>/answer/", views.answer, name="answer"),
    path("people/", views.search, name="search"),
    path("people/<uuid:search_id>/", views.found, name="found"),
]
