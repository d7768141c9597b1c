// Waterfalls and beeswarms as a reader sees them: what stands where, and what does not.
import { expect, test } from "vitest";
import type { Explanation } from "../../core/results/explanation.js";
import { explanationParts, renderExplanations } from "./explanations.js";

const row = (input: string, a: number, b: string, weights: readonly [number, number]): Explanation => ({
  input,
  task: "tabular-classification",
  label: "high",
  score: 0.9,
  class: "high",
  class_score: 0.4 + weights[0] + weights[1],
  unit: "probability",
  method: "shap",
  base_value: 0.4,
  columns: [
    { name: "size", value: String(a), weight: weights[0] },
    { name: "color <b>", value: b, weight: weights[1] },
  ],
  shap: { exact: true, evaluations: 4, converged: true },
});
const rows = [
  row("row 1", 3, "red", [0.3, 0.1]),
  row("row 2", 1, "blue", [-0.2, 0.05]),
  row("row 3", 2, "", [0.1, -0.1]),
];
/** The texts of a drawing. */
const textsOf = (svg: string): string[] =>
  [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text!);
const drawings = (page: string, kind: string): string[] =>
  page.match(new RegExp(`<svg class="${kind}".*?</svg>`, "gs")) ?? [];

test("a waterfall goes from the base value to the prediction, a bar a column, the largest first", () => {
  const [first] = drawings(renderExplanations("houses", rows), "waterfall");
  expect(textsOf(first!)).toEqual([
    "base value",
    "0.4",
    "size = 3",
    "+0.3",
    "color &lt;b&gt; = red",
    "+0.1",
    "prediction",
    "0.8",
  ]);
  // Each bar begins where the one before ended: 0.4 … 0.7 … 0.8 over 328 units from 6 on.
  const bars = [...first!.matchAll(/<rect class="(\w+)" x="([\d.]+)" y="\d+" width="([\d.]+)"/g)];
  expect(bars.map(([, kind, x, width]) => [kind, Number(x), Number(width)])).toEqual([
    ["more", 6, 246],
    ["more", 252, 82],
  ]);
});

test("many features are nine bars and one for the others; all bars sum up to the difference", () => {
  const columns = Array.from({ length: 30 }, (_, i) => ({ name: `c${i}`, value: "1", weight: i / 100 }));
  const total = columns.reduce((sum, { weight }) => sum + weight, 0);
  const many = { ...rows[0]!, columns, class_score: 0.4 + total };
  const texts = textsOf(drawings(renderExplanations("wide", [many]), "waterfall")[0]!);
  expect(texts.slice(2, 5)).toEqual(["c29 = 1", "+0.29", "c28 = 1"]);
  // 0.29 + … + 0.21 are nine bars; 21 others are 0.20 + … + 0.01: 2.1.
  expect(texts.slice(-4)).toEqual(["21\u00a0other features", "+2.1", "prediction", "4.75"]);
});

test("a beeswarm has a point for each row and column; values with an order are colored by it, others are grey", () => {
  const page = renderExplanations("houses", rows);
  const [swarm] = drawings(page, "beeswarm");
  expect(swarm!.match(/<circle /g)).toHaveLength(6);
  expect(swarm!.match(/fill="var\(--curve-3\)"/g)).toHaveLength(3);
  // The largest and the smallest size.
  expect(swarm).toContain('fill="rgb(214 104 10)"');
  expect(swarm).toContain('fill="rgb(31 98 173)"');
  expect(textsOf(swarm!).slice(0, 2)).toEqual(["size", "color &lt;b&gt;"]);
  expect(page).toContain("Each point is one of 3\u00a0rows.");
});

test("too few rows have waterfalls alone, and weights that do not sum up nothing", () => {
  expect(drawings(renderExplanations("two", rows.slice(0, 2)), "beeswarm")).toEqual([]);
  const { base_value: _base, ...lime } = rows[0]!;
  expect(explanationParts([{ ...lime, method: "lime" }])).toEqual({});
});

test("values of samples stay out of a page without samples", () => {
  const { columns, explanations } = explanationParts(rows, { samples: false });
  const text = `${columns!.text}${explanations!.text}`;
  expect(text).not.toMatch(/= red|= 3|row 1/);
  expect(text).toContain("size");
  expect(text).not.toContain("rgb(214");
});

test("sampled values say so and have intervals; words and regions have bars as well", () => {
  const shap = { exact: false, evaluations: 900, converged: true } as const;
  const { columns: _columns, ...common } = rows[0]!;
  const words = [
    { text: "good", weight: 0.2, half_width: 0.05 },
    { text: " " },
    { text: "bad", weight: -0.1, half_width: 0.04 },
  ];
  const page = renderExplanations("texts", [
    { ...common, input: "good bad", words, shap, class_score: 0.5 },
    {
      ...common,
      input: "a.png",
      shap,
      class_score: 0.5,
      map: { rows: 1, columns: 2, values: [0.2, -0.1], half_widths: [0.01, 0.01] },
    },
  ]);
  expect(page).toContain("95 % confidence intervals");
  const [ofWords, ofRegions] = drawings(page, "waterfall").map(textsOf);
  expect(ofWords!.slice(2, 6)).toEqual(["good", "+0.2 ± 0.05", "bad", "\u22120.1 ± 0.04"]);
  expect(ofRegions!.slice(2, 4)).toEqual(["region in row 1, column 1", "+0.2 ± 0.01"]);
});

test("in Chinese no sentence of the page is English, and the page loads nothing", () => {
  const page = renderExplanations("房价", rows, { lang: "zh" });
  expect(page).toContain('<html lang="zh-Hans">');
  expect(page).toContain("预测取决于哪些列");
  const seen = page.replace(/<style[\s\S]*?<\/style>/g, " ").replace(/<[^>]+>/g, "\n");
  expect(seen.split("\n").filter((line) => /[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}/.test(line))).toEqual([]);
  expect(page).not.toMatch(/<script|https?:/);
});
