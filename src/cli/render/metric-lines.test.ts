// Lines of the terminal that write a score by its metric, for each metric.
import { expect, test } from "vitest";
import type { EpochEvent, RunEvent } from "../../core/events/events.js";
import type { SeedEvent } from "../../core/events/run-outcome.js";
import { epochValidation, type MetricName, type ScoreName } from "../../core/results/metric.js";
import { renderRun } from "../output.js";
import { epochHeader, epochRow } from "./epoch-table.js";
import { seedLine, seedsLines } from "./seeds-lines.js";

/** A score of 0.4123 of each metric, as a sentence about one run has it. */
const inSentence: Readonly<Record<ScoreName, string>> = {
  ...{ accuracy: "accuracy 41.2 %", f1: "F1 41.2 %", r2: "R² 0.412", map: "mAP 0.412", miou: "mIoU 0.412" },
  word_accuracy: "word accuracy 41.2 %",
  token_accuracy: "token accuracy 41.2 %",
};
const all = Object.keys(inSentence) as ScoreName[];

test.each(all)("seeds by %s: a line for each, then the mean with its interval", (metric) => {
  const event: SeedEvent = { event: "seed", seed: 7, [metric]: 0.4123, scratch: 0.2, number: 1, of: 2 };
  const [, name, text] = /^(.*?) ([\d.]+.*)$/.exec(inSentence[metric]) as unknown as [string, string, string];
  const percent = text.endsWith("%");
  expect(seedLine(event).join(" ")).toMatch(
    new RegExp(`seed 7 +${inSentence[metric]}, from scratch ${percent ? "20.0 %" : "0.200"} \\(1 of 2\\)`),
  );
  const over = { mean: 0.4123, sd: 0.01, plus_minus: 0.021, ci95: [0.3913, 0.4333] as const };
  const runs = [{ seed: 7, [metric]: 0.4123 }];
  const by = { runs, [metric]: over, seconds: 1 } as unknown as Parameters<typeof seedsLines>[0];
  const half = percent ? "2.1 points" : "0.021";
  expect(seedsLines(by).join("\n")).toContain(
    `1, ${name} ${inSentence[metric].slice(name.length + 1)} ± ${half}`,
  );
});

test.each<[MetricName, string, string]>([
  ["accuracy", "val accuracy", "41.2 %"],
  ["f1", "val F1", "41.2 %"],
  ["r2", "val R²", "0.412"],
  ["map", "val mAP", "0.412"],
  ["miou", "val mIoU", "0.412"],
  ["wer", "val WER", "41.2 %"],
  ["perplexity", "val perplexity", "0.41"],
])("a table of epochs by %s", (metric, head, cell) => {
  const validation = epochValidation(metric, { score: 0.4123, loss: 0.5, value: 0.4123 });
  const event: EpochEvent = {
    ...{
      event: "epoch",
      stage: "finetune",
      epoch: 1,
      of: 2,
      train_loss: 0.6,
      rate: 0.001,
      seconds: 1,
      best: true,
    },
    ...validation,
  };
  expect(epochHeader(event)).toContain(` ${head} `);
  expect(epochRow(event)).toContain(` ${cell} `);
});

test.each(all)("a run of a comparison by %s has its scores on test and validation", (metric) => {
  const run: RunEvent = {
    ...{ event: "run", state: "done", label: "probe", seed: 1, number: 1, of: 2, run: "r", seconds: 3 },
    [`test_${metric}`]: 0.4123,
    [`validation_${metric}`]: 0.5,
  };
  const shares = ["accuracy", "word_accuracy", "token_accuracy"].includes(metric);
  const [test, validation] = shares ? ["41.2 %", "50.0 %"] : ["0.412", "0.500"];
  expect(renderRun(run).join()).toContain(`test ${test}  valid. ${validation}  `);
  const { [`test_${metric}` as const]: _test, ...diagnosis } = run;
  expect(renderRun(diagnosis).join()).toMatch(new RegExp(`seed 1 +valid\\. ${validation}`));
});
