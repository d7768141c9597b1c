// A run folder is all that a run is: copied while it trains, it goes on at another path to the same bits.
// @module-tag thorough
import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { report, resume } from "../../src/index.js";
import { eagerScript, engraft, modelBytes, tinyBase, tinyData } from "../support/fixtures.js";

const root = mkdtempSync(join(tmpdir(), "engraft-copied-"));
const path = (...parts: string[]) => join(root, ...parts);
const cache = path("cache");
/** The copy that is moved when it has ended. */
const moved = "to be moved";
/** Copies of the run folder at several events, and the status by `report` then. */
const copies = ["after the first checkpoint", "after the second epoch"] as const;
const seen: string[] = [];
/** A file that is being written is renamed under the copy. */
const copyRun = (to: string): void =>
  cpSync(path("run"), to, { recursive: true, filter: (file) => !file.endsWith(".tmp") });
let events: readonly Readonly<Record<string, unknown>>[];

beforeAll(async () => {
  process.env.ENGRAFT_CACHE = cache;
  const data = await tinyData(path("data"), { ant: 14, bee: 14, cat: 8 });
  const base = tinyBase(path("base"));
  const options = { base, out: path("run"), epochs: 3, augment: "standard", threads: 1, cache: false };
  let checkpoints = 0;
  const ran = await engraft([JSON.stringify({ data, options }), "--json"], {
    cache,
    script: eagerScript(root),
    onLine(event) {
      const first = event.event === "checkpoint" && ++checkpoints === 1;
      const name = first
        ? copies[0]
        : event.event === "epoch" && event.epoch === 2 && event.stage === "finetune"
          ? copies[1]
          : undefined;
      if (name === undefined || existsSync(path(name))) return;
      copyRun(path(name));
      if (first) copyRun(path(moved));
      seen.push(name);
    },
  });
  expect(ran).toMatchObject({ code: 0, err: "" });
  events = ran.events;
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test.each(copies)("copied %s, it is resumed at another path to the same bits", async (name) => {
  expect(seen).toContain(name);
  expect(JSON.parse(readFileSync(path(name, "run.json"), "utf8"))).toMatchObject({ status: "running" });
  expect(existsSync(path(name, "model"))).toBe(false);
  const before = readFileSync(path("run", "run.json"), "utf8");
  // The copy can be looked at as it is.
  expect(["running", "stopped"]).toContain((await report(path(name))).status);
  const result = await resume(path(name));
  expect(result).toMatchObject({ run: path(name), model: path(name, "model") });
  expect(modelBytes(path(name)).equals(modelBytes(path("run")))).toBe(true);
  // The first one knows nothing of it.
  expect(readFileSync(path("run", "run.json"), "utf8")).toBe(before);
});

test("a finished run that was moved returns its new path, and its report can be written there", async () => {
  await resume(path(moved));
  renameSync(path(moved), path("moved"));
  expect(await resume(path("moved"))).toMatchObject({ run: path("moved"), model: path("moved", "model") });
  rmSync(path("moved", "report.html"));
  const told = await report(path("moved"));
  expect(told).toMatchObject({ status: "done", broken: 0, report: path("moved", "report.html") });
  const page = readFileSync(told.report, "utf8");
  for (const words of ["on the test split", 'id="plot-loss"', "./moved/model"]) expect(page).toContain(words);
  // A report is passed on to others: it names no folder of this machine.
  expect(page).not.toContain(root);
  // The data is where it was: the worst examples have their pictures.
  expect(page).toContain("data:image/webp;base64,");
});

test("what --json says is enough to draw everything: rate, loss, speed and memory of every word of training", () => {
  const training = events.filter((e) => e.event === "progress" && e.phase === "training");
  expect(training.length).toBeGreaterThan(2);
  for (const said of training) {
    expect(said).toMatchObject({ stage: "finetune", items: "pictures", unit: "steps" });
    for (const field of ["per_second", "rate", "loss", "rss_mb", "seconds_left", "done", "total"])
      expect(said[field], field).toEqual(expect.any(Number));
    expect(said.per_second).toBeGreaterThan(0);
    expect(said.rss_mb).toBeGreaterThan(20);
  }
  const record = readFileSync(path("run", "events.jsonl"), "utf8").trimEnd().split("\n");
  const kept = record.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(kept.filter((e) => e.event === "progress" && e.phase === "training").at(-1)).toEqual(
    training.at(-1),
  );
});

test("losses come by term where there is more than one, and add up to what is minimised", async () => {
  const words = [
    "train",
    path("data"),
    "--base",
    path("base"),
    "--strategy",
    "l2-sp",
    "--epochs",
    "1",
    "--no-baselines",
  ];
  const ran = await engraft([...words, "--threads", "1", "--out", path("terms"), "--json"], { cache });
  expect(ran.code).toBe(0);
  const said = ran.events.findLast((e) => e.event === "progress" && e.phase === "training");
  const terms = said?.terms as Record<string, number>;
  expect(Object.keys(terms).length).toBeGreaterThan(1);
  const sum = Object.values(terms).reduce((a, b) => a + b, 0);
  expect(Math.abs(sum - (said?.loss as number))).toBeLessThan(1e-5 * Math.max(1, sum));
});
