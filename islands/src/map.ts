// The map, movable: OpenLayers on the project's own vector data. Without this script the server's drawing stays.
import OlMap from "ol/Map";
import Feature from "ol/Feature";
import View from "ol/View";
import type { FeatureLike } from "ol/Feature";
import { defaults as defaultControls } from "ol/control/defaults";
import ScaleLine from "ol/control/ScaleLine";
import { isEmpty } from "ol/extent";
import LineString from "ol/geom/LineString";
import Point from "ol/geom/Point";
import Polygon from "ol/geom/Polygon";
import Draw from "ol/interaction/Draw";
import Modify from "ol/interaction/Modify";
import Snap from "ol/interaction/Snap";
import { fromLonLat, toLonLat } from "ol/proj";
import GeoJSON from "ol/format/GeoJSON";
import TileLayer from "ol/layer/Tile";
import VectorLayer from "ol/layer/Vector";
import VectorSource from "ol/source/Vector";
import XYZ from "ol/source/XYZ";
import { Circle, Fill, RegularShape, Stroke, Style, Text } from "ol/style";

const HITS_PX = 8;
const RENEW_MS = 700;
const MOVED_MS = 250;
// Metres to a pixel.
const NAMES_BELOW = 8;
const AROUND_M = 40_000_000;

/** Read a colour of the design system, so that the map follows light and dark. */
function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim() || "#888";
}

function groundStyle(feature: FeatureLike, resolution: number): Style | undefined {
  const kind = String(feature.get("kind"));
  if (feature.get("layer") === "road") {
    const width = { trunk: 4, primary: 2.6, secondary: 1.4 }[kind] ?? 0.8;
    if (width < 1 && resolution > 30) return undefined;
    const ink = kind === "trunk" ? colour("ink-3") : kind === "primary" ? colour("line-strong") : colour("road-edge");
    return new Style({ stroke: new Stroke({ color: ink, width }), zIndex: width });
  }
  const label = new Text({
    text: kind === "sea" || kind === "land" ? "" : String(feature.get("name") ?? ""),
    font: "13px system-ui, sans-serif",
    overflow: true,
    fill: new Fill({ color: colour("ink-3") }),
    stroke: new Stroke({ color: colour("land"), width: 3 }),
  });
  if (kind === "district") {
    return new Style({ stroke: new Stroke({ color: colour("road-edge"), lineDash: [6, 5] }), text: label, zIndex: 0 });
  }
  return new Style({ fill: new Fill({ color: colour(kind) }), text: label, zIndex: kind === "sea" ? -3 : kind === "land" ? -2 : -1 });
}

function incidentStyle(feature: FeatureLike): Style {
  const level = Number(feature.get("level") ?? 0);
  const fill = level ? colour(`level-${level}`) : colour("surface");
  return new Style({
    image: new RegularShape({ points: 3, radius: 15, fill: new Fill({ color: fill }), stroke: new Stroke({ color: colour("ink"), width: 2 }) }),
    text: new Text({
      text: String(feature.get("name")),
      offsetY: 22,
      font: "600 13px system-ui, sans-serif",
      fill: new Fill({ color: colour("ink") }),
      stroke: new Stroke({ color: colour("surface"), width: 4 }),
    }),
    zIndex: 30,
  });
}

/** Write the name of a mark where the map is near enough for names to have room. */
function nameNear(feature: FeatureLike, resolution: number): Text | undefined {
  if (resolution >= NAMES_BELOW) return undefined;
  return new Text({
    text: String(feature.get("name")),
    offsetY: 13,
    font: "12px system-ui, sans-serif",
    fill: new Fill({ color: colour("ink-2") }),
    stroke: new Stroke({ color: colour("surface"), width: 3 }),
  });
}

/** Draw a unit with the number of what lies in it; those of several layers stand beside each other. */
function heapStyle(feature: FeatureLike): Style {
  const kind = String(feature.get("kind"));
  const number = Number(feature.get("number") ?? 0);
  const radius = 9 * (1 + Math.log10(Math.max(1, number)) / 2);
  const ink = colour(kind === "hazard" ? "late" : kind === "site" ? "ink-3" : "accent");
  const beside = { team: [0, 0], vehicle: [34, 0], site: [0, -34], hazard: [34, -34] }[kind] ?? [0, 0];
  const fill = new Fill({ color: colour("surface") });
  return new Style({
    image: new Circle({ radius, fill, stroke: new Stroke({ color: ink, width: 2 }), displacement: [beside[0] ?? 0, beside[1] ?? 0] }),
    text: new Text({ text: number.toLocaleString(document.documentElement.lang), offsetX: beside[0], offsetY: -(beside[1] ?? 0), font: "600 11px system-ui, sans-serif", fill: new Fill({ color: colour("ink") }) }),
    zIndex: 12,
  });
}

