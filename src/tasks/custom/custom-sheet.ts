// The results of a task that is defined outside of the product: its score, its baselines, and the tables and charts of its own.
import type { CustomDetails, CustomResultEvent, CustomScores } from "../../core/events/custom-event.js";
import { metrics, type ScoreName } from "../../core/results/metric.js";
import { hubMetrics } from "../../report/cards/hub-vocabulary.js";
import { lineChart } from "../../report/charts/line-chart.js";
import { html } from "../../report/html.js";
import {
  type Drawing,
  intervalOf,
  names,
  type Sheet,
  say,
  type Text,
  termed,
} from "../../report/sheet/sheet.js";
import { wordsIn } from "../../report/words/index.js";
import { itemsEn, itemsZh } from "../../report/words/items.js";

type About = Pick<CustomResultEvent, "title">;
type CustomResult = About & Pick<CustomResultEvent, "test" | "classes" | "task">;

const sample = "sample";
const titleOf = (metric: ScoreName): Text =>
  termed(metric, wordsIn("en").metrics.titles[metric], wordsIn("zh").metrics.titles[metric]);

export const customSheet: Sheet<CustomScores, About, CustomResult> = {
  kind: ({ title }) => title,
  sample: () => sample,
  figures: (test) => {
    const { name, value, ci95 } = test.metric;
    return [
      {
        name: titleOf(name),
        as: metrics[name].scale === "share" ? "share" : "decimal",
        value,
        ci95: intervalOf(test, ci95),
      },
    ];
  },
  scores: ({ n, details = {} }) => ({
    n,
    notes: [{ en: `${itemsEn.testCount(n, sample)}.`, zh: `${itemsZh.testCount(n, sample)}。` }],
    facts: [],
    tables: (details.tables ?? []).map((table) => ({ section: "scores", ...table })),
  }),
  run: ({ classes, title, task, test }) => ({
    facts: [{ label: { en: "Target", zh: "目标" }, value: names(classes) }],
    drawings: drawingsOf(test.details),
    usage: {
      does: say`Learns ${names(classes)}: ${title.en}. The task is defined outside of
Engraft, by the program that trained the model. \`onnx/model.onnx\` uses standard ONNX operators.`,
      hub: { task, metrics: [hubMetrics[test.metric.name]], library: "engraft" },
    },
  }),
};

/** Returns the charts of a task as figures of a page. */
function drawingsOf({ tables = [], charts = [] }: CustomDetails = {}): Drawing[] {
  return charts.map(({ title, note, x, lines, share = false }, i) => ({
    section: "scores",
    // A chart has its title; a section without a table takes that of its first chart.
    title: tables.length === 0 && i === 0 ? title : undefined,
    draw: ({ lang }) =>
      html`<div class="curves">${lineChart({
        id: `own-${i}`,
        title: title[lang],
        note: note[lang],
        percent: share,
        x,
        axis: { label: note[lang], logarithmic: false },
        series: lines.map(({ label, values }, curve) => ({
          label: label[lang],
          curve: 1 + (curve % 4),
          dashed: false,
          y: values,
        })),
      })}</div>`,
  }));
}
