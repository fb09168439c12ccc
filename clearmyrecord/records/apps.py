from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "clearmyrecord.records"
    label = "records"
