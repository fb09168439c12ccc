from django.urls import path

from clearmyrecord.desk import help_views, memo_views, subject_views, views

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("glossary/", help_views.glossary, name="glossary"),
    path("first-steps/", help_views.first_steps, name="first_steps"),
    path("desk/subject/<int:pk>/", subject_views.subject, name="subject"),
    path("desk/subject/<int:pk>/rows/", subject_views.file_rows, name="file_rows"),
    path("desk/subject/<int:pk>/viewers/", subject_views.viewers, name="viewers"),
    path("desk/subject/<int:pk>/suggestions/", subject_views.suggestions, name="suggestions"),
    path("desk/memo/<int:pk>/", memo_views.memo, name="memo"),
    path("desk/memo/<int:pk>.pdf", memo_views.memo_pdf, name="memo_pdf"),
]
