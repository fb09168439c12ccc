from django.urls import path

from clearmyrecord.reviews import queue_views, views

app_name = "reviews"
urlpatterns = [
    path("", queue_views.queue, name="queue"),
    path("download/", queue_views.download, name="download"),
    path("download/workbook/", queue_views.download_workbook, name="download_workbook"),
    path("selection/", queue_views.select, name="select"),
    path("selection/accept/", queue_views.accept_selection, name="accept_selection"),
    path("selection/override/", queue_views.override_selection, name="override_selection"),
    path("selection/assign/", queue_views.assign_selection, name="assign_selection"),
    path("search/", queue_views.search, name="search"),
    path("take/", queue_views.take, name="take"),
    path("filters/", queue_views.save_filter, name="save_filter"),
    path("filters/<int:pk>/forget/", queue_views.forget_filter, name="forget_filter"),
    path("keys/", views.keys, name="keys"),
    path("undo/", views.undo, name="undo"),
    path("<int:pk>/", views.conviction, name="conviction"),
    path("<int:pk>/opened/", views.opened, name="opened"),
    path("<int:pk>/facts/", views.facts, name="facts"),
    path("<int:pk>/accept/", views.accept, name="accept"),
    path("<int:pk>/override/", views.override, name="override"),
    path("<int:pk>/confirm/", views.confirm, name="confirm"),
    path("<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("<int:pk>/comment/", views.comment, name="comment"),
    path("<int:pk>/ground/", views.ground, name="ground"),
    path("<int:pk>/answer/<slug:code>/", views.answer, name="answer"),
]
