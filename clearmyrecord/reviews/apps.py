from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "clearmyrecord.reviews"
    label = "reviews"

    def ready(self) -> None:
        from clearmyrecord.reviews import receivers

        receivers.connect()
