import { exportClassifier } from "../bases/export.js";
import { withWeights } from "../bases/heads.js";
import { roundedAs, storedAs } from "../bases/weight-storage.js";
import type { WeightStorage } from "../bases/weight-storages.js";
import { draws } from "../core/random.js";
import { float32 } from "../core/tensor.js";
import { adapt } from "../methods/peft/adapt.js";
import { fitAdapter } from "../methods/peft/adapter-file.js";
import type { AdapterKind } from "../methods/peft/adapter-spec.js";
import { merged } from "../methods/peft/merge.js";
import type { Platform } from "../platform/platform.js";
import type { Runtime } from "../runtime/runtime.js";
import { baseOf, graphFor, readAdapter } from "./adapter-folder.js";

/** An adapter merged into its base, and its difference from the two unmerged. */
export interface MergedAdapter {
  readonly onnx: Uint8Array;
  readonly kind: AdapterKind;
  readonly base: { readonly name: string; readonly sha256: string };
  /** max |a - b| / max(1, max |b|) over the scores of {@link examples} random inputs, a merged, b unmerged. */
  readonly difference: number;
}

const examples = 4;

/**
 * Merges a separate adapter, and compares the file with base and adapter unmerged.
 * @param options.base location of the base
 * @throws ModelError with both hashes if it is another base
 */
export async function mergedAdapter(
  platform: Platform,
  runtime: Runtime,
  path: string,
  { base: ref, weights: storage = "fp32" }: { readonly base?: string; readonly weights?: WeightStorage } = {},
): Promise<MergedAdapter> {
  const folder = await readAdapter(platform, path);
  const base = await baseOf(folder, platform, ref);
  const { preprocessing } = folder;
  const graph = graphFor(base, folder);
  const { spec, weights } = fitAdapter(graph, folder.adapter, folder.dir);
  const whole = merged(graph, spec, weights);
  const stored = storedAs(whole, storage, base.imported.storedAs);
  const onnx = exportClassifier(roundedAs(whole, stored), preprocessing, stored);
  const beside = exportClassifier(withWeights(adapt(graph, spec).graph, weights), preprocessing);
  const { height, width } = preprocessing;
  const { normal } = draws(0, "adapter-check");
  const x = float32(
    [examples, 3, height, width],
    Float32Array.from({ length: examples * 3 * height * width }, normal),
  );
  const [a, b] = [await scoresOf(runtime, onnx, x), await scoresOf(runtime, beside, x)];
  const most = b.reduce((m, v) => Math.max(m, Math.abs(v)), 1);
  return {
    onnx,
    kind: spec.kind,
    base: { name: base.name, sha256: base.sha256 },
    difference: a.reduce((m, v, i) => Math.max(m, Math.abs(v - b[i]!)), 0) / most,
  };
}

async function scoresOf(
  runtime: Runtime,
  model: Uint8Array,
  x: ReturnType<typeof float32>,
): Promise<Float32Array> {
  const session = await runtime.session(model, { label: "the merged model" });
  try {
    return (await session.run({ pixel_values: x })).logits!.data as Float32Array;
  } finally {
    await session.dispose();
  }
}
