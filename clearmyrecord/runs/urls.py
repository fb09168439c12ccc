"""Addresses of runs and stated facts."""

from django.urls import path

from clearmyrecord.runs import views

app_name = "runs"
urlpatterns = [
    path("", views.runs, name="runs"),
    path("start/", views.start, name="start"),
    path("<int:pk>/", views.run, name="run"),
    path("<int:pk>/progress/", views.run_progress, name="run_progress"),
    path("<int:pk>/use/", views.use, name="use"),
    path("<int:pk>/try-again/", views.try_again, name="try_again"),
    path("convictions/<int:conviction_id>/facts/", views.facts, name="facts"),
    path("convictions/<int:conviction_id>/facts/<slug:fact>/", views.fact_form, name="fact_form"),
    path("facts/<int:pk>/withdraw/", views.withdraw_fact, name="withdraw_fact"),
]
