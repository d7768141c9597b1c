// `engraft report` of a folder of many runs writes its page again, in both languages.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type EngraftError, report } from "../../src/index.js";
import { studyPage } from "../../src/report/index.js";
import { exampleComparison } from "../support/comparison-data.js";
import { engraft } from "../support/fixtures.js";
import { exampleCurve, exampleDiagnosis } from "../support/many-kinds.js";

const root = mkdtempSync(join(tmpdir(), "engraft-many-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const comparison = exampleComparison(["probe", "finetune"], [0, 1]);
const shared = { format: 2, status: "done", data: "/data/flowers", seeds: [0, 1], options: {}, threads: 1 };
const manifests = {
  "comparison.json": { ...shared, entries: comparison.rows, baseline: "probe", result: comparison },
  "curve.json": { ...shared, result: exampleCurve([20, 40, 80, 160]) },
  "diagnosis.json": {
    ...{ ...shared, groups: 2, margin: 0.01, budget: 60 },
    result: exampleDiagnosis(2),
  },
};

let folders = 0;
function folder(file: keyof typeof manifests, more: object = {}): string {
  const path = join(root, `${folders++}`);
  mkdirSync(path);
  writeFileSync(join(path, file), JSON.stringify({ ...manifests[file], ...more }));
  return path;
}
const failure = (work: Promise<unknown>): Promise<EngraftError> =>
  work.then(
    () => expect.fail("it should have failed"),
    (error: EngraftError) => error,
  );

test.each([
  ["comparison.json", "comparison of strategies", "策略比较"],
  ["curve.json", "learning curve", "学习曲线"],
  ["diagnosis.json", "diagnosis of layers", "分层诊断"],
] as const)("the page of %s is written again, in English and in Chinese", async (file, english, chinese) => {
  const path = folder(file);
  expect(await report(path)).toEqual({
    ...{ run: path, report: join(path, "report.html"), status: "done", events: 0, broken: 0 },
  });
  expect(readFileSync(join(path, "report.html"), "utf8")).toContain(`Engraft report · ${english}`);
  const out = join(root, "pages", `${file}.html`);
  expect((await report(path, { lang: "zh", out })).report).toBe(out);
  const page = readFileSync(out, "utf8");
  expect(page).toContain('<html lang="zh-Hans">');
  expect(page).toContain(`Engraft 报告 · ${chinese}`);
});

test("the saved record gives the same page as the command", async () => {
  const path = folder("comparison.json");
  await report(path);
  expect(readFileSync(join(path, "report.html"), "utf8")).toBe(studyPage(comparison));
});

test("an unfinished one shows its progress, or how to resume it", async () => {
  expect((await report(folder("comparison.json", { status: "running" }))).status).toBe("stopped");
  expect((await report(folder("comparison.json", { status: "incomplete" }))).status).toBe("done");
  const path = folder("curve.json", { status: "running", result: undefined });
  const error = await failure(report(path));
  expect(error.message).toBe(`the learning curve at "${path}" has no result yet`);
  expect(error.help).toBe(`go on with it: engraft curve --resume ${path}`);
});

test("a damaged one is refused", async () => {
  const error = await failure(report(folder("diagnosis.json", { result: { base: {} } })));
  expect(error).toMatchObject({ kind: "RunError" });
  expect(error.message).toMatch(/^the diagnosis's result is damaged: /);
});

test("an unknown language is refused in one sentence with the known ones", async () => {
  const error = await failure(report(folder("comparison.json"), { lang: "xx" as "en" }));
  expect(error).toMatchObject({ message: 'lang is "xx"', help: "use one of en, zh" });
  const { err, code } = await engraft(["report", folder("comparison.json"), "--lang", "xx"], {
    cache: join(root, "cache"),
  });
  expect(code).toBe(2);
  expect(err).toContain("--lang xx: must be one of en, zh");
});
