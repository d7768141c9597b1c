// Files and answers from outside: any JSON gives a value or an EngraftError, nothing else.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { EngraftError } from "../core/errors.js";
import { nodePlatform } from "../platform/node.js";
import { isSafePath, parseHubRef } from "./hub/hub-ref.js";
import { readLabels, readModelFolder, writeModelFolder } from "./model-folder/model-folder.js";
import { preprocessingFromOptions, readPreprocessing } from "./preprocessing.js";

/** Returns the value, or undefined for an EngraftError; any other error fails the test. */
function orEngraftError<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    expect(error).toBeInstanceOf(EngraftError);
    return undefined;
  }
}

const side = fc.oneof(fc.integer(), fc.double(), fc.constant(224), fc.jsonValue());
const size = fc.oneof(side, fc.record({ height: side, width: side }), fc.record({ shortest_edge: side }));
const list = fc.oneof(fc.array(fc.oneof(fc.double(), fc.jsonValue()), { maxLength: 4 }), fc.jsonValue());
const config = fc.record(
  {
    size,
    crop_size: size,
    do_center_crop: fc.oneof(fc.boolean(), fc.jsonValue()),
    do_rescale: fc.oneof(fc.boolean(), fc.jsonValue()),
    rescale_factor: fc.oneof(fc.double(), fc.jsonValue()),
    do_normalize: fc.oneof(fc.boolean(), fc.jsonValue()),
    image_mean: list,
    image_std: list,
    do_flip_channel_order: fc.oneof(fc.boolean(), fc.jsonValue()),
  },
  { requiredKeys: [] },
);

test("a preprocessor_config.json of any content gives usable numbers or an EngraftError", () => {
  fc.assert(
    fc.property(fc.oneof(config, fc.jsonValue()), (json) => {
      const p = orEngraftError(() => readPreprocessing(json));
      if (!p) return;
      for (const n of [p.height, p.width]) expect(Number.isInteger(n) && n >= 1 && n <= 4096).toBe(true);
      for (const x of [...p.mean, ...p.std, p.rescale]) expect(Number.isFinite(x)).toBe(true);
      expect(Math.min(...p.std)).toBeGreaterThan(0);
    }),
    { numRuns: 2000, seed: 1 },
  );
});

test("options of any value give usable numbers or an EngraftError", () => {
  const numbers = fc.array(fc.double(), { maxLength: 4 });
  const options = fc.record({ mean: numbers, std: numbers, rescale: fc.double(), imageSize: fc.double() });
  fc.assert(
    fc.property(options, (o) => {
      const p = orEngraftError(() => preprocessingFromOptions(o));
      if (p) expect(p.rescale).toBeGreaterThan(0);
    }),
    { numRuns: 1000, seed: 2 },
  );
});

test("labels of any content are texts or an EngraftError", () => {
  const config = fc.oneof(fc.jsonValue(), fc.record({ id2label: fc.jsonValue() }));
  fc.assert(
    fc.property(config, (json) => {
      const labels = orEngraftError(() => readLabels(json, "config.json"));
      for (const label of labels ?? []) expect(typeof label).toBe("string");
    }),
    { numRuns: 1000, seed: 3 },
  );
});

test("a reference to the hub never names a path outside, whatever it holds", () => {
  const part = fc.oneof(fc.constantFrom("..", ".", "a", "\\", "C:", "\0", "", "b.onnx"), fc.string());
  const reference = fc.array(part, { maxLength: 6 }).map((parts) => `hf:${parts.join("/")}`);
  fc.assert(
    fc.property(reference, fc.constantFrom("", "@", "#"), reference, (a, sign, b) => {
      const ref = orEngraftError(() => parseHubRef(`${a}${sign}${b.slice(3)}`));
      if (!ref) return;
      for (const path of [ref.repo, ref.revision, ref.file ?? "x"]) {
        expect(isSafePath(path)).toBe(true);
        expect(join("/home", path).startsWith("/home/")).toBe(true);
      }
    }),
    { numRuns: 5000, seed: 4 },
  );
});

test("a model folder with any file damaged is read, or refused by an EngraftError", async () => {
  const folder = mkdtempSync(join(tmpdir(), "engraft-hostile-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const dir = join(folder, "model");
  await writeModelFolder(nodePlatform, dir, {
    onnx: Uint8Array.of(0),
    classes: ["a", "b"],
    preprocessing: { height: 8, width: 8, rescale: 1, mean: [0, 0, 0], std: [1, 1, 1], channels: "rgb" },
    card: "",
    engraft: {
      format: 1,
      task: "image-classification",
      base: { name: "x", sha256: "", license: "" },
      strategy: { name: "probe", reasons: [] },
      versions: {},
      split: { train: 0, validation: 0, test: 0, seed: 0 },
      data: { fingerprint: "", test_fingerprint: "" },
      seed: 0,
    },
    samples: {},
  });
  const files = ["config.json", "preprocessor_config.json", "engraft.json"];
  const originals = new Map(
    await Promise.all(files.map(async (f) => [f, await nodePlatform.files.read(join(dir, f))] as const)),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...files),
      fc.nat(),
      fc.nat(255),
      fc.boolean(),
      async (file, at, byte, cut) => {
        const bytes = originals.get(file)!.slice();
        const position = at % bytes.length;
        bytes[position] = byte;
        writeFileSync(join(dir, file), cut ? bytes.subarray(0, position) : bytes);
        await readModelFolder(nodePlatform, dir).catch((error: unknown) =>
          expect(error).toBeInstanceOf(EngraftError),
        );
        writeFileSync(join(dir, file), originals.get(file)!);
      },
    ),
    { numRuns: 300, seed: 5 },
  );
});
