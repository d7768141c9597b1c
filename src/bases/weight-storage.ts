import type { DType } from "../core/dtype.js";
import { castTensor, type Tensor, toNumbers } from "../core/tensor.js";
import type { Graph } from "../graph/graph.js";
import type { Value } from "../graph/node.js";
import { type HalfType, worthHalving } from "../graph/to-onnx.js";
import { isFrontEnd } from "./audio/front-end-tables.js";
import { withWeights } from "./heads.js";
import type { WeightStorage } from "./weight-storages.js";

/** Weights that a file stores as 16-bit floats. */
export type StoredAs = ReadonlyMap<Value, HalfType>;

/**
 * Returns the weights of a model that are stored as 16-bit floats.
 *
 * A weight with a value beyond the type's range (float16: 65504) stays float32.
 * @param cameAs weights that the base's file stores as 16-bit floats, by name (`Imported.storedAs`)
 */
export function storedAs(model: Graph, storage: WeightStorage, cameAs: ReadonlyMap<Value, DType>): StoredAs {
  const stored = new Map<Value, HalfType>();
  if (storage === "fp32") return stored;
  for (const [name, value] of model.initializers) {
    if (value.dtype !== "float32" || isFrontEnd(name)) continue;
    const before = cameAs.get(name) === "bfloat16" ? "bfloat16" : "float16";
    const wanted = storage === "fp16" ? worthHalving(value) : cameAs.has(name);
    const type = storage === "fp16" ? "float16" : before;
    if (wanted && fits(value, type)) stored.set(name, type);
  }
  return stored;
}

function fits({ data }: Tensor, type: HalfType): boolean {
  // Largest binary16 number; a bfloat16 has the range of a float32.
  return type === "bfloat16" || (data as Float32Array).every((v) => Math.abs(v) <= 65504);
}

/**
 * Returns the model with its weights rounded as in the file, so that the measured model is the written one; the same
 * graph if nothing is rounded.
 */
export function roundedAs(model: Graph, stored: StoredAs): Graph {
  const moved = new Map<Value, Tensor>();
  for (const [name, type] of stored) {
    const value = model.initializers.get(name) as Tensor<"float32">;
    const data = Float32Array.from(toNumbers(castTensor(value, type)));
    if (data.every((v, i) => v === value.data[i])) continue;
    moved.set(name, { ...value, data });
  }
  return moved.size === 0 ? model : withWeights(model, moved);
}
