import { EngraftError } from "../../core/errors.js";
import { castTensor, type Tensor } from "../../core/tensor.js";
import {
  DataLocation,
  dtypeOf,
  type ExternalData,
  externalPlace,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  readModel,
  readTensor,
  type TensorProto,
  writeModel,
} from "../../onnx/index.js";
import type { Value } from "../node.js";

/** The bytes of a model file, and of its files with weights by their paths in it. */
export interface ModelFile {
  readonly bytes: Uint8Array;
  readonly externalData: ReadonlyMap<string, Uint8Array>;
}
/** Weights of a graph that was read from a file, by name. */
export type FileWeights = ReadonlyMap<Value, Tensor>;

/** A tensor of a file that holds a weight. */
interface Place {
  readonly tensor: TensorProto;
  /** True if it holds the transposed matrix. */
  readonly turned: boolean;
}

/**
 * Puts trained weights into the file that they were read from. Inputs, outputs, cache and everything else stay.
 *
 * A file may hold a weight several times: as word embedding and transposed as last layer, in both branches of a merged decoder, under
 * another name. All tensors with the numbers of a weight, or with those of its transposed matrix, get the new numbers in their own
 * layout and type. Weights with equal numbers, such as norms of 1 and biases of 0, are found by name only.
 *
 * @param before the weights as they were read. @param after the trained ones; of equal names
 * @throws ModelError if the file holds a changed weight in another form
 */
export function writeBack(file: ModelFile, before: FileWeights, after: FileWeights): ModelFile {
  const changed = new Set(
    [...before.keys()].filter((value) => !isSame(before.get(value)!, after.get(value))),
  );
  const model = readModel(file.bytes);
  const places = placesOf(model, file, before, changed);
  const externalData = new Map(file.externalData);
  for (const [value, found] of places)
    for (const place of found) put(place, after.get(value) as Tensor<"float32">, file, externalData);
  return { bytes: writeModel(model), externalData };
}

const isSame = (a: Tensor, b: Tensor | undefined): boolean =>
  b === undefined || a.data === b.data || a.data.every((x, i) => x === b.data[i]);

function placesOf(
  model: ModelProto,
  { externalData }: ModelFile,
  weights: FileWeights,
  changed: ReadonlySet<Value>,
): ReadonlyMap<Value, readonly Place[]> {
  // A weight that stays says which tensors are no copies of one that changes.
  const known = contentsOf(weights);
  const sizes = new Set([...changed].map((value) => weights.get(value)!.data.length));
  const places = new Map<Value, Place[]>();
  for (const { name, tensor } of tensorsOf(model)) {
    const size = tensor.dims.reduce((n, d) => n * Number(d), 1);
    const dtype = dtypeOf(tensor.dataType);
    if (!sizes.has(size) || !(dtype === "float32" || dtype === "float16" || dtype === "bfloat16")) continue;
    const { data } = castTensor(readTensor(tensor, partOf(externalData)), "float32");
    const equal = (known.get(contentOf(data)) ?? []).filter((one) => holds(data, one));
    const own = equal.filter(({ value }) => value === name);
    // Numbers that several weights have in common say nothing about a tensor of another name.
    const isOne = new Set(equal.map(({ value }) => value)).size === 1 && !isUniform(data);
    for (const { value, turned } of own.length > 0 ? own.slice(0, 1) : isOne ? equal.slice(0, 1) : [])
      if (changed.has(value)) places.set(value, [...(places.get(value) ?? []), { tensor, turned }]);
  }
  const lost = [...changed].filter((value) => !places.has(value));
  if (lost.length > 0)
    throw new EngraftError(
      "ModelError",
      `the file holds the weight "${lost[0]}" in another form${lost.length > 1 ? `, and ${lost.length - 1} more` : ""}`,
      { details: { weights: lost } },
    );
  return places;
}

interface Content {
  readonly value: Value;
  readonly weight: Tensor;
  readonly turned: boolean;
}

/** Returns the weights, and the transposed matrices, by {@link contentOf}. */
function contentsOf(weights: FileWeights): ReadonlyMap<string, readonly Content[]> {
  const known = new Map<string, Content[]>();
  for (const [value, weight] of weights) {
    if (weight.dtype !== "float32") continue;
    const data = weight.data as Float32Array;
    const add = (key: string, turned: boolean) =>
      known.set(key, [...(known.get(key) ?? []), { value, weight, turned }]);
    add(contentOf(data), false);
    if (weight.dims.length === 2) add(contentOf(transposed(weight)), true);
  }
  return known;
}

/** Returns the size and a hash of numbers (FNV-1a, by 32 bits). */
function contentOf(data: Float32Array): string {
  const bits = new Uint32Array(data.buffer, data.byteOffset, data.length);
  let hash = 2166136261;
  for (const each of bits) hash = Math.imul(hash ^ each, 16777619);
  return `${data.length}:${hash >>> 0}`;
}

function holds(data: Float32Array, { weight, turned }: Content): boolean {
  const wanted = turned ? transposed(weight) : (weight.data as Float32Array);
  return data.every((x, i) => x === wanted[i]);
}

function transposed({ dims, data }: Tensor): Float32Array {
  const [rows, columns] = dims as readonly [number, number];
  const result = new Float32Array(data.length);
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) result[c * rows + r] = data[r * columns + c] as number;
  return result;
}

const isUniform = (data: Float32Array): boolean => data.every((x) => x === data[0]);

/** Yields the tensors of a model, also those of nested graphs and of functions, by the names of their values. */
function* tensorsOf({
  graph,
  functions,
}: ModelProto): Generator<{ readonly name: Value; readonly tensor: TensorProto }> {
  const graphs: GraphProto[] = [graph!];
  const nodes: NodeProto[] = functions.flatMap(({ node }) => node);
  for (;;) {
    const next = graphs.pop();
    if (next) {
      for (const tensor of next.initializer) yield { name: tensor.name, tensor };
      nodes.push(...next.node);
    } else if (nodes.length === 0) return;
    for (const { output, attribute } of nodes.splice(0))
      for (const { t, g, graphs: several } of attribute) {
        if (t) yield { name: output[0] ?? t.name, tensor: t };
        graphs.push(...(g ? [g] : []), ...several);
      }
  }
}

/** Reads parts of the files with weights that were read already. */
function partOf(externalData: ModelFile["externalData"]): ExternalData {
  return (location, offset, length) =>
    externalData.get(location)!.subarray(offset, length === undefined ? undefined : offset + length);
}

/** Puts a weight at its place. @param externalData gets a changed copy of a file with weights */
function put(
  { tensor, turned }: Place,
  weight: Tensor<"float32">,
  file: ModelFile,
  externalData: Map<string, Uint8Array>,
): void {
  const data = turned ? transposed(weight) : weight.data;
  const dtype = dtypeOf(tensor.dataType) as "float32" | "float16" | "bfloat16";
  const stored = castTensor({ dtype: "float32", dims: weight.dims, data }, dtype).data;
  const bytes = new Uint8Array(stored.buffer as ArrayBuffer, stored.byteOffset, stored.byteLength);
  if (tensor.dataLocation !== DataLocation.EXTERNAL) {
    tensor.rawData = bytes;
    tensor.floatData = [];
    tensor.int32Data = [];
    return;
  }
  const { location, offset } = externalPlace(tensor);
  const whole = externalData.get(location)!;
  const own = whole === file.externalData.get(location) ? whole.slice() : whole;
  own.set(bytes, offset);
  externalData.set(location, own);
}
