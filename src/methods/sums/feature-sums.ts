import { EngraftError, stopIf } from "../../core/errors.js";
import type { Rows } from "../../core/results/rows.js";
import { multiply } from "../../linalg/products.js";
import { columnProducts } from "../../linalg/row-products.js";

/** Sums of one class. */
export interface ClassSum {
  readonly name: string;
  /** n_c */
  readonly count: number;
  /** Σ ‖x‖ */
  readonly length: number;
  /** s_c = Σ z, float64[D] */
  readonly sum: Float64Array;
  /** S_c = Σ z zᵀ of this class, packed like {@link FeatureSums.scatter}. Missing: too large to be kept. */
  readonly scatter?: Float64Array;
}

/** Sums of the target numbers. */
export interface NumberSum {
  readonly names: readonly string[];
  /** Σ ‖x‖ */
  readonly length: number;
  /** Σ z, float64[D] */
  readonly sum: Float64Array;
  /** Σ y and Σ y², float64[T] */
  readonly values: Float64Array;
  readonly squares: Float64Array;
  /** Σ y zᵀ, float64[T, D] */
  readonly products: Float64Array;
}

/**
 * Feature sums: sufficient statistics of frozen features for a solved head. z = x / ‖x‖ is the unit row of a sample; a row of zeros
 * has equal values, so that S always has the trace N. Sums of two sets of samples are the sum of their sums.
 */
export interface FeatureSums {
  /** D, features per sample, or directions. */
  readonly dims: number;
  /**
   * U: each row is projected, x Uᵀ, before its length is taken: float64[D, F], F features per sample. Missing: rows are whole, and D = F.
   */
  readonly directions?: Float64Array;
  /** N, number of samples. */
  readonly count: number;
  /** S = Σ z zᵀ: the lower triangle, row by row, float64[D (D + 1) / 2]. */
  readonly scatter: Float64Array;
  readonly targets: { readonly classes: readonly ClassSum[] } | { readonly numbers: NumberSum };
}

/** The sums of each class are kept while C D² is at most this: 64 MB of numbers. */
const mostOfClasses = 2 ** 23;
/** Rows that are added at once: about as many as `columnProducts` takes. */
const rowsAtOnce = 4096;

/** True if the scatter of each class is small enough to be kept. */
const keepsClasses = (classes: number, dims: number): boolean => classes * dims * dims <= mostOfClasses;

/** Number of values of a packed triangle. */
export const triangleOf = (dims: number): number => (dims * (dims + 1)) / 2;

export const classesOf = ({ targets }: FeatureSums): readonly ClassSum[] =>
  "classes" in targets ? targets.classes : [];

const partsOf = ({ targets }: FeatureSums) => ("classes" in targets ? targets.classes : [targets.numbers]);

/** Mean m of the rows, float64[D], and their variance t = tr(S − N m mᵀ) / N. */
export function momentsOf(sums: FeatureSums) {
  const { dims, count, scatter } = sums;
  const mean = new Float64Array(dims);
  for (const { sum } of partsOf(sums)) for (let i = 0; i < dims; i++) mean[i]! += sum[i]! / count;
  let trace = 0;
  for (let i = 0, p = 0; i < dims; p += ++i + 1) trace += scatter[p]! - count * mean[i]! * mean[i]!;
  return { mean, variance: trace / count };
}

/**
 * Returns S − Σ s_c s_cᵀ / n_c, a full matrix of which only the lower triangle counts: float64[D, D].
 * @param scatter S, packed @param groups s_c and n_c of the groups that S is the sum of
 */
export function withinScatter(
  scatter: Float64Array,
  groups: readonly Pick<ClassSum, "sum" | "count">[],
  dims: number,
): Float64Array {
  const full = new Float64Array(dims * dims);
  for (let i = 0, p = 0; i < dims; i++) for (let j = 0; j <= i; j++, p++) full[i * dims + j] = scatter[p]!;
  for (const { sum, count } of groups)
    for (let i = 0; i < dims; i++) {
      const f = sum[i]! / count;
      if (f !== 0) for (let j = 0; j <= i; j++) full[i * dims + j]! -= f * sum[j]!;
    }
  return full;
}

