from django.urls import path

from clearmyrecord.schedules import views, watch_views

app_name = "schedules"

urlpatterns = [
    path("", views.schedules, name="schedules"),
    path("new/", views.set_up, name="set_up"),
    path("watch/", watch_views.watch, name="watch"),
    path("watch/date/", watch_views.on_date, name="on_date"),
    path("<int:pk>/", views.schedule, name="schedule"),
    path("<int:pk>/change/", views.change, name="change"),
    path("<int:pk>/pause/", views.pause, name="pause"),
    path("<int:pk>/resume/", views.resume, name="resume"),
    path("<int:pk>/end/", views.end, name="end"),
    path("versions/<int:pk>/dry-run/", views.dry_run, name="dry_run"),
    path("versions/<int:pk>/approve/", views.approve, name="approve"),
    path("versions/<int:pk>/discard/", views.discard, name="discard"),
    path("due/<int:pk>/", views.due_run, name="due_run"),
    path("due/<int:pk>/try-again/", views.try_again, name="try_again"),
    path("due/<int:pk>/<slug:kind>/", views.changed, name="changed"),
]
