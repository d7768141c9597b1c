import { EngraftError } from "../../core/errors.js";
import { sumsHeaderLimit } from "../../core/file-limits.js";
import { parseJson } from "../../core/parse-json.js";
import type { KeyFields } from "../../train/feature-cache/canonical-json.js";
import { implausibility, mostSamples, notSumsOfSamples } from "./check-sums.js";
import { type ClassSum, type FeatureSums, type NumberSum, namesOf, triangleOf } from "./feature-sums.js";

/** A set of samples that was added up once. */
export interface CollectedPart {
  /** Random, so that the same part is not added twice. */
  readonly id: string;
  readonly samples: number;
  /** Hash of the content of all samples of the data, so that the same data are not added twice. */
  readonly data: string;
  /** Hash of the content of validation and test split; empty without them. Equal ones are of the same data, even if fewer samples train. */
  readonly held: string;
  /** How the data were divided: the seed, and the options that decide the split. */
  readonly split: {
    readonly seed: number;
    readonly groupFrom?: string;
    readonly splitBy?: string;
    readonly gap?: number;
  };
  readonly shard?: string;
  /** Its classes. Missing for numbers. */
  readonly classes?: readonly string[];
}

/** What a file of feature sums says besides the sums. */
export interface SumsFacts {
  readonly task: string;
  /** Everything that determines the features: the fields of the key of cached features. Sums add only if they are equal. */
  readonly key: KeyFields;
  /** Options that open the base again. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly parts: readonly CollectedPart[];
  /** Ids of parts that were taken out. */
  readonly removed?: readonly string[];
}

export interface SumsFile extends SumsFacts {
  readonly sums: FeatureSums;
}

/**
 * A file of feature sums:
 *
 * 0 magic · 8 bytes of the header H, uint32 · 12 zero · 16 header, JSON, padded with spaces to a multiple of 8 · float64[…] in
 * little-endian order: for classes the lengths, the sums and the kept scatters, for numbers ℓ, Σ z, Σ y, Σ y², Σ y zᵀ; then S, and U
 * if the header names features
 */
const magic = "ENGFSUM1";
const headBytes = 16;

interface Header extends SumsFacts {
  readonly dims: number;
  /** F, if the rows are projected on `dims` directions. */
  readonly features?: number;
  readonly count: number;
  readonly classes?: readonly { readonly name: string; readonly count: number; readonly scatter: boolean }[];
  readonly numbers?: readonly string[];
  /** Of the numbers of the file, hex. */
  readonly sha256: string;
}

type Sha256 = (content: Uint8Array) => Promise<string>;

/** Returns the bytes of a file of feature sums. */
export async function encodeSums({ sums, ...facts }: SumsFile, sha256: Sha256): Promise<Uint8Array> {
  const arrays = arraysOf(sums);
  const body = new Uint8Array(8 * arrays.reduce((n, { length }) => n + length, 0));
  const view = new DataView(body.buffer);
  let at = 0;
  for (const array of arrays)
    for (const value of array) {
      view.setFloat64(at, value, true);
      at += 8;
    }
  const { targets, dims, count, directions } = sums;
  const header: Header = {
    ...facts,
    dims,
    ...(directions && { features: directions.length / dims }),
    count,
    ...("classes" in targets
      ? {
          classes: targets.classes.map((one) => ({
            name: one.name,
            count: one.count,
            scatter: !!one.scatter,
          })),
        }
      : { numbers: namesOf(sums) }),
    sha256: await sha256(body),
  };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(headBytes + padded + body.length).fill(0x20, headBytes, headBytes + padded);
  bytes.set(new TextEncoder().encode(magic));
  new DataView(bytes.buffer).setUint32(8, padded, true);
  bytes.set(text, headBytes);
  bytes.set(body, headBytes + padded);
  return bytes;
}

function arraysOf({ targets, scatter, directions }: FeatureSums): Float64Array[] {
  const last = directions ? [scatter, directions] : [scatter];
  if ("classes" in targets)
    return [
      Float64Array.from(targets.classes, ({ length }) => length),
      ...targets.classes.map(({ sum }) => sum),
      ...targets.classes.flatMap(({ scatter: own }) => own ?? []),
      ...last,
    ];
  const { length, sum, values, squares, products } = targets.numbers;
  return [Float64Array.of(length), sum, values, squares, products, ...last];
}

/** True if a file begins as one of feature sums does. */
export const isSumsFile = (begin: Uint8Array): boolean =>
  new TextDecoder("latin1").decode(begin.subarray(0, magic.length)) === magic;

