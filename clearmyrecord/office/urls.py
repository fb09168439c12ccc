from django.urls import path

from clearmyrecord.office import sessions, views

app_name = "office"
urlpatterns = [
    path("sign-in/", sessions.sign_in, name="sign_in"),
    path("sign-out/", sessions.sign_out, name="sign_out"),
    path("unlock/", sessions.unlock, name="unlock"),
    path("password/", sessions.change_password, name="password"),
    path("office/", views.office, name="office"),
    path("office/courts/", views.courts, name="courts"),
    path("office/courts/new/", views.court, name="new_court"),
    path("office/courts/<int:court_id>/", views.court, name="court"),
    path("office/courts/texts/", views.court_texts, name="court_texts"),
    path("office/courts/texts/<int:text_id>/", views.map_court_text, name="map_court_text"),
    path("office/accounts/", views.users, name="users"),
    path("office/accounts/new/", views.user, name="new_user"),
    path("office/accounts/<int:user_id>/", views.user, name="user"),
    path("office/accounts/<int:user_id>/release/", views.release, name="release"),
    path("trail/", views.trail, name="trail"),
]