function nowStyle(feature: FeatureLike, resolution: number): Style | undefined {
  switch (feature.get("layer")) {
    case "incident":
      return incidentStyle(feature);
    case "way": {
      const moving = feature.get("kind") === "moving";
      return new Style({ stroke: new Stroke({ color: colour("accent"), width: 4, lineDash: moving ? [9, 6] : undefined }), zIndex: 10 });
    }
    case "closed":
      return new Style({ fill: new Fill({ color: "rgba(160, 20, 60, 0.16)" }), stroke: new Stroke({ color: colour("late"), width: 2, lineDash: [5, 3] }), zIndex: 5 });
    case "extent": {
      const isHazard = feature.get("kind") === "hazard";
      const isLine = feature.getGeometry()?.getType().endsWith("LineString") ?? false;
      const stroke = new Stroke({ color: colour(isHazard ? "late" : "ink-3"), width: isLine ? 3 : 1.5, lineDash: isHazard ? [8, 3, 2, 3] : undefined });
      return new Style({ fill: new Fill({ color: isHazard ? "rgba(160, 20, 60, 0.1)" : "rgba(110, 120, 130, 0.12)" }), stroke, zIndex: 4 });
    }
    case "heap":
      return heapStyle(feature);
    case "vehicle": {
      const fill = new Fill({ color: feature.get("kind") === "available" ? colour("accent") : colour("surface") });
      const stroke = new Stroke({ color: colour("accent"), width: 1.5 });
      return new Style({ image: new RegularShape({ points: 4, radius: 8, scale: [1, 0.5], angle: Math.PI / 4, fill, stroke }), text: nameNear(feature, resolution), zIndex: 18 });
    }
    case "hazard": {
      const stroke = new Stroke({ color: colour("late"), width: 1.5 });
      return new Style({ image: new RegularShape({ points: 4, radius: 6, fill: new Fill({ color: colour("surface") }), stroke }), text: nameNear(feature, resolution), zIndex: 16 });
    }
    case "team": {
      const free = feature.get("kind") === "available";
      const fill = new Fill({ color: free ? colour("accent") : colour("surface") });
      const stroke = new Stroke({ color: colour("accent"), width: 2 });
      return new Style({ image: new RegularShape({ points: 4, radius: 7, angle: Math.PI / 4, fill, stroke }), text: nameNear(feature, resolution), zIndex: 20 });
    }
    default: {
      const image = new Circle({ radius: 4.5, fill: new Fill({ color: colour("surface") }), stroke: new Stroke({ color: colour("ink-3"), width: 1.5 }) });
      return new Style({ image, text: nameNear(feature, resolution), zIndex: 15 });
    }
  }
}

function makePopup(holder: HTMLElement): (feature: FeatureLike | undefined) => void {
  const popup = document.createElement("div");
  popup.className = "map-popup";
  popup.hidden = true;
  popup.setAttribute("role", "status");
  holder.append(popup);
  return (feature) => {
    popup.hidden = !feature;
    popup.replaceChildren();
    if (!feature) return;
    const name = document.createElement("b");
    name.textContent = String(feature.get("name") ?? "");
    popup.append(name);
    if (feature.get("note")) {
      const note = document.createElement("p");
      note.className = "quiet";
      note.textContent = String(feature.get("note"));
      popup.append(note);
    }
    if (feature.get("address")) {
      const link = document.createElement("a");
      link.href = String(feature.get("address"));
      link.textContent = holder.dataset.open ?? "→";
      popup.append(" ", link);
    }
  };
}

/** What the server gives beside the features: the layers of which not all are among them. */
type Answer = { crowded?: string[] };

async function load(address: string, source: VectorSource, signal?: AbortSignal): Promise<Answer> {
  const answer = await fetch(address, { headers: { Accept: "application/geo+json" }, signal });
  if (!answer.ok) return {};
  const data = (await answer.json()) as Answer;
  const features = new GeoJSON({ featureProjection: "EPSG:3857" }).readFeatures(data);
  source.clear(true);
  source.addFeatures(features);
  return data;
}

