from django.apps import AppConfig


class SchedulesConfig(AppConfig):
    name = "clearmyrecord.schedules"
    label = "schedules"
