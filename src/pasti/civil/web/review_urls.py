"""Paths of finding people, duplicates, and events on their way to Disdukcapil."""

from django.urls import path

from pasti.civil.web import review_dukcapil, review_pairs, review_people

urlpatterns = [
    path("", review_people.find, name="people"),
    path("orang/<uuid:person_id>/", review_people.person, name="person"),
    path("orang/<uuid:person_id>/nik/", review_people.reveal, name="reveal"),
    path("keluarga/<uuid:family_id>/", review_people.family, name="family"),
    path("ganda/", review_pairs.pairs, name="pairs"),
    path("ganda/<int:pair_id>/", review_pairs.pair, name="pair"),
    path("ganda/<int:pair_id>/buka-lagi/", review_pairs.reopen, name="pair_reopen"),
    path("dukcapil/", review_dukcapil.queue, name="dukcapil"),
    path("dukcapil/<uuid:peristiwa_id>/", review_dukcapil.event, name="dukcapil_event"),
]
