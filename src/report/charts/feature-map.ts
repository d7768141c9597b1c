// Map of the test samples: drawn without a script; a script names the point that is pointed at.
import type { FeatureMap, Point } from "../../core/results/insights.js";
import { html, jsonForScript, type Markup, name, trusted } from "../html.js";
import { recorded } from "../recorded.js";
import { itemOf, type SampleData, thumbnailOf, wordsOf } from "../report-data.js";
import { integer, percent } from "./numbers.js";

/** Number of colours in the legend; further classes are grey. */
const colours = 12;
const [width, height, room] = [360, 300, 12];

/** Scales points to the drawing. An axis without extent lies in the middle. */
function placed(points: readonly Point[]): Point[] {
  const extent = (axis: 0 | 1): readonly [number, number] =>
    points.reduce(([low, high], p) => [Math.min(low, p[axis]), Math.max(high, p[axis])], [
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ] as [number, number]);
  const along = (value: number, [low, high]: readonly [number, number], size: number): number =>
    high > low ? room + ((size - 2 * room) * (value - low)) / (high - low) : size / 2;
  const [x, y] = [extent(0), extent(1)];
  return points.map((p) => [along(p[0], x, width), height - along(p[1], y, height)]);
}

function drawing(
  data: SampleData,
  map: FeatureMap,
  points: readonly Point[],
  title: string,
  note: string,
): Markup {
  const { insights: w } = wordsOf(data);
  const dot = ([x, y]: Point, i: number): string => {
    const [truth, predicted] = [map.true[i]!, map.predicted[i]!];
    const colour = truth < colours ? `var(--class-${truth + 1})` : "var(--curve-3)";
    const ring = truth === predicted ? "" : ' class="missed"';
    return `<circle data-i="${i}"${ring} cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${truth === predicted ? 3 : 4}" fill="${colour}"/>`;
  };
  // Wrong predictions are drawn last, on top.
  const order = [...points.keys()].sort(
    (a, b) => Number(map.true[a] !== map.predicted[a]) - Number(map.true[b] !== map.predicted[b]),
  );
  const at = placed(points);
  return html`<figure class="curve"><figcaption>${title} <span>${note}</span></figcaption>
<svg class="points" viewBox="0 0 ${width} ${height}" role="img" aria-label="${w.mapAlt(title)}">${trusted(order.map((i) => dot(at[i]!, i)).join(""))}</svg></figure>`;
}

/** Shows the name of the point nearest to the pointer. */
const script = trusted(`<script>
(function () {
  "use strict";
  var labels = JSON.parse(document.getElementById("points").textContent), box = document.querySelector(".point-says");
  document.querySelectorAll("svg.points").forEach(function (svg) {
    var dots = Array.from(svg.querySelectorAll("circle")), on;
    function show(event) {
      var frame = svg.getBoundingClientRect(), scale = svg.viewBox.baseVal.width / frame.width;
      var x = (event.clientX - frame.left) * scale, y = (event.clientY - frame.top) * scale, near, best = 16 * scale;
      dots.forEach(function (dot) {
        var d = Math.hypot(dot.cx.baseVal.value - x, dot.cy.baseVal.value - y);
        if (d < best) { best = d; near = dot; }
      });
      if (on) on.classList.remove("on");
      on = near;
      box.hidden = !near;
      if (!near) return;
      near.classList.add("on");
      var i = near.getAttribute("data-i"), picture = labels.pictures[labels.items[i]];
      box.querySelector("span").textContent = labels.says[i];
      var img = box.querySelector("img");
      img.hidden = !picture;
      if (picture) img.src = picture;
      var wide = box.offsetWidth, left = event.clientX + 14;
      if (left + wide > document.documentElement.clientWidth - 6) left = Math.max(6, event.clientX - 14 - wide);
      box.style.left = left + "px"; box.style.top = event.clientY + 14 + "px";
    }
    svg.addEventListener("pointermove", show); svg.addEventListener("pointerdown", show);
    svg.addEventListener("pointerleave", function (event) { if (event.pointerType === "mouse") { box.hidden = true; if (on) on.classList.remove("on"); } });
  });
  addEventListener("scroll", function () { box.hidden = true; }, { passive: true });
})();
</script>`);

