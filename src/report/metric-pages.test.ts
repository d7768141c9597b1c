// Pages write mAP and mIoU as numbers, in both languages.
import { expect, test } from "vitest";
import { exampleComparison } from "../../test/support/comparison-data.js";
import { englishLeft } from "../../test/support/english-left.js";
import { exampleVerdict } from "../../test/support/example-verdict.js";
import { exampleCurve } from "../../test/support/many-kinds.js";
import type { EngraftEvent } from "../core/events/events.js";
import { epochValidation } from "../core/results/metric.js";
import type { RunsReport, SideRun } from "../core/results/side-by-side.js";
import { chartsOf } from "./charts/charts.js";
import { seedsWords } from "./pages/seeds-words.js";
import { renderSideBySide } from "./studies/side-by-side-sheet.js";
import { studyPage } from "./studies/study-sheets.js";
import { verdictEn } from "./words/en/verdict.js";
import { metricsZh } from "./words/zh/metrics.js";
import { verdictZh } from "./words/zh/verdict.js";

const both = [
  ["map", "mAP"],
  ["miou", "mIoU"],
] as const;
const plain = (page: string): string => page.replaceAll("\u00a0", " ");

test.each(both)("a comparison by %s", (metric, name) => {
  const result = exampleComparison(["probe", "lora", "finetune"], [0, 1, 2], metric);
  const page = plain(studyPage(result));
  const { mean } = result.rows[0]![metric]!;
  expect(page).toContain(`<h2>${name} on the test split</h2>`);
  expect(page).toContain(`Its test ${name} is ${mean.toFixed(3)}.`);
  expect(page).toMatch(new RegExp(`finetune is better than lora by 0\\.\\d{3} of ${name}`));
  expect(page).toContain(`<td class="n">${mean.toFixed(3)} ± 0.`);
  expect(page).not.toMatch(/NaN|undefined|\d %<\/td>/);
  const chinese = plain(studyPage(result, "zh"));
  expect(chinese).toContain(`finetune 的验证 ${name}最高`);
  expect(englishLeft(chinese, "vision-mini flowers finetune lora runs comparison NumericError")).toEqual([]);
});

test.each(both)("a learning curve by %s", (metric, name) => {
  const result = exampleCurve([20, 40, 80, 160, 320], [0, 1], metric);
  expect(result.words).toMatch(new RegExp(`^${name} 0\\.95 takes about \\d+ pictures with transfer`));
  const page = plain(studyPage(result));
  expect(page).toContain(`${name} by number of training pictures`);
  expect(page).toContain("2 classes");
  const chinese = plain(studyPage(result, "zh"));
  expect(chinese).toContain(`达到 ${name} 0.95：迁移约需`);
  expect(englishLeft(chinese, "flowers finetune")).toEqual([]);
});

test.each(both)("runs side by side by %s", (metric, name) => {
  const run = (label: string, value: number): SideRun => ({
    ...{ label, run: label, status: "done", command: "", data: "/x/cards", seed: 0, machine: "m", epochs: 1 },
    test: { name: metric, value, ci95: [value - 0.1, value + 0.1], n: 40 },
    validation: { n: 20, value, loss: 1 },
    curve: [{ epoch: 1, train_loss: 1, validation_loss: 1, validation: value }],
  });
  const difference = {
    to: "a",
    gain: 0.2,
    ci95: [0.1, 0.3] as const,
    p: 0.01,
    p_adjusted: 0.01,
    n: 40,
    margin: 0.01,
    comparisons: 1,
  };
  const runs: SideRun[] = [
    run("a", 0.4),
    { ...run("b", 0.6), difference: { ...difference, finding: "better", sentences: ["better"], words: "" } },
  ];
  const result: RunsReport = {
    ...{ event: "result", task: "report", report: "r.html", learns: "custom-boxes", metric, runs },
    ...{ against: "a", best: "b", differing: [], notes: [] },
  };
  const page = plain(renderSideBySide(result));
  for (const text of [`test ${name}`, "0.600 <small>0.500 to 0.700</small>", "+0.200 <small>+0.100 … +0.300"])
    expect(page).toContain(text);
  expect(plain(renderSideBySide(result, undefined, "zh"))).toContain(`b 好于 a：${name} 相差 +0.200（`);
});

test.each(both)("a run by %s: epochs, seeds and the verdict", (metric, name) => {
  const epochs: EngraftEvent[] = [0.2, 0.4].map((score, i) => ({
    ...{ event: "epoch", stage: "finetune", epoch: i + 1, of: 2, train_loss: 1, rate: 0.1, seconds: 1 },
    ...{ ...epochValidation(metric, { score, loss: 1 }), best: true },
  }));
  expect(chartsOf({ events: epochs }).find(({ id }) => id === "accuracy")).toMatchObject({
    ...{ title: name, percent: false, series: [{ y: [0.2, 0.4] }] },
  });
  const by = {
    ...{ runs: [{ seed: 0, [metric]: 0.4, scratch: 0.1 }], seconds: 1 },
    [metric]: { mean: 0.4, sd: 0.1, plus_minus: 0.1, ci95: [0.3, 0.5] },
  } as unknown as Parameters<typeof seedsWords.en.words>[0];
  expect(seedsWords.en.words(by)).toBe(
    "seed 0: 0.400 (from scratch 0.100); mean 0.400 (95 % interval 0.300 to 0.500)",
  );
  expect(seedsWords.zh.words(by)).toContain("平均 0.400（95 % 区间 0.300 至 0.500）");
  const verdict = exampleVerdict("positive", { metric, gain: 0.3, ci95: [0.2, 0.4] });
  expect(verdictEn.line(verdict)).toBe(
    `Transfer helped: ${name} is 0.300 higher than from scratch (95 % confidence interval +0.200 to +0.400).`,
  );
  expect(verdictZh.line(verdict)).toBe(
    `迁移有帮助：${name} 比从头训练高 0.300（95 % 置信区间 +0.200 至 +0.400）。`,
  );
  expect(metricsZh.names[metric]).toBe(name);
});
