from django.apps import AppConfig


class RunsConfig(AppConfig):
    name = "clearmyrecord.runs"
    label = "runs"
