from django.urls import path

from clearmyrecord.relief import handoff_views, impact_views

app_name = "relief"
urlpatterns = [
    path("impact/", impact_views.report, name="impact"),
    path("impact/report.pdf", impact_views.report_pdf, name="impact_pdf"),
    path("impact/<slug:name>.csv", impact_views.chart_csv, name="impact_csv"),
    path("hand-offs/", handoff_views.hand_offs, name="hand_offs"),
    path("hand-offs/courts/<int:court_id>/<slug:stage>/", handoff_views.to_court, name="to_court"),
    path("hand-offs/doj/", handoff_views.to_doj, name="to_doj"),
    path("hand-offs/held-back/<int:court_id>/<slug:stage>.csv", handoff_views.held_back, name="held_back"),
    path("hand-offs/columns/<int:court_id>/", handoff_views.columns, name="hand_off_columns"),
    path("hand-offs/<int:pk>/", handoff_views.hand_off, name="hand_off"),
    path("hand-offs/<int:pk>/reports-<int:first>.pdf", handoff_views.reports, name="hand_off_reports"),
    path("hand-offs/<int:pk>/received/", handoff_views.received, name="hand_off_received"),
    path("hand-offs/<int:pk>/withdraw/", handoff_views.withdraw, name="hand_off_withdraw"),
    *(
        path(f"hand-offs/<int:pk>/files.{kind}", handoff_views.download, {"kind": kind}, name=f"hand_off_{kind}")
        for kind in handoff_views.TYPES
    ),
]