/** Ask for what lies in the box that is looked at, whenever it or what goes on has changed; `first` came without one. */
function follow(map: OlMap, holder: HTMLElement, source: VectorSource, address: string, first: Answer): void {
  const note = document.createElement("p");
  note.className = "map-crowded";
  note.hidden = true;
  note.setAttribute("role", "status");
  holder.append(note);
  const tell = ({ crowded = [] }: Answer) => {
    note.hidden = !crowded.length;
    note.textContent = crowded.length ? `${holder.dataset.crowded ?? ""} ${crowded.join(" · ")}` : "";
  };
  tell(first);
  let waiting = 0;
  let asking: AbortController | undefined;
  const renew = async () => {
    asking?.abort();
    asking = new AbortController();
    const [west = 0, south = 0, east = 0, north = 0] = map.getView().calculateExtent(map.getSize());
    const [left = 0, bottom = 0] = toLonLat([west, south]);
    const [right = 0, top = 0] = toLonLat([east, north]);
    // The whole earth, or more of it than lies between two meridians: asked for without a box.
    const isAll = east - west >= AROUND_M;
    const question = new URL(address, location.href);
    const box = isAll ? "" : [left, Math.max(bottom, -90), right, Math.min(top, 90)].map((side) => side.toFixed(6)).join(",");
    question.searchParams.set("bbox", box);
    try {
      tell(await load(question.href, source, asking.signal));
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
    }
  };
  const later = (after: number) => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => void renew(), after);
  };
  map.on("moveend", () => later(MOVED_MS));
  document.addEventListener("youbei:event", () => later(RENEW_MS));
}

async function start(holder: HTMLElement): Promise<void> {
  const { ground = "", now = "", tiles = "" } = holder.dataset;
  const groundSource = new VectorSource();
  const nowSource = new VectorSource();
  const [, first] = await Promise.all([load(ground, groundSource), load(now, nowSource)]);
  const area = nowSource.getExtent();
  const extent = area && !isEmpty(area) ? area : groundSource.getExtent();
  if (!extent || isEmpty(extent)) return;
  const groundLayer = new VectorLayer({ source: groundSource, style: groundStyle });
  const nowLayer = new VectorLayer({ source: nowSource, style: nowStyle });
  const layers = tiles ? [new TileLayer({ source: new XYZ({ url: tiles }) }), nowLayer] : [groundLayer, nowLayer];
  const controls = defaultControls({
    rotate: false,
    attribution: Boolean(tiles),
    zoomOptions: { zoomInTipLabel: holder.dataset.zoomIn ?? "+", zoomOutTipLabel: holder.dataset.zoomOut ?? "−" },
  }).extend([new ScaleLine()]);
  const map = new OlMap({ target: holder, layers, controls, view: new View() });
  map.getView().fit(extent, { padding: [40, 40, 40, 40], maxZoom: 16 });
  holder.classList.add("is-live");
  if (holder.dataset.follow !== undefined) follow(map, holder, nowSource, now, first);
  if (holder.dataset.draw) return outline(map, nowSource, holder.dataset.draw);
  if (holder.dataset.pick) return pick(map, holder.dataset.pick);
  const show = makePopup(holder);
  map.on("click", (event) => {
    const hit = map.forEachFeatureAtPixel(event.pixel, (feature) => feature, { layerFilter: (layer) => layer === nowLayer, hitTolerance: HITS_PX });
    show(hit);
  });
  const redraw = () => [groundLayer, nowLayer].forEach((layer) => layer.changed());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
}