/** True if all rows are the same but for rounding. */
export const areAlike = (sums: FeatureSums): boolean => !(momentsOf(sums).variance > 1e-12);

/** Returns ℓ = Σ ‖x‖ over all samples. */
export const lengthOf = (sums: FeatureSums): number =>
  partsOf(sums).reduce((all, { length }) => all + length, 0);

/** Returns sums without the scatter of each class: they say less of few samples. */
export const withoutClassScatters = ({ targets, ...sums }: FeatureSums): FeatureSums => ({
  ...sums,
  targets: "classes" in targets ? { classes: targets.classes.map(({ scatter: _, ...one }) => one) } : targets,
});

/** Returns the names of the classes, or of the numbers. */
export const namesOf = ({ targets }: FeatureSums): readonly string[] =>
  "classes" in targets ? targets.classes.map(({ name }) => name) : targets.numbers.names;

interface CollectOptions extends Pick<FeatureSums, "directions"> {
  readonly signal?: AbortSignal | undefined;
}

/**
 * Adds up the features of samples with classes, in float64.
 * @param rows float32[N, D] @param labels int[N], indices into `classes` @throws NumericError for features that are not finite
 */
export async function collectClassSums(
  rows: Rows,
  labels: ArrayLike<number>,
  classes: readonly string[],
  { signal, directions }: CollectOptions = {},
): Promise<FeatureSums> {
  const dims = directions ? directions.length / rows.width : rows.width;
  const whole = new Float64Array(triangleOf(dims));
  const kept = keepsClasses(classes.length, dims);
  const sums = classes.map((name) => ({
    name,
    count: 0,
    length: 0,
    sum: new Float64Array(dims),
    ...(kept && { scatter: new Float64Array(triangleOf(dims)) }),
  }));
  for await (const { first, count, values, norms } of unitRows(rows, dims, { signal, directions })) {
    for (let i = 0; i < count; i++) {
      const own = sums[labels[first + i]!]!;
      own.count++;
      own.length += norms[i]!;
      for (let t = 0; t < dims; t++) own.sum[t]! += values[i * dims + t]!;
    }
    if (!kept) addTriangle(whole, columnProducts(values, count, dims), dims);
    else
      for (const [label, { scatter }] of sums.entries()) {
        const own = rowsWhere(values, count, dims, (i) => labels[first + i] === label);
        if (own.length > 0) addTriangle(scatter!, columnProducts(own, own.length / dims, dims), dims);
      }
  }
  if (kept) for (const { scatter } of sums) addTo(whole, scatter!, 1);
  const seen = sums.filter(({ count }) => count > 0);
  const sum = { dims, count: rows.count, scatter: whole, targets: { classes: seen } };
  return directions ? { ...sum, directions } : sum;
}

/**
 * Adds up the features of samples with numbers, in float64.
 * @param rows float32[N, D] @param y float64[N, T] @throws NumericError for features that are not finite
 */
export async function collectNumberSums(
  rows: Rows,
  y: ArrayLike<number>,
  names: readonly string[],
  { signal, directions }: CollectOptions = {},
): Promise<FeatureSums> {
  const dims = directions ? directions.length / rows.width : rows.width;
  const targets = names.length;
  const scatter = new Float64Array(triangleOf(dims));
  const numbers = {
    names,
    length: 0,
    sum: new Float64Array(dims),
    values: new Float64Array(targets),
    squares: new Float64Array(targets),
    products: new Float64Array(targets * dims),
  };
  for await (const { first, count, values, norms } of unitRows(rows, dims, { signal, directions })) {
    addTriangle(scatter, columnProducts(values, count, dims), dims);
    for (let i = 0; i < count; i++) {
      numbers.length += norms[i]!;
      for (let t = 0; t < dims; t++) numbers.sum[t]! += values[i * dims + t]!;
      for (let k = 0; k < targets; k++) {
        const value = y[(first + i) * targets + k]!;
        numbers.values[k]! += value;
        numbers.squares[k]! += value * value;
        for (let t = 0; t < dims; t++) numbers.products[k * dims + t]! += value * values[i * dims + t]!;
      }
    }
  }
  const all = { dims, count: rows.count, scatter, targets: { numbers } };
  return directions ? { ...all, directions } : all;
}

