from django.urls import path

from clearmyrecord.desk import views

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("desk/subject/<int:pk>/", views.subject, name="subject"),
]
