import { expect, test } from "vitest";
import { EngraftError } from "../core/errors.js";
import type { ClassificationScores, EngraftEvent, EpochEvent } from "../core/events/events.js";
import { epochValidation } from "../core/results/metric.js";
import type { Task } from "../core/results/task.js";
import { sheetOf } from "../tasks/sheets.js";
import { Output, progressText, type Terminal } from "./output.js";
import { columnsOf, labelled } from "./render/labelled.js";
import { formatBytes, formatCount, renderEvent } from "./render/render.js";
import { evaluationLines } from "./render/render-result.js";

function fake(options: { json?: boolean; quiet?: boolean; verbose?: boolean } = {}, moves = false) {
  const out: string[] = [];
  const err: string[] = [];
  let time = 20_000;
  const terminal: Terminal = {
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    moves,
    colors: false,
    now: () => time,
  };
  const output = new Output(terminal, { json: false, quiet: false, ...options });
  const later = (ms: number) => {
    time += ms;
  };
  return { output, out, err, later };
}
const warning: EngraftEvent = { event: "warning", code: "x", message: "careful" };
const progress = (done: number): EngraftEvent => ({
  event: "progress",
  phase: "training",
  done,
  total: 100,
  unit: "steps",
  seconds_left: 75,
});
const epoch: EpochEvent = {
  event: "epoch",
  stage: "head",
  epoch: 1,
  of: 5,
  train_loss: 0.51234,
  ...epochValidation("accuracy", { score: 0.8125, loss: 0.4 }),
  rate: 0.01,
  seconds: 1.25,
  best: true,
};

test("with --json every event and the result is one line on stdout, and nothing is on stderr", () => {
  const { output, out, err } = fake({ json: true });
  output.onEvent(warning);
  output.onEvent(progress(1));
  output.note("for people");
  output.result({ a: 1 }, ["for people"]);
  expect(err).toEqual([]);
  expect(out.map((line) => (JSON.parse(line) as { event: string }).event)).toEqual([
    "warning",
    "progress",
    "result",
  ]);
  expect(out.every((line) => line.endsWith("\n") && line.indexOf("\n") === line.length - 1)).toBe(true);
});

test("a result or error that a task tells is not passed on: the command has the last word", () => {
  const { output, out } = fake({ json: true });
  output.onEvent({ event: "error", kind: "DataError", message: "", exit: 2 });
  expect(out).toEqual([]);
});

test("with --quiet only the result is shown, and warnings", () => {
  const { output, out, err } = fake({ quiet: true });
  output.onEvent(progress(1));
  output.onEvent(epoch);
  output.onEvent(warning);
  output.result({}, ["done"]);
  expect(out).toEqual(["done\n"]);
  expect(err).toEqual(["warning    careful\n"]);
});

test("without a terminal, progress is a plain line at most every ten seconds", () => {
  const { output, err, later } = fake();
  output.onEvent(progress(1));
  output.onEvent(progress(2));
  later(10_000);
  output.onEvent(progress(3));
  expect(err).toEqual([
    "training   1 / 100 steps, 1 min 15 s left\n",
    "training   3 / 100 steps, 1 min 15 s left\n",
  ]);
});

test("each stage has a table of its epochs, and the best one is marked", () => {
  const { output, err } = fake();
  output.onEvent(epoch);
  output.onEvent({ ...epoch, epoch: 2, best: false });
  output.onEvent({ ...epoch, stage: "all weights", best: false });
  const header = "    epoch  train loss  val loss    val accuracy  learning rate     time\n";
  expect(err).toEqual([
    "training   head\n",
    header,
    "      1/5      0.5123    0.4000          81.3 %          0.010    1.3 s  best\n",
    "      2/5      0.5123    0.4000          81.3 %          0.010    1.3 s\n",
    "training   all weights\n",
    header,
    "      1/5      0.5123    0.4000          81.3 %          0.010    1.3 s\n",
  ]);
});

