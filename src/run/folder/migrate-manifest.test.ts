import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { nodePlatform } from "../../platform/node.js";
import { ComparisonFolder } from "../../studies/compare/comparison-folder.js";
import { migrate } from "./migrate-manifest.js";
import { RunFolder } from "./run-folder.js";

const folder = mkdtempSync(join(tmpdir(), "engraft-manifest-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a manifest without a format is of format 1; a later format stays for its refusal", () => {
  expect(migrate("run.json", { data: "/data" })).toEqual({ format: 1, data: "/data" });
  expect(migrate("run.json", { format: 1, data: "/data" })).toEqual({ format: 1, data: "/data" });
  expect(migrate("curve.json", { format: 9 })).toEqual({ format: 9 });
});

test("what is no manifest stays as it is", () => {
  for (const other of [null, 3, "text", [1], { format: "one" }])
    expect(migrate("run.json", other)).toBe(other);
});

test("a run and a comparison without a format are opened as format 1", async () => {
  const common = { data: "/data", options: {}, threads: 1 };
  const run = {
    status: "running",
    command: "engraft train /data",
    started: "",
    versions: {},
    machine: "one",
  };
  writeFileSync(join(folder, "run.json"), JSON.stringify({ ...common, ...run }));
  const comparison = { status: "running", entries: [], seeds: [0], baseline: "probe", started: "" };
  writeFileSync(join(folder, "comparison.json"), JSON.stringify({ ...common, ...comparison }));
  expect((await RunFolder.open(nodePlatform, folder)).manifest.format).toBe(1);
  expect((await ComparisonFolder.open(nodePlatform, folder)).manifest.format).toBe(1);
});
