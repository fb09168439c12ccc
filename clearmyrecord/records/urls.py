"""Addresses of record files, suggestions and the search. None names a person."""

from django.urls import path

from clearmyrecord.records import views

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
    path("suggestions/", views.suggestions, name="suggestions"),
    path("suggestions/<int:pk>/answer/", views.answer, name="answer"),
    path("people/", views.search, name="search"),
    path("people/<uuid:search_id>/", views.found, name="found"),
]
