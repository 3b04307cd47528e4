// Maps of the city's areas: polygons of our own, no tiles from elsewhere. The list beside it says the same in words.
import L from "leaflet";

document.querySelectorAll("[data-geojson]").forEach(async (element) => {
  const map = L.map(element, { attributionControl: false, zoomSnap: 0.25 });
  const answer = await fetch(element.dataset.geojson);
  const layer = L.geoJSON(await answer.json(), {
    style: { color: "#0b4f6c", weight: 1.5, fillColor: "#a9d6dd", fillOpacity: 0.5 },
    onEachFeature: (feature, shape) => {
      shape.bindTooltip(feature.properties.name, { sticky: true });
      if (feature.properties.url) shape.on("click", () => (location.href = feature.properties.url));
    },
  }).addTo(map);
  map.fitBounds(layer.getBounds(), { padding: [8, 8] });
});