/** Let a click put its coordinates into a form field, and mark the place that the field names. */
function pick(map: OlMap, selector: string): void {
  // Looked for each time: the part of the page in which it stands may be renewed, or come later than the map.
  const find = () => document.querySelector<HTMLInputElement>(selector);
  const place = new VectorSource();
  const ring = new Circle({ radius: 9, stroke: new Stroke({ color: colour("focus"), width: 4 }) });
  map.addLayer(new VectorLayer({ source: place, style: new Style({ image: ring }), zIndex: 50 }));
  const mark = () => {
    const [lat, lon] = (find()?.value ?? "").split(/[\s,，]+/).map(Number);
    place.clear();
    if (Number.isFinite(lat) && Number.isFinite(lon)) place.addFeature(new Feature(new Point(fromLonLat([lon ?? 0, lat ?? 0]))));
  };
  document.addEventListener("input", (event) => {
    if (event.target === find()) mark();
  });
  map.on("click", (event) => {
    const [lon = 0, lat = 0] = toLonLat(event.coordinate);
    const field = find();
    if (!field) return;
    field.value = `${lat.toFixed(5)}, ${lon.toFixed(5)}`;
    mark();
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  mark();
}

/** Read points line by line, latitude first, as the server does; GeoJSON and KML are left to it. */
function readPoints(text: string): Feature | undefined {
  const lines = text.split(/[\n;；]+/).map((line) => line.trim()).filter(Boolean);
  const isLine = /^(line|线)/i.test(lines[0] ?? "");
  const points = lines
    .map((line) => line.split(/[\s,，]+/).map(Number))
    .filter((pair) => pair.length === 2 && pair.every(Number.isFinite))
    .map(([lat = 0, lon = 0]) => fromLonLat([lon, lat]));
  if (points.length < 2) return undefined;
  if (isLine || points.length === 2) return new Feature(new LineString(points));
  return new Feature(new Polygon([[...points, points[0] ?? []]]));
}

function writePoints(feature: Feature): string {
  const shape = feature.getGeometry();
  const said = (position: number[]): string => {
    const [lon = 0, lat = 0] = toLonLat(position);
    return `${lat.toFixed(6)}, ${lon.toFixed(6)}`;
  };
  if (shape instanceof Polygon) return (shape.getCoordinates()[0] ?? []).slice(0, -1).map(said).join("\n");
  if (!(shape instanceof LineString)) return "";
  const points = shape.getCoordinates();
  return (points.length > 2 ? "line\n" : "") + points.map(said).join("\n");
}

/** Draw an outline; its points stand in a text field, which may also be typed in. */
function outline(map: OlMap, source: VectorSource, selector: string): void {
  const field = document.querySelector<HTMLTextAreaElement>(selector);
  const tools = document.querySelector<HTMLElement>("[data-draw-tools]");
  if (!field) return;
  const drawn = new VectorSource();
  source.getFeatures().filter((feature) => feature.get("layer") === "outline").forEach((feature) => {
    source.removeFeature(feature);
    drawn.addFeature(feature);
  });
  const edge = new Stroke({ color: colour("focus"), width: 3 });
  const corner = new Circle({ radius: 6, fill: new Fill({ color: colour("focus") }) });
  const style = new Style({ stroke: edge, fill: new Fill({ color: "rgba(127, 127, 127, 0.2)" }), image: corner });
  map.addLayer(new VectorLayer({ source: drawn, style, zIndex: 50 }));
  const write = (feature: Feature | undefined) => {
    if (feature) field.value = writePoints(feature) || field.value;
  };
  const modify = new Modify({ source: drawn });
  modify.on("modifyend", (event) => write(event.features.item(0)));
  map.addInteraction(modify);
  let drawing: Draw | undefined;
  const stop = () => {
    if (drawing) map.removeInteraction(drawing);
    drawing = undefined;
  };
  const begin = (kind: "Polygon" | "LineString") => {
    stop();
    drawing = new Draw({ source: drawn, type: kind, style });
    drawing.on("drawstart", () => drawn.clear());
    drawing.on("drawend", (event) => {
      write(event.feature);
      window.setTimeout(stop);
    });
    map.addInteraction(drawing);
    map.addInteraction(new Snap({ source: drawn }));
  };
  field.addEventListener("input", () => {
    const feature = readPoints(field.value);
    if (!feature && field.value.trim()) return;
    drawn.clear();
    if (feature) drawn.addFeature(feature);
  });
  if (!tools) return;
  tools.hidden = false;
  tools.querySelectorAll<HTMLButtonElement>("[data-draw-shape]").forEach((button) => {
    button.addEventListener("click", () => {
      const kind = button.dataset.drawShape;
      if (kind === "Polygon" || kind === "LineString") return begin(kind);
      stop();
      drawn.clear();
      field.value = "";
    });
  });
}

const holder = document.getElementById("map");
const folded = holder?.closest("details");
// A map that is folded away has no size to draw in: it starts when it is unfolded.
if (holder && folded && !folded.open) folded.addEventListener("toggle", () => void start(holder), { once: true });
else if (holder) void start(holder);