/** Yields unit rows, float64[count, D], with their lengths. */
async function* unitRows(rows: Rows, dims: number, { signal, directions }: CollectOptions) {
  const { count: all, width } = rows;
  const buffer = new Float32Array(Math.min(all, rowsAtOnce) * width);
  for (let first = 0; first < all; first += rowsAtOnce) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    stopIf(signal);
    const count = Math.min(rowsAtOnce, all - first);
    const read = buffer.subarray(0, count * width);
    rows.read(first, read);
    const values = directions ? new Float64Array(count * dims) : Float64Array.from(read);
    if (directions) multiply(read, count, width, directions, dims, values);
    const norms = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      let square = 0;
      for (let p = i * dims; p < (i + 1) * dims; p++) square += values[p]! * values[p]!;
      const norm = Math.sqrt(square);
      if (!Number.isFinite(norm))
        throw new EngraftError("NumericError", `features of sample ${first + i} are not finite numbers`, {
          help: "look for a damaged sample, or use another --base or --cut",
          details: { sample: first + i },
        });
      norms[i] = norm;
      if (norm === 0) values.fill(1 / Math.sqrt(dims), i * dims, (i + 1) * dims);
      else for (let p = i * dims; p < (i + 1) * dims; p++) values[p]! /= norm;
    }
    yield { first, count, values, norms };
  }
}

/** Returns the rows of a block for which a condition holds. */
function rowsWhere(
  values: Float64Array,
  count: number,
  dims: number,
  holds: (row: number) => boolean,
): Float64Array {
  const places = Array.from({ length: count }, (_, i) => i).filter(holds);
  const rows = new Float64Array(places.length * dims);
  places.forEach((place, i) => {
    rows.set(values.subarray(place * dims, (place + 1) * dims), i * dims);
  });
  return rows;
}

/** Adds the lower triangle of a full matrix to a packed one. */
function addTriangle(packed: Float64Array, full: Float64Array, dims: number): void {
  for (let i = 0, p = 0; i < dims; i++) for (let j = 0; j <= i; j++, p++) packed[p]! += full[i * dims + j]!;
}

function addTo(to: Float64Array, other: Float64Array, sign: 1 | -1): void {
  for (let i = 0; i < to.length; i++) to[i]! += sign * other[i]!;
}

const combined = (a: Float64Array, b: Float64Array, sign: 1 | -1): Float64Array => {
  const both = Float64Array.from(a);
  addTo(both, b, sign);
  return both;
};

/** Returns the sums of two sets of samples together. @throws DataError if they do not fit */
export const addSums = (a: FeatureSums, b: FeatureSums): FeatureSums => combine(a, b, 1);

/**
 * Returns the sums without those of some samples. A class without samples disappears.
 * @throws DataError for samples that were never added, as far as the sums show it
 */
export function subtractSums(a: FeatureSums, b: FeatureSums): FeatureSums {
  const rest = combine(a, b, -1);
  // A diagonal is a sum of squares: below zero by more than rounding, something else was subtracted.
  for (let i = 0, p = 0; i < a.dims; p += ++i + 1)
    if (rest.scatter[p]! < -1e-9 * Math.max(1, a.scatter[p]!))
      throw neverAdded("their features are larger than the features that were added");
  return rest;
}

/** Error for samples that are taken out of sums and were never added. */
export const neverAdded = (why: string): EngraftError =>
  new EngraftError("DataError", `these samples were never added: ${why}`, {
    help: "take out only samples that are in the sums, each once",
  });

