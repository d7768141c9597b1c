import type { Base } from "../bases/open/open-base.js";
import { baseName } from "../core/hide-folders.js";
import type { Graph } from "../graph/graph.js";
import type { Weights } from "../methods/peft/adapt.js";
import { adapterFiles, encodeAdapter } from "../methods/peft/adapter-file.js";
import type { AdapterSpec } from "../methods/peft/adapter-spec.js";
import { merged } from "../methods/peft/merge.js";
import type { Context } from "./context.js";

/** Returns the trained model with its adapters merged, and the adapter's files. @param model with its trained head */
export function keepAdapter(
  context: Context,
  model: Graph,
  spec: AdapterSpec,
  weights: Weights,
): { model: Graph; files: Readonly<Record<string, Uint8Array | string>> } {
  return { model: merged(model, spec, weights), files: adapterOf(context, model, spec, weights) };
}

/** Returns the files of an adapter. @param model that the adapter is for; its own weights do not matter */
export function adapterOf(
  { opened, options, run }: Context,
  model: Graph,
  spec: AdapterSpec,
  weights: Weights,
): Readonly<Record<string, Uint8Array | string>> {
  const { base, body } = opened;
  // Without the option, the base is the bundled one of this kind of input.
  const ref = run.manifest.options.base ?? options.base ?? base.name;
  const { tensors, config } = encodeAdapter(model, {
    spec,
    weights,
    base: { ref: publicName(ref, base), sha256: base.sha256, cut: body.cut.value },
  });
  return {
    [adapterFiles.tensors]: tensors,
    [adapterFiles.config]: `${JSON.stringify(config, null, 2)}\n`,
  };
}

/** Name of a base for a file that may be published: the last part of a path. The run's own record keeps the path. */
const publicName = (ref: string, { joined, name }: Base): string =>
  joined ? name : ref.startsWith("hf:") ? ref : baseName(ref);
