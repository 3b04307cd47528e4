"""/wilayah/: the city's areas, with a map."""

from django.urls import path

from pasti.kernel.places.web import views

app_name = "places"
urlpatterns = [
    path("", views.whole_city, name="city"),
    path("<str:code>/", views.area, name="place"),
    path("<str:code>/batas.geojson", views.outlines, name="outlines"),
]
