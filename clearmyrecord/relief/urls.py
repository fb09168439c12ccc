from django.urls import path

from clearmyrecord.relief import answer_views, doj_views, objection_views, response_views, row_views, views

app_name = "relief"
urlpatterns = [
    path("", views.answers, name="answers"),
    path("notice/", views.notice, name="notice"),
    path("notice/print/", views.notice_print, name="notice_print"),
    path("notice.csv", views.notice_csv, name="notice_csv"),
    path("matters/<slug:reference>/", answer_views.matter, name="matter"),
    path("matters/<slug:reference>/answer/", answer_views.answer, name="answer"),
    path("matters/<slug:reference>/reject/", answer_views.reject, name="reject"),
    path("matters/<slug:reference>/reject/undo/", answer_views.undo_rejection, name="undo_rejection"),
    path("matters/<slug:reference>/object/", objection_views.object_to, name="object"),
    path("convictions/<int:item_id>/", answer_views.conviction, name="conviction"),
    path("convictions/<int:item_id>/undo/", answer_views.undo, name="undo"),
    path("objections/", objection_views.objections, name="objections"),
    path("objections/<int:objection_id>/", objection_views.objection, name="objection"),
    path("responses/", response_views.responses, name="responses"),
    path("responses/upload/", response_views.upload, name="upload"),
    path("responses/<int:response_id>/", response_views.response, name="response"),
    path("responses/<int:response_id>/columns/", response_views.columns, name="columns"),
    path("responses/<int:response_id>/words/", response_views.words, name="words"),
    path("responses/<int:response_id>/again/", response_views.again, name="again"),
    path("responses/<int:response_id>/record/", response_views.record, name="record"),
    path("responses/<int:response_id>/undo/", response_views.undo, name="undo_response"),
    path("responses/<int:response_id>/to-work-off.csv", response_views.to_work_off, name="to_work_off"),
    path("rows/<int:row_id>/", row_views.row, name="row"),
    path("rows/<int:row_id>/assign/<slug:reference>/", row_views.assign, name="assign"),
    path("rows/<int:row_id>/aside/", row_views.set_aside, name="set_aside"),
    path("doj/", doj_views.still_shown, name="still_shown"),
    path("doj/still-shown.csv", doj_views.still_shown_csv, name="still_shown_csv"),
    path("doj/<int:answer_id>/confirm/", doj_views.confirm, name="confirm"),
    path("doj/confirmations/<int:confirmation_id>/", doj_views.decide, name="decide"),
]
