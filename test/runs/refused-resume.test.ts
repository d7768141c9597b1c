// A run is resumed only with the same data and base and an undamaged folder; a refusal names the difference.
// @module-tag thorough
import {
  appendFileSync,
  cpSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { resume } from "../../src/index.js";
import { failure } from "../support/failure.js";
import { modelBytes } from "../support/fixtures.js";
import { picture } from "../support/pictures.js";
import { path, setUpRuns, stoppedRun, undisturbed } from "./interrupted-runs.js";

setUpRuns();

const refusal = async (run: string): Promise<string> =>
  (await failure(resume(run))).format().replaceAll(path(), "ROOT");
const contentOf = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "events.jsonl")
    .map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name), "base64")]);

test("a refusal names changed data or a changed base, and leaves the run as it was", async () => {
  const run = await stoppedRun("changed");
  const before = contentOf(run);
  renameSync(path("data", "ant", "0.png"), path("data", "bee", "new.png"));
  const other = await picture(99).png().toBuffer();
  const original = readFileSync(path("data", "cat", "1.png"));
  writeFileSync(path("data", "cat", "1.png"), other);
  expect(await refusal(run)).toMatch(
    /^RunError: the data changed since the run was started: 1 new \(bee\/new.png\), 1 gone \(ant\/0.png\), 1 with other content \(cat\/1.png\)/,
  );
  renameSync(path("data", "bee", "new.png"), path("data", "ant", "0.png"));
  writeFileSync(path("data", "cat", "1.png"), original);

  const weights = path("base", "onnx", "model.onnx");
  const model = readFileSync(weights);
  const changed = Buffer.from(model);
  // A bit of the last weights.
  changed[changed.length - 200]! ^= 1;
  writeFileSync(weights, changed);
  expect(await refusal(run)).toMatch(
    /^RunError: the base changed since the run was started: the sha256 of base was [0-9a-f]{64}, now it is [0-9a-f]{64}\n {2}at ROOT\/changed\n {2}help: put the base back as it was, or start a new run with another --out$/,
  );
  writeFileSync(weights, model);
  const config = readFileSync(path("base", "preprocessor_config.json"), "utf8");
  writeFileSync(path("base", "preprocessor_config.json"), config.replace("0.25", "0.5"));
  await expect(resume(run)).rejects.toMatchObject({
    kind: "RunError",
    details: { changed: "base's preprocessing", how: "std was [0.25,0.25,0.25], now [0.5,0.25,0.25]" },
  });
  writeFileSync(path("base", "preprocessor_config.json"), config);
  expect(contentOf(run)).toEqual(before);
});

test("moved data and base are accepted at a new path if the content is the same", async () => {
  const run = await stoppedRun("elsewhere");
  const before = contentOf(run);
  const data = path("data");
  const base = path("base");
  const there = { data: path("data-there"), base: path("base-there") };
  renameSync(data, there.data);
  renameSync(base, there.base);
  try {
    expect((await failure(resume(run, { data: path("nowhere") }))).format()).toBe(
      `DataError: there is no data at "${path("nowhere")}"\n  help: say where the data is that the run was started with`,
    );
    const other = path("other-data");
    cpSync(there.data, other, { recursive: true });
    rmSync(join(other, "ant", "0.png"));
    await expect(resume(run, { data: other, base: there.base })).rejects.toMatchObject({
      code: "other-data",
      details: { how: expect.stringContaining("ant/0.png") },
    });
    const stranger = path("other-base");
    cpSync(there.base, stranger, { recursive: true });
    const weights = join(stranger, "onnx", "model.onnx");
    const bytes = readFileSync(weights);
    bytes[bytes.length - 200]! ^= 1;
    writeFileSync(weights, bytes);
    await expect(resume(run, { data: there.data, base: stranger })).rejects.toMatchObject({
      details: { changed: "base", how: expect.stringContaining("other-base") },
    });
    expect(contentOf(run)).toEqual(before);
    await resume(run, there);
    expect(modelBytes(run).equals(undisturbed)).toBe(true);
    const manifest = JSON.parse(readFileSync(join(run, "run.json"), "utf8"));
    expect(manifest).toMatchObject({ data: there.data, options: { base: there.base } });
  } finally {
    renameSync(there.data, data);
    renameSync(there.base, base);
  }
});

