from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "clearmyrecord.reviews"
    label = "reviews"