test("epochs of a training from scratch are shown with --verbose, a tenth of them", () => {
  const of = (verbose: boolean) => {
    const { output, err } = fake({ verbose });
    for (let i = 1; i <= 20; i++) output.onEvent({ ...epoch, stage: "scratch 0.001", epoch: i, of: 20 });
    return err.length;
  };
  expect([of(false), of(true)]).toEqual([0, 12]);
});

test("a text that is wider than 80 columns goes on below itself, and a number stays with its unit", () => {
  const lines = labelled("verdict", `${"word ".repeat(13)}is 12 % more`, "/a/path/".repeat(12));
  expect(lines).toEqual([
    `verdict    ${"word ".repeat(13)}is`,
    "           12 % more",
    `           ${"/a/path/".repeat(12)}`,
  ]);
  expect(labelled("结果", "准确率".repeat(30)).length).toBe(1);
  expect(columnsOf("准确率 ok")).toBe(9);
});

test("a failure is an object on stdout with --json, and text on stderr always", () => {
  const { output, out, err } = fake({ json: true });
  output.failure({ event: "error", exit: 2 }, "DataError: no");
  expect(out).toEqual(['{"event":"error","exit":2}\n']);
  expect(err).toEqual(["DataError: no\n"]);
});

test("names from outside cannot steer the terminal or add lines; JSON has them unchanged", async () => {
  const name = "\u001b[31mred\nexit 0\t\u202e";
  const escaped = "\\x1b[31mred\\nexit 0\\t\\u202e";
  const { output, out, err } = fake();
  output.answer({}, ["a.jpg", name, "0.9"]);
  output.result({}, [`class ${name.replace("\t", "")}`]);
  output.onEvent({ event: "warning", code: "x", message: name.replace("\t", "") });
  output.failure({}, new EngraftError("DataError", "no class x\n  help: run this", { help: "h" }).format());
  expect(out).toEqual([`a.jpg\t${escaped}\t0.9\n`, `class ${escaped.replace("\\t", "")}\n`]);
  expect(err).toEqual([
    `warning    ${escaped.replace("\\t", "")}\n`,
    "DataError: no class x\n",
    "      help: run this\n",
    "  help: h\n",
  ]);
  const json = fake({ json: true });
  json.output.answer({ label: name }, [name]);
  expect(JSON.parse(json.out[0]!)).toEqual({ label: name });
});

test("numbers are written for people", () => {
  expect([0, 999, 1000, 1234567].map(formatCount)).toEqual(["0", "999", "1,000", "1,234,567"]);
  expect([0, 1023, 1536, 5 * 2 ** 20].map(formatBytes)).toEqual(["0 B", "1023 B", "1.5 KB", "5.0 MB"]);
  expect(progressText({ event: "progress", phase: "download", done: 1024, total: 2048, unit: "bytes" })).toBe(
    "1.0 KB / 2.0 KB",
  );
});

test("progress says what is done and left, how many items a second, and the loss", () => {
  const step = { ...progress(120), per_second: 41.6, items: "pictures", rate: 0.001, loss: 0.4123 } as const;
  expect(progressText(step as EngraftEvent & { event: "progress" })).toBe(
    "120 / 100 steps, 1 min 15 s left, 42 pictures/s, loss 0.412",
  );
  const slow = { event: "progress", phase: "features", done: 3, total: 9, unit: "pictures" } as const;
  expect(progressText({ ...slow, per_second: 0.42 })).toBe("3 / 9 pictures, 0.42 pictures/s");
  const load = { event: "progress", phase: "download", done: 1024, total: 2048, unit: "bytes" } as const;
  expect(progressText({ ...load, per_second: 2048 })).toBe("1.0 KB / 2.0 KB, 2.0 KB/s");
});

test("of many skipped items the first three are named, and how many more there are", () => {
  const skipped = Array.from({ length: 5 }, (_, i) => ({ item: `${i}.jpg`, reason: "empty" }));
  const lines = renderEvent({
    event: "data",
    task: "image-classification",
    classes: ["a", "b"],
    split: { train: 7, validation: 2, test: 1, seed: 0 },
    split_words: "70 / 15 / 15",
    skipped,
    duplicates: { exact: 0, near: 0, across_parts: 0 },
    fingerprint: "",
  });
  expect(lines).toEqual([
    "data       2 classes (a, b)",
    "           7 train, 2 validation, 1 test: 70 / 15 / 15",
    "           5 skipped: 0.jpg (empty), 1.jpg (empty), 2.jpg (empty) and 2 more",
  ]);
});

