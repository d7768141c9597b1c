// Each command resumes its own runs, and names the right command for a run of another one.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunKind, runKinds } from "../../src/run/folder/run-kinds.js";
import { manifestFormat } from "../../src/run/folder/run-manifest.js";
import { engraft } from "../support/fixtures.js";

const root = mkdtempSync(join(tmpdir(), "engraft-foreign-"));
const kinds = Object.keys(runKinds) as RunKind[];

/** What the record of each kind of run holds besides the fields of all. */
const records: Readonly<Partial<Record<RunKind, object>>> = {
  train: {},
  distill: { options: { teacher: "teacher" } },
  extend: { extend: { sources: [{ kind: "sums", path: "/data/a.sums" }] } },
  "multi-task": { multi_task: { sources: [{ name: "a", path: "/data" }] } },
  adapt: { task: "adapt", target: "/target" },
  pretrain: { task: "pretrain" },
};

beforeAll(() => {
  for (const kind of kinds) {
    mkdirSync(join(root, kind));
    const common = {
      ...{ format: manifestFormat, status: "running", command: `engraft ${kind} ./data`, data: "/data" },
      ...{ options: {}, started: "2026-01-31", versions: {}, machine: "a machine", threads: 1 },
    };
    const row = runKinds[kind];
    const name = "record" in row ? row.record : "run.json";
    writeFileSync(join(root, kind, name), JSON.stringify({ ...common, ...records[kind] }));
  }
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test.each(kinds)("engraft %s --resume refuses the runs of all other commands", async (command) => {
  for (const kind of kinds.filter((one) => one !== command)) {
    const folder = join(root, kind);
    const { code, err } = await engraft([command, "--resume", folder]);
    const row = runKinds[command];
    const said =
      "record" in row
        ? `holds no ${row.words.replace(/^an? /, "")}: it has no ${row.record}\n  help: it is ${runKinds[kind].words}: `
        : `is ${runKinds[kind].words}, not ${row.words}\n  help: `;
    expect(err).toContain(`RunError: "${folder}" ${said}engraft ${kind} --resume ${folder}`);
    expect(code).not.toBe(0);
  }
});
