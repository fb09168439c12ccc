from django.apps import AppConfig


class FilingsConfig(AppConfig):
    name = "clearmyrecord.filings"
    label = "filings"
