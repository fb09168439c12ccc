from django.apps import AppConfig


class BatchesConfig(AppConfig):
    name = "clearmyrecord.batches"
    label = "batches"
