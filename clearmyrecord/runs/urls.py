"""Addresses of runs and stated facts."""

from django.urls import path

from clearmyrecord.runs import policy_views, views, what_if_views

app_name = "runs"
urlpatterns = [
    path("", views.runs, name="runs"),
    path("start/", views.start, name="start"),
    path("<int:pk>/", views.run, name="run"),
    path("<int:pk>/progress/", views.run_progress, name="run_progress"),
    path("<int:pk>/use/", views.use, name="use"),
    path("<int:pk>/try-again/", views.try_again, name="try_again"),
    path("determinations/<int:pk>/", views.trace, name="trace"),
    path("convictions/<int:conviction_id>/facts/", views.facts, name="facts"),
    path("convictions/<int:conviction_id>/facts/<slug:fact>/", views.fact_form, name="fact_form"),
    path("facts/<int:pk>/withdraw/", views.withdraw_fact, name="withdraw_fact"),
    path("policies/", policy_views.policies, name="policies"),
    path("policies/new/", policy_views.new, name="new_policy"),
    path("policies/compare/", policy_views.compare_texts, name="compare_policies"),
    path("policies/<int:pk>/", policy_views.policy, name="policy"),
    path("policies/<int:pk>/edit/", policy_views.edit, name="edit_policy"),
    path("policies/<int:pk>/text/", policy_views.text, name="policy_text"),
    path("policies/<int:pk>/discard/", policy_views.discard, name="discard_policy"),
    path("policies/<int:pk>/sign/", policy_views.sign, name="sign_policy"),
    path("policies/<int:pk>/rule-book/", policy_views.rule_book, name="rule_book"),
    path("policies/<int:pk>/rule-book.pdf", policy_views.rule_book_pdf, name="rule_book_pdf"),
    path("what-if/", what_if_views.figures, name="what_if"),
    path("what-if/progress/", what_if_views.progress, name="what_if_progress"),
    path("what-if/prepare/", what_if_views.prepare_again, name="what_if_prepare"),
    path("what-if/people/", what_if_views.people, name="what_if_people"),
    path("what-if/save/", what_if_views.save, name="what_if_save"),
]
