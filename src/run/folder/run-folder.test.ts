import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { float32 } from "../../core/tensor.js";
import { nodePlatform } from "../../platform/node.js";
import { RunFolder } from "./run-folder.js";
import { manifestFormat, type RunManifest } from "./run-manifest.js";

const root = mkdtempSync(join(tmpdir(), "engraft-run-folder-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const at = (...names: string[]) => join(root, ...names);
const manifest: RunManifest = {
  ...{
    format: manifestFormat,
    status: "running",
    command: "engraft train ./data",
    data: "/data",
    options: {},
  },
  ...{ started: "2026-01-31T00:00:00.000Z", versions: {}, machine: "a machine", threads: 1 },
};
const checkpoint = { tensors: new Map([["w", float32([1], [0])]]), note: {} };

test("a run whose folder is renamed stops, and creates nothing at the old path", async () => {
  mkdirSync(at("parent"));
  const run = await RunFolder.create(nodePlatform, at("parent", "run"), manifest);
  await run.store("head")!.save(checkpoint);
  renameSync(at("parent", "run"), at("parent", "renamed"));
  for (const write of [
    () => run.event({ event: "warning", code: "x", message: "x" }),
    () => run.update({ cut: "pool" }),
    () => run.writeState("decisions.json", "{}"),
    () => run.store("head")!.save(checkpoint),
    () => run.requireInPlace(),
  ])
    await expect(write()).rejects.toMatchObject({
      kind: "RunError",
      message: `the run folder "${at("parent", "run")}" was moved or removed during the run`,
      help: "if it was moved, resume it there: engraft train --resume FOLDER",
    });
  expect(readdirSync(at("parent"))).toEqual(["renamed"]);
  const moved = await RunFolder.open(nodePlatform, at("parent", "renamed"));
  expect(await moved.store("head")!.load()).toBeDefined();
});

test("half files of a killed process are removed, those of checkpoints too; others stay", async () => {
  const run = await RunFolder.create(nodePlatform, at("killed"), manifest);
  await run.store("head")!.save(checkpoint);
  const half = [".report.html.0123456789ab.tmp", "state/.head.safetensors.0123456789ab.tmp"];
  for (const name of [...half, "state/notes.tmp"]) writeFileSync(at("killed", name), "half");
  mkdirSync(at("killed", ".model.0123456789ab.tmp", "onnx"), { recursive: true });
  await run.removeHalfWritten();
  expect(readdirSync(at("killed")).sort()).toEqual(["run.json", "state"]);
  expect(readdirSync(at("killed", "state")).sort()).toEqual([
    "head.safetensors",
    "notes.tmp",
    "seconds.json",
  ]);
});

test("a new run takes an empty mount, and no folder with files", async () => {
  mkdirSync(at("mount", "lost+found"), { recursive: true });
  mkdirSync(at("mount", ".engraft.lock"));
  await expect(RunFolder.create(nodePlatform, at("mount"), manifest)).resolves.toBeDefined();
  mkdirSync(at("full"));
  writeFileSync(at("full", "notes.txt"), "");
  await expect(RunFolder.create(nodePlatform, at("full"), manifest)).rejects.toThrow("is not empty");
});
