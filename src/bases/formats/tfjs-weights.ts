// The weights of a TF.js model: a manifest of tensors, and shards with their numbers one after the other.
import { arrayOf, bytesPerElement } from "../../core/dtype.js";
import { EngraftError } from "../../core/errors.js";
import { tfjsTensorLimit } from "../../core/file-limits.js";
import { sizeOf } from "../../core/shape.js";
import { castTensor, float32, type Tensor, tensor } from "../../core/tensor.js";

/** A tensor of the manifest. */
interface ManifestTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  /** How its numbers are stored: value = number · scale + min. */
  readonly quantization?: { readonly dtype: string; readonly scale: number; readonly min: number };
}

/** Tensors whose numbers follow each other in the joined bytes of some shards. */
export interface ShardGroup {
  /** Paths from the model's folder, with "/". */
  readonly paths: readonly string[];
  readonly weights: readonly ManifestTensor[];
}

/** Types of stored numbers. */
const storedTypes = ["float32", "int32", "bool", "uint8", "uint16", "float16"] as const;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function damaged(why: string, at: string): EngraftError {
  return new EngraftError("ModelError", `the list of weights of the TF.js model ${why}`, {
    at,
    help: "save or download the model again, model.json and its .bin files together",
  });
}

/**
 * Checks the `weightsManifest` of a model.json.
 * @throws ModelError for a damaged or oversized one, and for a path out of the folder
 */
export function checkManifest(manifest: unknown, at: string): readonly ShardGroup[] {
  if (!Array.isArray(manifest) || manifest.length === 0) throw damaged("is missing", at);
  let tensors = 0;
  const [names, files] = [new Set<string>(), new Set<string>()];
  return manifest.map((group: unknown) => {
    const { paths, weights } = isObject(group) ? group : {};
    if (!Array.isArray(paths) || !Array.isArray(weights)) throw damaged("is damaged", at);
    tensors += weights.length + paths.length;
    if (tensors > tfjsTensorLimit) throw damaged(`has more than ${tfjsTensorLimit} entries`, at);
    for (const path of paths) {
      if (typeof path !== "string" || !/^(?!.*(^|\/)\.{0,2}(\/|$))[^\\:\0]{1,500}$/.test(path))
        throw damaged(`names a file out of its folder: ${JSON.stringify(path)}`, at);
      if (files.has(path)) throw damaged(`names the file ${JSON.stringify(path)} twice`, at);
      files.add(path);
    }
    const checked = weights.map((one) => checkTensor(one, at));
    for (const { name } of checked) {
      if (names.has(name)) throw damaged(`lists ${JSON.stringify(name)} twice`, at);
      names.add(name);
    }
    return { paths: paths as string[], weights: checked };
  });
}

function checkTensor(one: unknown, at: string): ManifestTensor {
  const { name, shape, dtype, quantization } = isObject(one) ? one : {};
  const isSize = (size: unknown): boolean => Number.isSafeInteger(size) && (size as number) >= 0;
  const { dtype: packed, ...range } = isObject(quantization) ? quantization : {};
  // Integers mean nothing without their range; half precision has none.
  const { scale, min } = packed === "uint8" || packed === "uint16" ? range : { scale: 1, min: 0, ...range };
  const ok =
    typeof name === "string" &&
    typeof dtype === "string" &&
    Array.isArray(shape) &&
    shape.length <= 8 &&
    shape.every(isSize) &&
    Number.isSafeInteger(sizeOf(shape as number[])) &&
    (packed === undefined || typeof packed === "string") &&
    Number.isFinite(scale) &&
    Number.isFinite(min);
  if (!ok) throw damaged(`has a damaged entry: ${JSON.stringify(one)}`, at);
  return {
    ...{ name, shape: shape as number[], dtype },
    ...(typeof packed === "string" && {
      quantization: { dtype: packed, scale: scale as number, min: min as number },
    }),
  };
}

/** Returns the type of a tensor's stored numbers. */
function storedType({ name, dtype, quantization }: ManifestTensor, at: string): (typeof storedTypes)[number] {
  const given = quantization?.dtype ?? dtype;
  const type = storedTypes.find((one) => one === given);
  if (type !== undefined) return type;
  throw damaged(`has numbers of the type ${JSON.stringify(given)} in ${JSON.stringify(name)}`, at);
}

/**
 * Checks that files have as many bytes as their tensors need, before they are read.
 * @param sizes of the files of the group, in bytes
 * @throws ModelError for other sizes, and for numbers of another type
 */
export function requireSizes({ paths, weights }: ShardGroup, sizes: readonly number[], at: string): void {
  const needed = weights.reduce(
    (sum, one) => sum + sizeOf(one.shape) * bytesPerElement[storedType(one, at)],
    0,
  );
  const found = sizes.reduce((sum, size) => sum + size, 0);
  if (found !== needed) throw damaged(`needs ${needed} bytes, and ${paths.join(", ")} has ${found}`, at);
}

/**
 * Returns the tensors of a group by name, as float32.
 * @param shards contents of its files, in order, of the sizes that {@link requireSizes} checks
 */
export function readGroup(
  { weights }: ShardGroup,
  shards: readonly Uint8Array[],
  at: string,
): ReadonlyMap<string, Tensor> {
  const bytes = joined(shards);
  let offset = 0;
  return new Map(
    weights.map((one) => {
      const { name, shape, quantization } = one;
      const type = storedType(one, at);
      const length = sizeOf(shape) * bytesPerElement[type];
      // A copy, since numbers of four bytes begin at multiples of four.
      const data = new (arrayOf(type))(bytes.slice(offset, offset + length).buffer);
      const { data: numbers } = castTensor(tensor(type, shape, data), "float32");
      offset += length;
      const { scale, min } = quantization ?? { scale: 1, min: 0 };
      const isScaled = scale !== 1 || min !== 0;
      return [name, float32(shape, isScaled ? numbers.map((q) => q * scale + min) : numbers)] as const;
    }),
  );
}

function joined(shards: readonly Uint8Array[]): Uint8Array {
  if (shards.length === 1) return shards[0]!;
  const all = new Uint8Array(shards.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const shard of shards) {
    all.set(shard, offset);
    offset += shard.length;
  }
  return all;
}