test("one class is one, and speech has characters", () => {
  const lineOf = (task: Task, classes: readonly string[]) =>
    renderEvent({
      ...{ event: "data", task, classes, split_words: "70 / 15 / 15", skipped: [], fingerprint: "" },
      split: { train: 7, validation: 2, test: 1, seed: 0 },
      duplicates: { exact: 0, near: 0, across_parts: 0 },
    })[0];
  expect(lineOf("object-detection", ["disc"])).toBe("data       1 class (disc)");
  expect(lineOf("automatic-speech-recognition", ["|", "a", "o"])).toBe(
    "data       3 characters (space, a, o)",
  );
  expect(lineOf("text-generation", [])).toBe("data       text-generation");
});

test("scores show the interval, the most confused pairs and the worst items", async () => {
  const sheet = await sheetOf("image-classification");
  const linesOf = (test: ClassificationScores): string[] =>
    evaluationLines(sheet, { task: "image-classification", test } as { test: ClassificationScores });
  const scores: ClassificationScores = {
    n: 100,
    metric: { name: "accuracy", value: 0.9, ci95: [0.83, 0.94], higher_is_better: true },
    accuracy: 0.9,
    accuracy_ci95: [0.83, 0.94],
    macro_f1: 0.89,
    loss: 0.3,
    ece: 0.05,
    per_class: [],
    confusion: [],
    most_confused: [{ true: "cat", predicted: "dog", count: 7 }],
    worst: [{ item: "cat/1.jpg", true: "cat", predicted: "dog", score: 0.991 }],
  };
  expect(linesOf(scores)).toEqual([
    "accuracy   90.0 %  (95 % confidence interval 83.0 to 94.0 %, 100 test pictures)",
    "scores     macro F1 89.0 %, log loss 0.300, calibration error 5.0 %",
    "           90 of 100 test pictures right.",
    "",
    "  true class  predicted as  pictures  of the class",
    "  cat         dog                  7             –",
    "worst      cat/1.jpg: labelled cat; predicted dog; confidence 99.1 %",
    "",
    "  class  n  precision  recall  F1  taken for",
  ]);
  const all = { ...scores, most_confused: [], worst: [] };
  const least_sure = [{ item: "cat/2.jpg", true: "cat", predicted: "cat", score: 0.512 }];
  expect(linesOf({ ...all, least_sure })).toContain(
    "least sure cat/2.jpg: labelled cat; predicted cat; confidence 51.2 %",
  );
});

test("the screen says why the strategy was chosen: the first reason, and what decided between strategies", () => {
  const [rule, trials, rate] = ["a rule", "what short trainings showed", "the learning rate"];
  const event = {
    ...{ event: "trainable", strategy: "finetune", parameters: 0, total: 0, groups: [] },
    reasons: [rule!, trials!, rate!],
    reason_messages: ["best-for-texts", "short-trainings", "usual-rate"].map((code) => ({ code })),
  } as unknown as Parameters<typeof renderEvent>[0];
  expect(renderEvent(event)).toEqual([
    "strategy   finetune: a rule",
    "           what short trainings showed",
  ]);
  expect(renderEvent(event, true).at(-1)).toBe("           the learning rate");
});

test("the screen says which baseline is left out for time; the parts of the forecast are for --verbose", () => {
  const leftOut = "no baseline from scratch, which would take about 8 min (--baselines)";
  const event = {
    event: "forecast",
    seconds: 60,
    peak_rss_mb: 350,
    words: `about 50 to 80 s and 350 MB of memory: features 5 s, training 50 s (100 steps of 500 ms); ${leftOut}`,
  } as const;
  expect(renderEvent(event)).toEqual([
    "forecast   about 50 to 80 s and 350 MB of memory",
    `           ${leftOut}`,
  ]);
  expect(renderEvent(event, true)[0]).toContain("features 5 s, training 50 s");
});
