// Maps of the city's areas: polygons of our own, no tiles from elsewhere. The list beside it says the same in words.
import L from "leaflet";

// From few to many; a feature without a shade has the middle one.
const SHADES = ["#e6f2f4", "#c3e0e5", "#a9d6dd", "#5fa9b8", "#1f7a8c", "#0b4f6c"];

// What stands at a point: a gauge grows with its stage, so that its size says what its colour says.
const POINTS = { gauge: "#083a50", shelter: "#14713d", hospital: "#14713d", school: "#5a3d86", route: "#5a3d86", water: "#a01a13" };

document.querySelectorAll("[data-geojson]").forEach(async (element) => {
  const map = L.map(element, { attributionControl: false, zoomSnap: 0.25 });
  const layer = L.geoJSON(null, {
    style: ({ properties, geometry }) => geometry.type === "Point" ? {} : ({
      color: "#0b4f6c", weight: 1.5, fillColor: SHADES[properties.shade ?? 2], fillOpacity: properties.shade === undefined ? 0.5 : 0.85,
    }),
    pointToLayer: ({ properties }, at) => L.circleMarker(at, {
      radius: 7 + 3 * (properties.stage || 0), color: "#fff", weight: 2, fillColor: POINTS[properties.kind] || "#0b4f6c", fillOpacity: 1,
    }),
    onEachFeature: (feature, shape) => {
      shape.bindTooltip(feature.properties.text ?? feature.properties.name, { sticky: true });
      if (feature.properties.url) shape.on("click", () => (location.href = feature.properties.url));
    },
  }).addTo(map);
  async function draw() {
    const answer = await fetch(element.dataset.geojson);
    const features = await answer.json();
    layer.clearLayers();
    layer.addData(features);
  }
  await draw();
  // The city fills the map; what stands outside it, far up the hills, is found by moving.
  const areas = layer.getLayers().filter((one) => !(one instanceof L.CircleMarker));
  map.fitBounds((areas.length ? L.featureGroup(areas) : layer).getBounds(), { padding: [8, 8] });
  // A map of what changes draws itself again; a click that chooses a place fills the form beside it.
  if (element.dataset.again) setInterval(() => document.hidden || draw().catch(() => {}), 1000 * element.dataset.again);
  const form = element.dataset.chooses && document.getElementById(element.dataset.chooses);
  if (form) chooses(map, form);
});

function chooses(map, form) {
  const mark = L.circleMarker(map.getCenter(), { radius: 9, color: "#fff", weight: 3, fillColor: "#a01a13", fillOpacity: 1 });
  map.on("click", ({ latlng }) => {
    form.elements.lat.value = latlng.lat.toFixed(6);
    form.elements.lon.value = latlng.lng.toFixed(6);
    mark.setLatLng(latlng).addTo(map);
  });
}
