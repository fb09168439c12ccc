from django.urls import path

from clearmyrecord.batches import (
    composing_views,
    court_record_views,
    draft_views,
    recommendation_views,
    returning_views,
    sample_views,
    views,
)

app_name = "batches"
urlpatterns = [
    path("", views.batches, name="batches"),
    path("compose/", composing_views.compose, name="compose"),
    path("<int:pk>/", views.batch, name="batch"),
    path("<int:pk>/items/<int:item_id>/", views.item, name="item"),
    path("<int:pk>/items/<int:item_id>/comment/", returning_views.comment, name="comment"),
    path("<int:pk>/returned/<int:position>/", returning_views.returned, name="returned"),
    path("<int:pk>/list.csv", views.download, name="download"),
    path("<int:pk>/add/", draft_views.add, name="add"),
    path("<int:pk>/rename/", draft_views.rename, name="rename"),
    path("<int:pk>/leave-out/", draft_views.leave_out, name="leave_out"),
    path("<int:pk>/items/<int:item_id>/state/<slug:fact>/", draft_views.complete, name="complete"),
    path("<int:pk>/items/<int:item_id>/serving-form/", draft_views.serving_form, name="serving_form"),
    path("<int:pk>/court-records/", court_record_views.court_records_page, name="court_records"),
    path("<int:pk>/court-records/answer/", court_record_views.answer, name="answer_court_records"),
    path("<int:pk>/samples/<int:version>/", sample_views.sample, name="sample"),
    path("<int:pk>/samples/<int:version>/sample.csv", sample_views.sample_download, name="sample_download"),
    path("<int:pk>/samples/<int:version>/<int:position>/", sample_views.sample_item, name="sample_item"),
    path("<int:pk>/samples/<int:version>/<int:position>/mark/", sample_views.mark, name="mark"),
    path("recommendations/<int:conviction_id>/", recommendation_views.recommendation, name="recommendation"),
    path("recommendations/<int:conviction_id>/take-back/", recommendation_views.take_back, name="take_back"),
    path("<int:pk>/submit/", draft_views.submit, name="submit"),
    path("<int:pk>/discard/", draft_views.discard, name="discard"),
    path("<int:pk>/call-back/", draft_views.call_back, name="call_back"),
    path("<int:pk>/approve/", views.approve, name="approve"),
    path("<int:pk>/return/", views.return_batch, name="return"),
    path("<int:pk>/withdraw/", views.withdraw, name="withdraw"),
]
