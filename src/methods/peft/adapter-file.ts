import { headValues } from "../../bases/heads.js";
import { decodeSafetensors, encodeSafetensors } from "../../bases/open/safetensors.js";
import { EngraftError } from "../../core/errors.js";
import type { Tensor } from "../../core/tensor.js";
import type { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import { adapt, keysOf } from "./adapt.js";
import { type AdapterKind, type AdapterSpec, adapterKinds, type Place } from "./adapter-spec.js";

/** Names of an adapter's files, as in PEFT. */
export const adapterFiles = { tensors: "adapter_model.safetensors", config: "adapter_config.json" } as const;

/** The base that an adapter belongs to. */
export interface AdapterBase {
  /** Reference as given: a name, a path, hf:org/name. */
  readonly ref: string;
  readonly sha256: string;
  /** The value where the new head begins. */
  readonly cut: Value;
}

/** An adapter without its base: its specification, and its tensors by their names in an adapted graph. */
export interface Adapter {
  readonly spec: AdapterSpec;
  readonly base: AdapterBase;
  /** The adapters' tensors, and the new head's, if the model has one. */
  readonly weights: ReadonlyMap<Value, Tensor>;
}

const headKeys: Readonly<Record<string, Value>> = {
  "base_model.model.classifier.weight": headValues.weight,
  "base_model.model.classifier.bias": headValues.bias,
};
const peftTypes: Readonly<Record<AdapterKind, string>> = {
  lora: "LORA",
  dora: "LORA",
  ia3: "IA3",
  adapter: "BOTTLENECK",
};

/**
 * Returns an adapter as two small files: tensors under PEFT's keys, and a configuration like PEFT's with the base's
 * sha256.
 * @param graph the model that the adapters are added to
 */
export function encodeAdapter(
  graph: Graph,
  { spec, base, weights }: Adapter,
): { readonly tensors: Uint8Array; readonly config: Readonly<Record<string, unknown>> } {
  const tensors = new Map<string, Tensor>();
  const head = Object.entries(headKeys).filter(([, value]) => weights.has(value));
  for (const [key, value] of [...keysOf(adapt(graph, spec)), ...head]) tensors.set(key, weights.get(value)!);
  const { kind, r, alpha, rslora, dropout, places, scale } = spec;
  const lowRank = {
    r,
    lora_alpha: alpha,
    lora_dropout: dropout,
    use_rslora: rslora,
    use_dora: kind === "dora",
    bias: "none",
    fan_in_fan_out: false,
  };
  const inputs = places.filter((p) => p.input).map((p) => p.name);
  return {
    tensors: encodeSafetensors({ tensors, metadata: { format: "pt" } }),
    config: {
      peft_type: peftTypes[kind],
      // Without a new head, it is a language model.
      task_type: head.length > 0 ? null : "CAUSAL_LM",
      base_model_name_or_path: base.ref,
      base_sha256: base.sha256,
      inference_mode: true,
      ...(kind === "lora" || kind === "dora" ? lowRank : {}),
      ...(kind === "ia3" ? { feedforward_modules: inputs } : {}),
      target_modules: [...new Set(places.map((p) => p.name))],
      modules_to_save: head.length > 0 ? ["classifier"] : null,
      engraft: { format: 1, kind, r, scale, cut: base.cut, places },
    },
  };
}

/**
 * Reads files of {@link encodeAdapter}.
 * @throws ModelError if a file is damaged, or they do not fit together
 */
export function decodeAdapter(bytes: Uint8Array, config: unknown, at: string): Adapter {
  const damaged = (why: string): EngraftError =>
    new EngraftError("ModelError", `the adapter is damaged: ${why}`, {
      at,
      help: "copy the adapter's folder again, or train it anew",
    });
  const {
    base_model_name_or_path: ref,
    base_sha256: sha256,
    engraft,
    ...rest
  } = (config ?? {}) as Record<string, unknown>;
  if (typeof engraft !== "object" || engraft === null || typeof sha256 !== "string")
    throw new EngraftError(
      "ModelError",
      "adapter_config.json does not say which base the adapter was trained on",
      { at, help: "give an adapter that Engraft wrote: it names its base by base_sha256" },
    );
  const { format, kind, r, scale, cut, places } = engraft as Record<string, unknown>;
  const numbers = typeof r === "number" && typeof scale === "number" && Number.isFinite(scale);
  if (format !== 1 || !adapterKinds.includes(kind as AdapterKind) || !numbers)
    throw damaged("its adapter_config.json is not one of this version");
  if (typeof ref !== "string" || typeof cut !== "string" || !Array.isArray(places) || !places.every(isPlace))
    throw damaged("its adapter_config.json does not say where it belongs");
  const spec: AdapterSpec = {
    kind: kind as AdapterKind,
    r,
    scale,
    places,
    dropout: 0,
    alpha: typeof rest.lora_alpha === "number" ? rest.lora_alpha : 1,
    rslora: rest.use_rslora === true,
  };
  const { tensors } = decodeSafetensors(bytes, damaged);
  return { spec, base: { ref, sha256, cut }, weights: new Map(tensors) };
}

function isPlace(place: unknown): place is Place {
  const { name, at, input } = (place ?? {}) as Record<string, unknown>;
  return (
    typeof name === "string" && typeof at === "string" && (input === undefined || typeof input === "boolean")
  );
}

/**
 * Fits an adapter to a graph: maps the file's keys to the graph's names and checks sizes.
 * @throws ModelError if a tensor is missing or of another shape
 */
export function fitAdapter(graph: Graph, { spec, base, weights: byKey }: Adapter, at: string): Adapter {
  const adapted = adapt(graph, spec);
  const weights = new Map<Value, Tensor>();
  for (const [key, value] of [...keysOf(adapted), ...Object.entries(headKeys)]) {
    const tensor = byKey.get(key);
    const wanted = adapted.graph.initializers.get(value);
    if (tensor?.dtype !== "float32" || !wanted || String(wanted.dims) !== String(tensor.dims))
      throw new EngraftError(
        "ModelError",
        tensor
          ? `the adapter's "${key}" is ${tensor.dtype}[${tensor.dims}], its place is float32[${wanted?.dims}]`
          : `the adapter has no "${key}"`,
        { at, help: "the files are not of one adapter: copy its folder again, or train it anew" },
      );
    weights.set(value, tensor);
  }
  return { spec, base, weights };
}

/** @throws ModelError with both hashes if an adapter belongs to another base */
export function requireBase(
  adapter: Adapter,
  base: { readonly name: string; readonly sha256: string },
  at: string,
): void {
  if (adapter.base.sha256 === base.sha256) return;
  throw new EngraftError(
    "ModelError",
    `the adapter was trained on another base: "${adapter.base.ref}" with sha256 ${adapter.base.sha256}, and this is "${base.name}" with sha256 ${base.sha256}`,
    {
      at,
      help: "give the very file that it was trained on",
      details: { expected: adapter.base.sha256, found: base.sha256 },
    },
  );
}