/** Reads a file of feature sums. Sizes and checksum are checked before the sums are used. @throws DataError for a damaged file */
export async function decodeSums(bytes: Uint8Array, at: string, sha256: Sha256): Promise<SumsFile> {
  const damaged = (why: string): EngraftError =>
    new EngraftError("DataError", `the file of feature sums is damaged: ${why}`, {
      at,
      help: "collect them again: engraft sums DATA --out FILE; without the file in a run, extend reads the samples of the run again",
    });
  if (!isSumsFile(bytes))
    throw new EngraftError("DataError", "this is not a file of feature sums", {
      at,
      help: "`engraft sums DATA --out FILE` writes one",
    });
  if (bytes.length < headBytes) throw damaged(`it has only ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = view.getUint32(8, true);
  if (headerBytes > sumsHeaderLimit || headBytes + headerBytes > bytes.length)
    throw damaged(`its header has ${headerBytes} bytes, and the file ${bytes.length}`);
  const header = headerIn(bytes.subarray(headBytes, headBytes + headerBytes));
  if (header === undefined) throw damaged("its header is not readable");
  if (header.count > mostSamples)
    throw notSumsOfSamples(`it claims ${header.count} samples, and a file has at most ${mostSamples}`, at);
  const expected = headBytes + headerBytes + 8 * valuesOf(header);
  if (expected !== bytes.length) throw damaged(`it has ${bytes.length} bytes, not ${expected}`);
  const body = bytes.subarray(headBytes + headerBytes);
  if ((await sha256(body)) !== header.sha256) throw damaged("its checksum does not fit");
  let from = headBytes + headerBytes;
  const take = (length: number): Float64Array => {
    const values = Float64Array.from({ length }, (_, i) => view.getFloat64(from + 8 * i, true));
    from += 8 * length;
    if (!values.every(Number.isFinite)) throw damaged("a sum is not a finite number");
    return values;
  };
  const { dims, features, count, classes, numbers, sha256: _, ...facts } = header;
  const targets = classes
    ? { classes: readClasses(classes, dims, take) }
    : { numbers: readNumbers(numbers!, dims, take) };
  const scatter = take(triangleOf(dims));
  const directions = features === undefined ? {} : { directions: take(dims * features) };
  const sums: FeatureSums = { dims, count, targets, scatter, ...directions };
  const why = implausibility(sums);
  if (why !== undefined) throw notSumsOfSamples(why, at);
  return { ...facts, sums };
}

function readClasses(
  classes: NonNullable<Header["classes"]>,
  dims: number,
  take: (length: number) => Float64Array,
): ClassSum[] {
  const lengths = take(classes.length);
  const sums = classes.map(() => take(dims));
  return classes.map(({ name, count, scatter }, k) => {
    const own = scatter ? { scatter: take(triangleOf(dims)) } : {};
    return { name, count, length: lengths[k]!, sum: sums[k]!, ...own };
  });
}

function readNumbers(
  names: readonly string[],
  dims: number,
  take: (length: number) => Float64Array,
): NumberSum {
  const { length: targets } = names;
  return {
    names,
    length: take(1)[0]!,
    sum: take(dims),
    values: take(targets),
    squares: take(targets),
    products: take(targets * dims),
  };
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isText = (value: unknown): value is string => typeof value === "string";
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Reads the header; undefined for another form. */
function headerIn(bytes: Uint8Array): Header | undefined {
  let header: unknown;
  try {
    header = parseJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
  if (!isRecord(header)) return undefined;
  const { task, key, options, parts, removed = [], dims, features, count, classes, numbers, sha256 } = header;
  const fits =
    isText(task) &&
    isRecord(key) &&
    isRecord(options) &&
    Array.isArray(parts) &&
    parts.every(
      (one) =>
        isRecord(one) &&
        isText(one.id) &&
        isCount(one.samples) &&
        isText(one.data) &&
        isText(one.held) &&
        isRecord(one.split) &&
        isCount(one.split.seed) &&
        (one.classes === undefined || Array.isArray(one.classes)),
    ) &&
    Array.isArray(removed) &&
    removed.every(isText) &&
    isCount(dims) &&
    dims > 0 &&
    (features === undefined || (isCount(features) && features >= dims)) &&
    isCount(count) &&
    isText(sha256) &&
    (classes === undefined
      ? Array.isArray(numbers) && numbers.length > 0 && numbers.every(isText)
      : Array.isArray(classes) &&
        classes.every((one) => isRecord(one) && isText(one.name) && isCount(one.count)) &&
        new Set(classes.map(({ name }) => name)).size === classes.length &&
        classes.reduce((sum, one) => sum + one.count, 0) === count);
  return fits ? (header as unknown as Header) : undefined;
}

/** Returns how many numbers a file has behind its header. */
function valuesOf({ dims, features = 0, classes, numbers }: Header): number {
  const triangle = triangleOf(dims) + features * dims;
  if (classes === undefined) return 1 + dims + numbers!.length * (2 + dims) + triangle;
  const kept = classes.filter(({ scatter }) => scatter).length;
  return classes.length * (1 + dims) + kept * triangleOf(dims) + triangle;
}
