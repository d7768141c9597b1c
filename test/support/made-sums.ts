// Feature sums of samples that a test makes.
import { createHash } from "node:crypto";
import { rowsOf } from "../../src/core/results/rows.js";
import { collectClassSums, type FeatureSums } from "../../src/methods/sums/feature-sums.js";
import type { SumsFile } from "../../src/methods/sums/sums-file.js";

export const classNames = (count: number): string[] => Array.from({ length: count }, (_, i) => `class ${i}`);

/** Samples with features that differ by class, the same for every call. */
export function makeSamples({ samples = 200, dims = 24, classes = 5 } = {}) {
  let state = 7;
  const next = () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  const labels = Array.from({ length: samples }, (_, i) => i % classes);
  const features = Float32Array.from(
    { length: samples * dims },
    (_, p) => next() + ((p % dims) % classes === labels[Math.floor(p / dims)] ? 1 : 0),
  );
  return { features, labels, dims, classes: classNames(classes) };
}

/** Sums of the samples for which a condition holds. */
export async function sumsWhere(
  holds: (sample: number) => boolean,
  data = makeSamples(),
): Promise<FeatureSums> {
  const { features, labels, dims, classes } = data;
  const places = labels.flatMap((_, i) => (holds(i) ? [i] : []));
  const rows = places.flatMap((i) => [...features.subarray(i * dims, (i + 1) * dims)]);
  return collectClassSums(
    rowsOf(Float32Array.from(rows), dims),
    places.map((i) => labels[i]!),
    classes,
  );
}

export const sha256 = async (bytes: Uint8Array): Promise<string> =>
  createHash("sha256").update(bytes).digest("hex");

/** A file of sums as a holder writes it. */
export const fileOf = (sums: FeatureSums): SumsFile => ({
  task: "image-classification",
  key: { modelSha256: "ab", cut: "pool" },
  options: { base: "vision-open" },
  parts: [{ id: "1f", samples: sums.count, data: "cd", held: "ef", split: { seed: 3 } }],
  removed: ["2e"],
  sums,
});
