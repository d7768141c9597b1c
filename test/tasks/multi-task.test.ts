// Several heads on one backbone, end to end on a small network: columns of a list and folders, every weighting, one model
// folder, separate models as baselines, an interruption, and data that are refused.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { resumeTraining } from "../../src/api/resume-training.js";
import type { EngraftEvent, TasksResultEvent } from "../../src/core/events/events.js";
import { openImages } from "../../src/data/images/open-images.js";
import { openTasks } from "../../src/data/tasks.js";
import { fromOnnx } from "../../src/graph/from-onnx.js";
import {
  evaluate,
  load,
  loadModel,
  resume,
  resumeTasks,
  type TasksOptions,
  train,
  trainTasks,
} from "../../src/index.js";
import { errorWith } from "../support/failure.js";
import { engraft, tinyBase, tinyData } from "../support/fixtures.js";
import { stopRun } from "../support/stop-run.js";

const root = mkdtempSync(join(tmpdir(), "engraft-tasks-"));
const path = (...parts: string[]) => join(root, ...parts);
const quick = { threads: 1, epochs: 2, batchSize: 8, base: path("base"), augment: "none" } as const;
const solved = { threads: 1, base: path("base"), augment: "none" } as const;
const columns = ["kind", "parity"] as const;

/** Writes a list with two label columns: kind (the folder) and parity (of the number). Some labels are missing. */
function list(file: string, rows: (kind: string, i: number) => string, header = "image,kind,parity"): void {
  const lines = ["ant", "bee"].flatMap((kind) =>
    Array.from({ length: 16 }, (_, i) => `data/${kind}/${i}.png,${rows(kind, i)}`),
  );
  writeFileSync(path(file), [header, ...lines].join("\n"));
}