/** Returns the map of the test samples; undefined if there is none. */
export function featureMap(data: SampleData): Markup | undefined {
  const { map, left_out = [] } = data.insights ?? {};
  const w = wordsOf(data).insights;
  const missing = left_out.find(({ what }) => what === "map");
  if (!map)
    return (
      missing &&
      html`<p class="small muted">${w.leftOut.map(recorded(missing.why, missing.message && [missing.message], wordsOf(data)))}</p>`
    );
  const { classes } = data.result;
  const label = (k: number): string => classes[k] ?? String(k);
  const { items } = wordsOf(data);
  const shown = items.testCount(map.items.length, itemOf(data));
  const all = map.of > map.items.length ? w.ofAll(shown, integer(map.of)) : shown;
  const used = [...new Set(map.true)].sort((a, b) => a - b);
  const labels = map.items.map((item, i) => w.pointSays(item, label(map.true[i]!), label(map.predicted[i]!)));
  const pictures = Object.fromEntries(
    map.items.flatMap((item) => {
      const picture = thumbnailOf(data, item);
      return picture === undefined ? [] : [[item, picture]];
    }),
  );
  const more = used.filter((k) => k >= colours).length;
  return html`<p class="muted">${w.mapIntro(all, integer(map.width))}</p>
<p class="legend">${used.filter((k) => k < colours).map((k) => html`<span><i style="background:var(--class-${k + 1})"></i>${name(label(k))}</span> `)}${more > 0 && html`<span><i style="background:var(--curve-3)"></i>${w.moreClasses(more)}</span> `}<span><i class="missed"></i>${w.wrong}</span></p>
<div class="curves">${drawing(data, map, map.pca.points, w.pcaTitle, w.pcaNote(percent(map.pca.explained[0], 0), percent(map.pca.explained[1], 0)))}
${map.umap && drawing(data, map, map.umap.points, w.umapTitle, w.umapNote(map.umap.neighbours))}</div>
<div class="point-says" hidden><img alt="" hidden width="96" height="96"><span></span></div>
<script type="application/json" id="points">${jsonForScript({ says: labels, items: map.items, pictures })}</script>${script}`;
}

/** After Tol's and Okabe and Ito's palettes, darker and lighter by the page's scheme. */
const light = [
  "#1f62ad",
  "#c2571a",
  "#17754a",
  "#a03593",
  "#8a6d00",
  "#00808c",
  "#b0322a",
  "#5b4bc4",
  "#6b7280",
  "#4d7c0f",
  "#be185d",
  "#7c5c3e",
];
const dark = [
  "#74b0f2",
  "#f0a066",
  "#5cc792",
  "#e58fd8",
  "#e3c456",
  "#5fd0da",
  "#f28b82",
  "#a99bf5",
  "#98a2b0",
  "#a3d45f",
  "#f48fb7",
  "#cfae8c",
];
const palette = (all: readonly string[]): string => all.map((c, i) => `--class-${i + 1}: ${c};`).join(" ");

export const mapStyle = `
:root { ${palette(light)} }
@media screen and (prefers-color-scheme: dark) { :root { ${palette(dark)} } }
svg.points { display: block; width: 100%; height: auto; touch-action: pan-y; }
svg.points circle { fill-opacity: .8; } svg.points .missed { stroke: var(--ink); stroke-width: 1.6; fill-opacity: 1; } svg.points .on { stroke: var(--accent); stroke-width: 4; fill-opacity: 1; }
.legend .missed { border: 2px solid var(--ink); }
.point-says { position: fixed; z-index: 9; max-width: min(18rem, calc(100vw - 12px)); padding: .4rem .6rem; background: var(--paper); border: 1px solid var(--muted); border-radius: 8px; font-size: .84rem; overflow-wrap: anywhere; pointer-events: none; }
.point-says[hidden] { display: none; } .point-says img { display: block; margin-bottom: .3rem; border-radius: 4px; } .point-says img[hidden] { display: none; }
`;