function combine(a: FeatureSums, b: FeatureSums, sign: 1 | -1): FeatureSums {
  if (a.dims !== b.dims)
    throw new EngraftError("DataError", `sums of ${a.dims} and of ${b.dims} features cannot be added`, {
      help: "collect both with the same --base, --cut and --directions",
    });
  if (!haveSameDirections(a, b))
    throw new EngraftError("DataError", "sums along different directions cannot be added", {
      help: "collect both with the same --directions and --like",
    });
  return {
    dims: a.dims,
    ...(a.directions && { directions: a.directions }),
    count: a.count + sign * b.count,
    scatter: combined(a.scatter, b.scatter, sign),
    targets: combineTargets(a, b, sign),
  };
}

/** True if rows are projected alike. Machines round differently, and the products of unit vectors are at most 1. */
function haveSameDirections({ directions: a }: FeatureSums, { directions: b }: FeatureSums): boolean {
  if (!a || !b) return a === b;
  return a === b || (a.length === b.length && a.every((value, i) => Math.abs(value - b[i]!) < 1e-6));
}

function combineTargets(a: FeatureSums, b: FeatureSums, sign: 1 | -1): FeatureSums["targets"] {
  if ("classes" in a.targets && "classes" in b.targets)
    return { classes: combineClasses(a.targets.classes, b.targets.classes, a.dims, sign) };
  if ("classes" in a.targets || "classes" in b.targets)
    throw new EngraftError("DataError", "sums of classes and sums of numbers cannot be added", {
      help: "give sums of the same task",
    });
  const [own, other] = [a.targets.numbers, b.targets.numbers];
  if (own.names.join("\n") !== other.names.join("\n"))
    throw new EngraftError(
      "DataError",
      `sums of ${quoted(own.names)} and of ${quoted(other.names)} cannot be added`,
      { help: "give sums of the same target columns, in the same order" },
    );
  if (a.count + sign * b.count < 0) throw neverAdded(`${b.count} are taken out, and there are ${a.count}`);
  return {
    numbers: {
      names: own.names,
      length: own.length + sign * other.length,
      sum: combined(own.sum, other.sum, sign),
      values: combined(own.values, other.values, sign),
      squares: combined(own.squares, other.squares, sign),
      products: combined(own.products, other.products, sign),
    },
  };
}

export const quoted = (names: readonly string[]): string =>
  names.map((name) => JSON.stringify(name)).join(", ");

function combineClasses(
  own: readonly ClassSum[],
  others: readonly ClassSum[],
  dims: number,
  sign: 1 | -1,
): ClassSum[] {
  const all = new Map(own.map((one) => [one.name, one]));
  for (const other of others) {
    const { name } = other;
    const before = all.get(name);
    if (sign < 0 && (before?.count ?? 0) < other.count)
      throw neverAdded(
        before
          ? `${other.count} of class ${JSON.stringify(name)} are taken out, and there are ${before.count}`
          : `there is no class ${JSON.stringify(name)}, only ${quoted([...all.keys()].slice(0, 8))}`,
      );
    const scatter =
      before?.scatter && other.scatter ? combined(before.scatter, other.scatter, sign) : undefined;
    const both = before
      ? {
          name,
          count: before.count + sign * other.count,
          length: before.length + sign * other.length,
          sum: combined(before.sum, other.sum, sign),
          ...(scatter && { scatter }),
        }
      : other;
    all.set(name, both);
  }
  const seen = [...all.values()].filter(({ count }) => count > 0);
  if (keepsClasses(seen.length, dims)) return seen;
  return seen.map(({ scatter: _, ...one }) => one);
}

/** Returns the sums of one class alone; undefined if its scatter was not kept. @throws DataError for a class that is not there */
export function sumsOfClass(sums: FeatureSums, name: string): FeatureSums | undefined {
  const classes = classesOf(sums);
  const found = classes.find((one) => one.name === name);
  if (found === undefined)
    throw new EngraftError("DataError", `there is no class ${JSON.stringify(name)} to forget`, {
      help: `the classes are ${quoted(classes.map((one) => one.name).slice(0, 20))}`,
      details: { class: name },
    });
  const { scatter, count } = found;
  const { dims, directions } = sums;
  const its = { dims, count, targets: { classes: [found] }, ...(directions && { directions }) };
  return scatter && { ...its, scatter };
}
