from django.urls import path

from clearmyrecord.office import sessions, views, wording_views

app_name = "office"
urlpatterns = [
    path("sign-in/", sessions.sign_in, name="sign_in"),
    path("sign-out/", sessions.sign_out, name="sign_out"),
    path("unlock/", sessions.unlock, name="unlock"),
    path("password/", sessions.change_password, name="password"),
    path("first-steps/dismiss/", views.dismiss_first_steps, name="dismiss_first_steps"),
    path("office/", views.office, name="office"),
    path("office/letter.pdf", wording_views.letter, name="letter"),
    path("office/courts/", views.courts, name="courts"),
    path("office/courts/new/", views.court, name="new_court"),
    path("office/courts/<int:court_id>/", views.court, name="court"),
    path("office/courts/texts/", views.court_texts, name="court_texts"),
    path("office/courts/texts/<int:text_id>/", views.map_court_text, name="map_court_text"),
    path("office/accounts/", views.users, name="users"),
    path("office/accounts/new/", views.user, name="new_user"),
    path("office/accounts/<int:user_id>/", views.user, name="user"),
    path("office/accounts/<int:user_id>/release/", views.release, name="release"),
    path("wording/", wording_views.wordings, name="wordings"),
    path("wording/start/", wording_views.start, name="start_wording"),
    path("wording/compare/", wording_views.compare, name="compare_wordings"),
    path("wording/<int:pk>/", wording_views.wording, name="wording"),
    path("wording/<int:pk>/discard/", wording_views.discard, name="discard_wording"),
    path("wording/<int:pk>/approve/", wording_views.approve, name="approve_wording"),
    path("wording/<int:pk>/<str:key>/", wording_views.block, name="wording_block"),
    path("wording/<int:pk>/<str:key>/page.png", wording_views.block_page, name="wording_page"),
    path("wording/<int:pk>/<str:key>/paper.pdf", wording_views.block_paper, name="wording_paper"),
    path("trail/", views.trail, name="trail"),
]
