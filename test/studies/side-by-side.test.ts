// Several runs on one page: paired if they have the same test items, otherwise with the reason why not.
// @module-tag thorough
import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EngraftError, reportRuns, train } from "../../src/index.js";
import { englishLeft } from "../support/english-left.js";
import { engraft, tinyBase, tinyData } from "../support/fixtures.js";

const root = mkdtempSync(join(tmpdir(), "engraft-side-"));
const path = (...parts: string[]) => join(root, ...parts);
type Manifest = {
  result?: { test: { scores?: { values: number[] } } };
  status: string;
  options: Record<string, unknown>;
};
const manifest = (run: string): Manifest => JSON.parse(readFileSync(path(run, "run.json"), "utf8"));

beforeAll(async () => {
  process.env.ENGRAFT_CACHE = path("cache");
  const data = await tinyData(path("data"), { ant: 20, bee: 20 });
  const options = { base: tinyBase(path("base")), threads: 1 };
  await train(data, { ...options, strategy: "probe", out: path("probe") });
  await train(data, { ...options, strategy: "bitfit", epochs: 2, batchSize: 4, out: path("bitfit") });
  await train(data, { ...options, strategy: "probe", seed: 1, out: path("seed-1") });
  // A killed run: its events end early, and its manifest has the status "running".
  cpSync(path("bitfit"), path("stopped"), { recursive: true });
  rmSync(path("stopped", "model"), { recursive: true });
  const lines = readFileSync(path("bitfit", "events.jsonl"), "utf8").trimEnd().split("\n");
  const upTo = lines.findIndex((line) => line.includes('"event":"epoch"'));
  const error = JSON.stringify({ event: "error", kind: "Interrupted", message: "stopped", exit: 130 });
  writeFileSync(path("stopped", "events.jsonl"), `${[...lines.slice(0, upTo + 1), error].join("\n")}\n`);
  const { result: _result, ...rest } = manifest("bitfit");
  writeFileSync(path("stopped", "run.json"), JSON.stringify({ ...rest, status: "running" }));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const failure = (work: Promise<unknown>): Promise<EngraftError> =>
  work.then(
    () => expect.fail("it should have failed"),
    (error: EngraftError) => error,
  );

test("two runs with the same split are paired by item, and different options are listed", async () => {
  const report = await reportRuns([path("probe"), path("bitfit")], { out: path("a.html") });
  const answers = ["probe", "bitfit"].map((run) => manifest(run).result!.test.scores!.values);
  const share = (right: readonly number[]): number => right.filter((one) => one === 1).length / right.length;
  const [probe, bitfit] = report.runs;
  expect(report).toMatchObject({ learns: "image-classification", metric: "accuracy", against: "probe" });
  expect(probe!.difference).toBeUndefined();
  expect(bitfit!.difference).toMatchObject({ to: "probe", n: answers[0]!.length });
  expect((bitfit!.difference as { gain: number }).gain).toBeCloseTo(
    share(answers[1]!) - share(answers[0]!),
    12,
  );
  expect(bitfit!.curve.length).toBe(2);
  expect(report.differing).toEqual([
    { option: "--epochs", values: [null, "2"] },
    { option: "--batch-size", values: [null, "4"] },
  ]);
  expect(report.best).not.toBeNull();
  for (const run of report.runs) {
    expect(run.test!.ci95![0]).toBeLessThanOrEqual(run.test!.value);
    expect(run.model_bytes).toBeGreaterThan(1000);
    expect(run.seconds!.total).toBeGreaterThan(0);
  }
  const page = readFileSync(path("a.html"), "utf8");
  expect(page).toContain("Differences in words");
  expect(page).toContain('id="plot-side-loss"');
  expect(page).not.toMatch(/(?:src|href)="(?!data:|#)/);
});

test("runs with another split are not paired, and a stopped run shows its progress, in both languages", async () => {
  const report = await reportRuns([path("stopped"), path("probe"), path("seed-1")], {
    out: path("b.html"),
    lang: "zh",
  });
  const [stopped, , other] = report.runs;
  expect(report.against).toBe("probe");
  expect(stopped).toMatchObject({ status: "stopped", strategy: "bitfit", difference: "it is not done" });
  expect(stopped!.curve.length).toBe(1);
  expect(stopped!.test).toBeUndefined();
  expect(other!.difference).toMatch(/^it was tested on other samples: of its 6 and the other's 6, /);
  // Validation scores on different items cannot decide which run is best.
  expect(report.best).toBeNull();
  expect(report.notes.join(" ")).toContain("Not done: stopped (stopped, 1 epoch so far)");
  const page = readFileSync(path("b.html"), "utf8");
  expect(page).toContain("尚未完成：stopped（已停止，已训练 1 轮）。它们都没有在测试集上测量过。");
  expect(page).toContain("测试样本不同：它的 6 个与对方的 6 个中，相同的有");
  // Every reason, note and difference is translated.
  expect(page).not.toContain('lang="en"');
  const { machine } = stopped!;
  expect(englishLeft(page.replaceAll(machine, ""), "data bitfit stopped seed-1 engraft compare")).toEqual([]);
  await reportRuns([path("probe"), path("bitfit")], { out: path("d.html"), lang: "zh" });
  expect(readFileSync(path("d.html"), "utf8")).toMatch(
    /bitfit (?:与 probe|的回答).*准确率相.*相同的 6 个测试样本）。/,
  );
});

test("runs that cannot be compared are refused with a remedy", async () => {
  const twice = await failure(reportRuns([path("probe"), `${path("probe")}/`]));
  expect(twice.message).toBe(`"${path("probe")}" and "${path("probe")}/" are one and the same run`);
  expect((await failure(reportRuns([path("probe")]))).message).toBe(
    "2 to 24 runs can be set side by side, got 1",
  );
  for (const name of ["data", "none"])
    expect(await failure(reportRuns([path("probe"), path(name)]))).toMatchObject({
      kind: "RunError",
      message: expect.stringContaining(`"${path(name)}"`),
    });
  cpSync(path("probe"), path("rows"), { recursive: true });
  const rows = manifest("rows");
  const changed = { ...rows, result: { ...rows.result, task: "tabular-classification" } };
  writeFileSync(path("rows", "run.json"), JSON.stringify(changed));
  const other = await failure(reportRuns([path("probe"), path("rows")]));
  expect(other.message).toBe(
    `"${path("probe")}" is of image-classification, "${path("rows")}" of tabular-classification: their scores are not of one kind`,
  );
  writeFileSync(path("rows", "run.json"), JSON.stringify({ ...rows, task: "pretrain" }));
  expect((await failure(reportRuns([path("probe"), path("rows")]))).message).toBe(
    `"${path("rows")}" is a run of engraft pretrain`,
  );
  copyFileSync(path("probe", "run.json"), path("data", "comparison.json"));
  expect((await failure(reportRuns([path("probe"), path("data")]))).help).toContain("/runs/*");
  rmSync(path("data", "comparison.json"));
  expect((await failure(reportRuns([path("probe"), path("bitfit")], { out: root }))).message).toBe(
    `"${root}" is a folder, the page is a file`,
  );
});

test("engraft report RUN RUN prints the table, and one object with --json", async () => {
  const args = ["report", path("probe"), path("bitfit"), "--out", path("c.html"), "--against", "best"];
  const run = (...words: string[]) => engraft(words, { cache: path("cache") });
  const plain = await run(...args);
  expect(plain.err).toBe("");
  // Joins wrapped lines.
  expect(plain.out.replace(/\n {11}(?=\S)/g, " ")).toMatch(
    /^paired .*the same 6 test items\)\. These are two models: trained again they may rank otherwise\.$/m,
  );
  const { out } = await run(...args, "--json");
  const report = JSON.parse(out.trim());
  expect(report).toMatchObject({ event: "result", task: "report", report: path("c.html") });
  expect(report.against).toBe(report.best);
});