test("a refusal names the damage; half-written files of a killed process do no harm", async () => {
  const run = await stoppedRun("damaged");
  const copy = path("copy");
  const writeDamaged = (file: string, damage: (bytes: Buffer) => Buffer | string): void => {
    rmSync(copy, { recursive: true, force: true });
    cpSync(run, copy, { recursive: true });
    writeFileSync(join(copy, file), damage(readFileSync(join(copy, file))));
  };
  const damaged = (...how: Parameters<typeof writeDamaged>): Promise<string> => {
    writeDamaged(...how);
    return refusal(copy);
  };
  const checkpoint = "state/finetune.safetensors";
  const help =
    "\n  help: remove the file: what it held is then computed again, everything else of the run is kept";
  const at = `\n  at ROOT/copy/${checkpoint}`;
  const flipped = (bytes: Buffer) => {
    bytes[bytes.length - 9]! ^= 4;
    return bytes;
  };
  expect(await damaged(checkpoint, flipped)).toBe(
    `RunError: the checkpoint is damaged: its content does not match its checksum${at}${help}`,
  );
  expect(await damaged(checkpoint, (bytes) => bytes.subarray(0, 5))).toBe(
    `RunError: the checkpoint is damaged: it has 5 bytes, the header alone has 8${at}${help}`,
  );
  rmSync(copy, { recursive: true, force: true });
  cpSync(run, copy, { recursive: true });
  for (const forms of ["{", "null", "[1]"]) {
    writeFileSync(join(copy, "state/finetune.forms.json"), forms);
    expect(await refusal(copy)).toBe(
      "RunError: the note of which forms of gradients a training chose is damaged\n  at ROOT/copy/state/finetune.forms.json" +
        "\n  help: remove the file: the forms are chosen again, and the last bits of the training may be others",
    );
  }
  const manifest = (change: Record<string, unknown>) => (bytes: Buffer) =>
    JSON.stringify({ ...(JSON.parse(String(bytes)) as object), ...change });
  const notJson = "it is not JSON";
  for (const [damage, why] of [
    [(bytes: Buffer) => bytes.subarray(0, 100), notJson],
    [() => "", notJson],
    [() => "null", notJson],
    [manifest({ data: 5 }), "it does not say where the data is"],
    [manifest({ options: null }), "it has no options"],
    [manifest({ command: undefined }), "it has no command"],
    [manifest({ started: 5 }), "its started is 5"],
    [manifest({ preprocessing: null }), "its preprocessing is null"],
    [manifest({ decided: "lora" }), 'its decided is "lora"'],
    [manifest({ options: { epochs: -1 } }), "epochs is -1"],
    [manifest({ options: { epoch: 1 } }), "there is no option epoch"],
    [manifest({ threads: "many" }), 'its threads is "many"'],
    [manifest({ task: 5 }), "its task is 5"],
    [
      manifest({ multi_task: { sources: [{ name: "a", path: null }] } }),
      "its multi_task.sources[0].path is null",
    ],
    [manifest({ extensions: {} }), "its extensions is an object"],
    [manifest({ versions: { engraft: [] } }), "its versions.engraft is a list"],
  ] as const)
    expect(await damaged("run.json", damage)).toBe(
      `RunError: the run's manifest is damaged: ${why}\n  at ROOT/copy/run.json\n  help: start the run anew with another --out`,
    );
  // What a newer version writes is not damaged.
  for (const [change, newer] of [
    [{ format: 3 }, "format 3 of run.json"],
    [{ task: "merge" }, 'the task "merge"'],
    [{ options: { task: "keypoint-detection" } }, 'the task "keypoint-detection"'],
  ] as const) {
    writeDamaged("run.json", manifest(change));
    await expect(resume(copy)).rejects.toMatchObject({
      kind: "RunError",
      at: join(copy, "run.json"),
      details: { newer },
    });
  }
  expect(await damaged("run.json", manifest({ format: 1 }))).toBe(
    "RunError: this version of Engraft no longer reads format 1 of run.json\n  at ROOT/copy/run.json\n  help: use the version of Engraft that wrote it, or train again with another --out",
  );
  await expect(resume(path("data"))).rejects.toMatchObject({
    kind: "RunError",
    message: expect.stringMatching(/ has no run\.json$/),
  });

  // What a process leaves behind that is killed while it writes: half files and half a line.
  appendFileSync(join(run, "events.jsonl"), '{"event":"epo');
  writeFileSync(join(run, ".run.json.0123456789ab.tmp"), '{"format":1,"sta');
  writeFileSync(join(run, "state", ".finetune.safetensors.0123456789ab.tmp"), "half");
  await resume(run);
  expect(modelBytes(run).equals(undisturbed)).toBe(true);
  expect(readFileSync(join(run, "events.jsonl"), "utf8")).toContain('{"event":"epo\n{"event":"start"');
});
