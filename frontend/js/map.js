// Maps of the city's areas: polygons of our own, no tiles from elsewhere. The list beside it says the same in words.
import L from "leaflet";

// From few to many; a feature without a shade has the middle one.
const SHADES = ["#e6f2f4", "#c3e0e5", "#a9d6dd", "#5fa9b8", "#1f7a8c", "#0b4f6c"];

document.querySelectorAll("[data-geojson]").forEach(async (element) => {
  const map = L.map(element, { attributionControl: false, zoomSnap: 0.25 });
  const answer = await fetch(element.dataset.geojson);
  const layer = L.geoJSON(await answer.json(), {
    style: ({ properties }) => ({
      color: "#0b4f6c", weight: 1.5, fillColor: SHADES[properties.shade ?? 2], fillOpacity: properties.shade === undefined ? 0.5 : 0.85,
    }),
    onEachFeature: (feature, shape) => {
      shape.bindTooltip(feature.properties.text ?? feature.properties.name, { sticky: true });
      if (feature.properties.url) shape.on("click", () => (location.href = feature.properties.url));
    },
  }).addTo(map);
  map.fitBounds(layer.getBounds(), { padding: [8, 8] });
});