beforeAll(async () => {
  process.env.ENGRAFT_CACHE = path("cache");
  await tinyData(path("data"), { ant: 16, bee: 16 });
  await tinyData(path("more"), { fly: 10, gnat: 10, wasp: 10 }, 500);
  tinyBase(path("base"));
  list(
    "list.csv",
    (kind, i) => `${i % 8 === 7 ? "" : kind},${i % 5 === 4 ? "" : i % 2 === 0 ? "even" : "odd"}`,
  );
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

let runs = 0;
const byColumns = (options: TasksOptions = {}): Promise<TasksResultEvent> =>
  trainTasks(path("list.csv"), { ...quick, labels: columns, out: path(`run ${runs++}`), ...options });
const byFolders = (options: TasksOptions = {}): Promise<TasksResultEvent> =>
  trainTasks([path("data"), path("more")], { ...quick, out: path(`run ${runs++}`), ...options });
const weightsIn = (model: string) =>
  fromOnnx(readFileSync(join(model, "onnx/model.onnx"))).graph.initializers;
function same(a: string, b: string): void {
  const [one, other] = [weightsIn(a), weightsIn(b)];
  expect([...other.keys()]).toEqual([...one.keys()]);
  for (const [name, { data }] of one) expect(other.get(name)!.data).toEqual(data);
}

describe.each(["fixed", "uncertainty", "pcgrad"] as const)("weighting %s", (weighting) => {
  test("trains columns of a list with missing labels into one model for all tasks", {
    tags: ["thorough"],
  }, async () => {
    const result = await byColumns({ weighting });
    expect(result.tasks.map(({ name, output }) => [name, output])).toEqual([
      ["kind", "logits"],
      ["parity", "logits_parity"],
    ]);
    const labelled = result.tasks.map(({ split: s }) => s.train + s.validation + s.test);
    // Of 32 pictures two of sixteen have no kind, three of sixteen no parity.
    expect(labelled).toEqual([28, 26]);
    const config = JSON.parse(readFileSync(join(result.model, "config.json"), "utf8"));
    expect(config.engraft_tasks.map((t: { output: string }) => t.output)).toEqual([
      "logits",
      "logits_parity",
    ]);
    expect([...weightsIn(result.model).keys()].filter((name) => name.includes("uncertainties"))).toEqual([]);
    const model = await loadModel(result.model, { threads: 1 });
    const answers = await model.predictTasks(path("data/ant/0.png"));
    expect(Object.keys(answers)).toEqual([...columns]);
    expect(answers.parity!.map(({ label }) => label).sort()).toEqual(["even", "odd"]);
    expect(await model.predict(path("data/ant/0.png"))).toEqual(answers.kind);
    await model.close();
    const heads = await load(result.run, { threads: 1 });
    if (heads.task !== "multi-task-image-classification") throw new Error(heads.task);
    expect(heads.tasks.map(({ name }) => name)).toEqual([...columns]);
    expect(await heads.predict(path("data/ant/0.png"))).toEqual(answers);
    await heads.close();
    const report = readFileSync(join(result.run, "report.html"), "utf8");
    expect(report).toContain("2\u00a0tasks on one backbone");
  });

  test("resumes after a stop to the same bits", { tags: ["thorough"] }, async () => {
    const out = path(`stopped ${weighting}`);
    const options = { weighting, temperature: 2, augment: "light" } as const;
    await stopRun((how) => byFolders({ ...options, out, ...how }));
    const whole = await byFolders(options);
    const result = await resume(out, { threads: 1 });
    if (result.task !== "multi-task-image-classification") throw new Error(result.task);
    same(whole.model, result.model);
    expect(result.tasks).toEqual(whole.tasks);
  });
});

test("the result has learned weights, or the given fixed ones", { tags: ["thorough"] }, async () => {
  const learnt = await byColumns({ weighting: "uncertainty", epochs: 4 });
  for (const { weight } of learnt.tasks) expect(weight).toBeGreaterThan(0);
  const fixed = await byColumns({ taskWeights: { parity: 0.25 } });
  expect(fixed.tasks.map(({ weight }) => weight)).toEqual([1, 0.25]);
});

test("the scores of each task are those of the saved file", { tags: ["thorough"] }, async () => {
  const result = await byColumns();
  for (const { name, test: scores } of result.tasks) {
    const evaluation = await evaluate(result.model, path("list.csv"), { task: name, threads: 1 });
    expect(evaluation.scored).toContain(`task ${name}: `);
    expect(evaluation.test.n).toBe(scores.n);
    expect(evaluation.test).toMatchObject({ accuracy: scores.accuracy });
  }
});

test("folders of different classes and sizes are tasks, each compared with a separate model", {
  tags: ["thorough"],
}, async () => {
  const result = await byFolders({ baselines: true });
  expect(result.tasks.map(({ name, classes }) => [name, classes.length])).toEqual([
    ["data", 2],
    ["more", 3],
  ]);
  for (const { test: scores, baseline, baselines, verdict } of result.tasks) {
    expect(baseline!.test.n).toBe(scores.n);
    const most = Math.max(...scores.per_class.map(({ n }) => n)) / scores.n;
    expect(baselines!.majority.test.accuracy).toBeLessThanOrEqual(most);
    expect(baselines!.probe!.test.n).toBe(scores.n);
    expect(verdict!.words).toContain("a model for this task alone");
  }
  // The separate model of a task equals that of `train`.
  const single = await train(path("data"), { ...quick, task: "image-classification", out: path("alone") });
  expect(result.tasks[0]!.baseline!.test.per_class).toEqual(single.test.per_class);
});

test("trainings without an epoch better than their start are not called the same", {
  tags: ["thorough"],
}, async () => {
  const { best_epoch, tasks } = await byFolders({ baselines: true, lr: 1e-12 });
  expect(best_epoch).toBe(0);
  expect(tasks.map(({ verdict }) => verdict!.decision)).toEqual(["untrained", "untrained"]);
});

test("a run that is stopped during the separate trainings already has its model", {
  tags: ["thorough"],
}, async () => {
  const out = path("stopped alone");
  await stopRun(
    (how) => byFolders({ baselines: true, out, ...how }),
    (e) => e.event === "epoch" && e.stage.endsWith(" alone"),
  );
  await (await loadModel(join(out, "model"))).close();
  const whole = await byFolders({ baselines: true });
  const result = await resume(out, { threads: 1 });
  if (result.task !== "multi-task-image-classification") throw new Error(result.task);
  same(whole.model, result.model);
  const scores = ({ tasks }: TasksResultEvent) => tasks.map(({ baseline }) => baseline!.test);
  expect(scores(result)).toEqual(scores(whole));
});

test("a probe solves a head for each task", { tags: ["thorough"] }, async () => {
  const out = path(`run ${runs++}`);
  const options = { ...solved, strategy: "probe", baselines: true, out } as const;
  const result = await trainTasks([path("data"), path("more")], options);
  expect(result.epochs).toBe(0);
  // On frozen features, heads are independent: joint and separate scores are equal.
  for (const { test: scores, baseline } of result.tasks)
    expect(baseline!.test.confusion).toEqual(scores.confusion);
});

test("a picture is in one split for all tasks, and every class has a training picture", async () => {
  const path_ = path("list.csv");
  const data = await openTasks(
    columns.map((column) => ({ name: column, path: path_, column })),
    { open: ({ path, column }) => openImages(path, { labelColumn: column! }) },
  );
  const ids = data.items.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const [t, { classes }] of data.tasks.entries())
    for (const label of classes.keys())
      expect(data.items.some((item) => item.part === "train" && item.labels[t] === label)).toBe(true);
});

test("a picture in two folders goes to the strictest of its splits", async () => {
  const { cpSync, mkdirSync } = await import("node:fs");
  for (const name of ["train/up", "train/down", "test/up", "test/down"])
    mkdirSync(path("given", name), { recursive: true });
  // Test pictures of one task also occur in the other task, whose split is drawn.
  for (let i = 0; i < 8; i++) {
    cpSync(path("data", "ant", `${i}.png`), path("given", i < 4 ? "test" : "train", "up", `${i}.png`));
    cpSync(path("data", "bee", `${i}.png`), path("given", i < 4 ? "test" : "train", "down", `${i}.png`));
  }
  const given = [
    { name: "kind", path: path("data") },
    { name: "way", path: path("given") },
  ];
  const data = await openTasks(given, { open: (one) => openImages(one.path) });
  const shared = data.items.filter(({ labels }) => labels.every((label) => label >= 0));
  expect(shared).toHaveLength(16);
  const tested = shared.filter(({ id }) => /\/[0-3]\.png$/.test(id));
  expect(tested.map(({ part }) => part)).toEqual(tested.map(() => "test"));
  // The drawn split follows the given one.
  expect(data.warnings.map(({ code }) => code)).not.toContain("shared_samples");
});

const sources = { columns: () => path("list.csv"), folders: () => [path("data"), path("more")] };
test.each([
  ["columns", { labels: ["kind"] }, "1 task is not several"],
  ["columns", { labels: ["kind", "kind"] }, 'two tasks are named "kind"'],
  ["columns", { labels: ["kind", "colour"] }, 'task "colour": "list.csv" has no column "colour"'],
  ["columns", {}, "one folder or list is one task"],
  ["folders", { labels: ["a", "b"] }, "label columns are of one list, there are 2 data"],
  ["folders", { weighting: "none" }, 'weighting is "none"'],
  ["folders", { temperature: 0 }, "temperature is 0"],
  ["folders", { taskWeights: { mroe: 2 } }, 'there is no task "mroe" to give a weight to'],
  ["folders", { taskWeights: { more: -1 } }, 'the weight of task "more" is -1'],
  ["folders", { taskWeights: { more: 2 }, weighting: "uncertainty" }, "weights of tasks are learnt"],
  ["folders", { strategy: "co-tuning" }, { option: "strategy", needs: "base classifier" }],
  ["folders", { option: { nope: 1 } }, 'strategy "finetune" has no option nope'],
  ["folders", { groupFrom: "(.)" }, { option: "groupFrom", needs: "dataset" }],
  ["folders", { strategy: "lora" }, 'strategy "lora" cannot be used with several tasks'],
  ["folders", { weighting: "pcgrad", sam: 0.05 }, "projected gradients cannot go with sharpness-aware steps"],
] as const)("with %s refuses %j", async (which, options, expected) => {
  const out = path("refused");
  const refused = trainTasks(sources[which](), { ...quick, out, ...(options as object) } as TasksOptions);
  await expect(refused).rejects.toEqual(errorWith(expected));
  const { existsSync } = await import("node:fs");
  expect(existsSync(out)).toBe(false);
});

test("a column that is named twice is named once in the cure", async () => {
  const twice = trainTasks(path("list.csv"), { ...quick, labels: ["kind", "kind"], out: path("refused") });
  await expect(twice).rejects.toMatchObject({ help: "name each column once: --labels kind" });
});

test("accepts options of the training loop, and its report can be written again", {
  tags: ["thorough"],
}, async () => {
  const { tasks, run } = await byColumns({ accumulate: 2, average: "swa", sam: 0.05 });
  expect(tasks).toHaveLength(2);
  const { report } = await import("../../src/index.js");
  const again = await report(run);
  expect(again.status).toBe("done");
  const { readFileSync } = await import("node:fs");
  for (const { name } of tasks) expect(readFileSync(again.report, "utf8")).toContain(name);
});

test("a class that occurs only in the test split is refused with the name of its task", async () => {
  const part = (i: number): string => (i < 8 ? "train" : i < 12 ? "val" : "test");
  list(
    "odd.csv",
    (kind, i) => `${kind},${i > 12 ? "rare" : i % 2 === 0 ? "even" : "odd"},${part(i)}`,
    "image,kind,parity,split",
  );
  const refused = trainTasks(path("odd.csv"), { ...quick, labels: columns, out: path("refused") });
  await expect(refused).rejects.toThrow('task "parity": "rare" has no picture in the train part');
});

test("a run on several tasks and one on a single task resume by their own commands", {
  tags: ["thorough"],
}, async () => {
  const events: EngraftEvent[] = [];
  const onEvent = (event: EngraftEvent): void => void events.push(event);
  const result = await byFolders({ epochs: 1, onEvent });
  expect(events.at(-1)).toEqual(result);
  const record = readFileSync(join(result.run, "events.jsonl"), "utf8").trimEnd().split("\n");
  expect(JSON.parse(record.at(-1)!)).toEqual(JSON.parse(JSON.stringify(result)));
  const several = "a training of several tasks";
  await expect(resumeTraining(result.run)).rejects.toThrow(`is ${several}, not a training`);
  expect(await resume(result.run)).toMatchObject({ task: "multi-task-image-classification" });
  expect((await resumeTasks(result.run, { onEvent })).tasks).toEqual(
    JSON.parse(JSON.stringify(result.tasks)),
  );
  expect(events.at(-1)).toMatchObject({ event: "result", task: "multi-task-image-classification" });
  const one = await train(path("data"), { ...solved, strategy: "probe", out: path("one") });
  await expect(resumeTasks(one.run)).rejects.toThrow(`is a training, not ${several}`);
});

test("eval lists the tasks, and finds the head for the classes", { tags: ["thorough"] }, async () => {
  const result = await byFolders({ epochs: 1 });
  await expect(evaluate(result.model, path("data"), { task: "colour" })).rejects.toMatchObject({
    details: { task: "colour", tasks: result.tasks.map(({ name }) => name) },
  });
  expect((await evaluate(result.model, path("more"), { threads: 1 })).scored).toContain("task more: ");
});

test("explain takes the task, and names it in the output, in JSON and on the page", {
  tags: ["thorough"],
}, async () => {
  const { model, tasks } = await byFolders({ epochs: 1 });
  const of = ["explain", model, path("more/fly/0.png"), "--threads", "1"];
  const classesOf = (t: number) => tasks[t]!.classes;
  for (const [t, own] of [[], ["--task", "more"]].entries()) {
    const { code, out } = await engraft([...of, ...own, "--json"]);
    expect(code).toBe(0);
    const one = JSON.parse(out.split("\n").find((line) => line.includes('"explanation"'))!);
    expect(one.head).toBe(tasks[t]!.name);
    expect(classesOf(t)).toContain(one.label);
    expect((await engraft([...of, ...own])).out).toContain(`\ttask ${tasks[t]!.name}\t${one.label}\t`);
  }
  const page = ["--method", "shap", "--samples", "80", "--task", "more", "--out"];
  expect((await engraft([...of, ...page, path("page.html")])).code).toBe(0);
  expect(readFileSync(path("page.html"), "utf8")).toMatch(/1\ssample · shap · task more/);
  expect((await engraft([...of, ...page, path("page-zh.html"), "--lang", "zh"])).code).toBe(0);
  expect(readFileSync(path("page-zh.html"), "utf8")).toContain("任务 more");
  const unknown = await engraft([...of, "--task", "colour", "--json"]);
  expect(unknown.events.at(-1)).toMatchObject({
    event: "error",
    details: { task: "colour", tasks: tasks.map(({ name }) => name) },
  });
});

test("a config that does not fit its model is refused", { tags: ["thorough"] }, async () => {
  const result = await byFolders({ epochs: 1 });
  const file = join(result.model, "config.json");
  const config = JSON.parse(readFileSync(file, "utf8"));
  config.engraft_tasks[1].output = "logits_less";
  writeFileSync(file, JSON.stringify(config));
  await expect(loadModel(result.model)).rejects.toThrow(
    'the model has no output "logits_less" for the task "more"',
  );
  config.engraft_tasks = 5;
  writeFileSync(file, JSON.stringify(config));
  await expect(loadModel(result.model)).rejects.toThrow('"engraft_tasks" is no list of tasks');
});
