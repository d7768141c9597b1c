// The results of a task that is defined outside of the product: its score and its baselines.
import type { CustomResultEvent, CustomScores } from "../../core/events/events.js";
import { metrics, type ScoreName } from "../../core/results/metric.js";
import { hubMetrics } from "../../report/cards/hub-vocabulary.js";
import { intervalOf, names, type Sheet, say, type Text, termed } from "../../report/sheet/sheet.js";
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
  scores: ({ n }) => ({
    n,
    notes: [{ en: `${itemsEn.testCount(n, sample)}.`, zh: `${itemsZh.testCount(n, sample)}。` }],
    facts: [],
    tables: [],
  }),
  run: ({ classes, title, task, test }) => ({
    facts: [{ label: { en: "Target", zh: "目标" }, value: names(classes) }],
    drawings: [],
    usage: {
      does: say`Learns ${names(classes)}: ${title.en}. The task is defined outside of
Engraft, by the program that trained the model. \`onnx/model.onnx\` uses standard ONNX operators.`,
      hub: { task, metrics: [hubMetrics[test.metric.name]], library: "engraft" },
    },
  }),
};
