import { EngraftError } from "../../core/errors.js";
import { float32 } from "../../core/tensor.js";
import type { ImagePreprocessing } from "../../data/dataset.js";
import { defaultPlatform } from "../../data/images/decode.js";
import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import { inline, parametersOf } from "../../graph/surgery/index.js";
import type { Platform } from "../../platform/platform.js";
import { catmullRom, lanczos, lobes } from "../../platform/resize.js";
import { type Body, bodyOf } from "../body.js";
import { baseRefs } from "../open/base-refs.js";
import { type Base, type BasePart, type OpenBaseOptions, openBase } from "../open/open-base.js";

/** Most bases that are joined. */
const mostParts = 4;

/** Options that describe the input or the inside of one base. */
const ofOneBase = ["cut", "mean", "std", "rescale", "channels"] as const;

/** Opens a base of pictures, or several as `A+B`. @throws as {@link openJoinedBase} */
export async function openNamedBase(
  ref: string,
  options: OpenBaseOptions & { readonly platform: Platform },
): Promise<Base> {
  const refs = await baseRefs(ref, options.platform);
  return refs.length === 1 ? openBase(refs[0]!, options) : openJoinedBase(refs, options);
}

/**
 * Opens several bases of pictures as one: see {@link joinBases}.
 * @param refs names or paths of the bases
 * @throws OptionError for two equal bases, or for options of one base with several; else as {@link openBase}
 */
export async function openJoinedBase(refs: readonly string[], options: OpenBaseOptions): Promise<Base> {
  if (refs.length > mostParts)
    throw new EngraftError(
      "OptionError",
      `${refs.length} bases are joined, at most ${mostParts} are possible`,
      { help: "give fewer bases: --base A+B" },
    );
  const given = ofOneBase.find((name) => options[name] !== undefined);
  if (given !== undefined)
    throw new EngraftError(
      "OptionError",
      `the option ${given} is for one base, and ${refs.length} are joined`,
      {
        help:
          given === "cut"
            ? "leave it out, or give one base"
            : "put a preprocessor_config.json beside each base, or give one base",
        details: { option: given },
      },
    );
  const platform = options.platform ?? (await defaultPlatform());
  // One after the other: both at once take more memory than they need in the end.
  const bases: Base[] = [];
  for (const ref of refs) bases.push(await openBase(ref, { ...options, platform, isPart: true }));
  requireDifferent(bases, refs);
  const { graph, parts, features, preprocessing } = joinBases(bases);
  return {
    name: nameOfBases(bases),
    // The graph holds how each base takes its pictures.
    sha256: await platform.sha256(
      JSON.stringify(bases.map((one) => [one.sha256, one.preprocessing, one.cut])),
    ),
    ...licensesOf(bases),
    preprocessing,
    imported: { ...bases[0]!.imported, graph, notes: bases.flatMap(({ imported }) => imported.notes) },
    classes: undefined,
    cut: features,
    joined: parts,
  };
}

export const nameOfBases = (bases: readonly Base[]): string => bases.map(({ name }) => name).join("+");

/** @throws OptionError for two equal bases */
export function requireDifferent(bases: readonly Base[], refs: readonly string[]): void {
  const twin = bases.findIndex(({ sha256 }, i) => bases.findIndex((one) => one.sha256 === sha256) < i);
  if (twin >= 0)
    throw new EngraftError("OptionError", `${refs[twin]} is joined with itself: both bases are the same`, {
      help: "give two different bases, or one",
    });
}

/** Returns the licence of joined bases: that of each. */
export function licensesOf(bases: readonly Base[]): Pick<Base, "license" | "licenseText"> {
  const licenses = [...new Set(bases.map(({ license }) => license))];
  const texts = bases.flatMap(({ name, licenseText }) => (licenseText ? [`${name}\n\n${licenseText}`] : []));
  return {
    license:
      licenses.length === 1
        ? licenses[0]!
        : bases.map(({ name, license }) => `${license} (${name})`).join(" and "),
    licenseText: texts.length === 0 ? undefined : texts.join("\n\n"),
  };
}

/**
 * Joins bases of pictures in one graph with one input. It takes pictures as the base with the largest ones does. For another base, the
 * graph resizes them by Lanczos' kernel and changes mean, deviation and channels.
 */
function joinBases(bases: readonly Base[]) {
  const bodies = bases.map(({ imported, cut, classes }) => bodyOf(imported.graph, { cut, classes }));
  const sizeOf = ({ preprocessing: { height, width } }: Base): number => height * width;
  const { preprocessing } = bases.reduce((a, b) => (sizeOf(b) > sizeOf(a) ? b : a));
  const graph = new Graph(nameOfBases(bases));
  const { height, width } = preprocessing;
  const input = graph.input("pixel_values", { dtype: "float32", shape: ["batch", 3, height, width] });
  const features = joinBodies(graph, bodies, (g, i) =>
    inputOf(g, input, preprocessing, bases[i]!.preprocessing),
  );
  const parts: BasePart[] = bases.map((base, i) => ({ base, body: bodies[i]! }));
  return { graph, parts, features, preprocessing };
}

/**
 * Adds several backbones to a graph. The features are those of all side by side, and the output of the graph:
 *
 *     z = √(D / B) · (x₁ / ‖x₁‖, x₂ / ‖x₂‖, …)    D: width of all, B: number of backbones
 *
 * @param inputOf returns the value that the input of backbone i is bound to
 * @param rowOf returns the features of backbone i as they are joined. Default: rows of the length √(D / B)
 */
export function joinBodies(
  graph: Graph,
  bodies: readonly Body[],
  inputOf: (g: Builder, i: number) => Value,
  rowOf: (g: Builder, features: Value, i: number) => Value = (g, features) =>
    rowOfLength(g, features, lengthOfRows(bodies)),
): Value {
  const g = new Builder(graph, "joined");
  /** Place of each node in its own base, 0 … 1. */
  const places: number[] = [];
  const rows = bodies.map((body, i) => {
    const x = inputOf(g, i);
    const bound = new Map([[body.graph.inputs[0]!, x]]);
    places.push(...graph.nodes.slice(places.length).map(() => 0));
    const names = inline(graph, body.graph, bound, nameIn(body.graph, `base${i + 1}`));
    places.push(...body.graph.nodes.map((_, k) => k / body.graph.nodes.length));
    for (const [domain, version] of body.graph.opsets)
      graph.opsets.set(domain, Math.max(version, graph.opsets.get(domain) ?? 0));
    const row = rowOf(g, names.get(body.features)!, i);
    places.push(...graph.nodes.slice(places.length).map(() => 1));
    return row;
  });
  const features = g.concat(rows, 1);
  // Layers of all bases alternate: what trains the last ones first, or slower the earlier they are, goes by this order.
  const order = [...graph.nodes.keys()].sort((a, b) => (places[a] ?? 1) - (places[b] ?? 1) || a - b);
  graph.nodes.splice(0, graph.nodes.length, ...order.map((k) => graph.nodes[k]!));
  graph.outputs.push(features);
  return features;
}

/** Returns √(D / B), the length of the rows of backbones. */
export const lengthOfRows = (bodies: readonly Body[]): number =>
  Math.sqrt(bodies.reduce((sum, body) => sum + body.width, 0) / bodies.length);

/** Scales rows of features to a length: length · x / ‖x‖. */
export function rowOfLength(g: Builder, features: Value, length: number): Value {
  const squares = g.reduceSum(g.mul(features, features), { axes: [1], keepdims: true });
  return g.mul(g.div(features, g.sqrt(g.add(squares, g.number(1e-12)))), g.number(length));
}

/** Returns the input of a base, from the input of the joined graph. */
function inputOf(g: Builder, input: Value, from: ImagePreprocessing, to: ImagePreprocessing): Value {
  let x = input;
  // Marked, since no training may change it.
  const fixed = (dims: readonly number[], values: Float32Array): Value =>
    g.constant({ ...float32(dims, values), constant: true });
  if (from.width !== to.width) x = g.matmul(x, fixed([from.width, to.width], turned(from.width, to.width)));
  if (from.height !== to.height)
    x = g.matmul(fixed([to.height, from.height], resizeWeights(from.height, to.height)), x);
  const sameOrder = from.channels === to.channels;
  if (!sameOrder) x = g.gather(x, g.ints([2, 1, 0]), 1);
  const channels = sameOrder ? [0, 1, 2] : [2, 1, 0];
  // pixel = (x · std + mean) / rescale of one, x = (pixel · rescale - mean) / std of the other
  const factor = channels.map((c, k) => (from.std[c]! * to.rescale) / (from.rescale * to.std[k]!));
  const shift = channels.map(
    (c, k) => ((from.mean[c]! * to.rescale) / from.rescale - to.mean[k]!) / to.std[k]!,
  );
  if (factor.every((f) => f === 1) && shift.every((s) => s === 0)) return x;
  const constant = (values: readonly number[]) => g.constant(float32([1, 3, 1, 1], values));
  return g.add(g.mul(x, constant(factor)), constant(shift));
}

/** Weights of a resize as `[from, to]`, for a product from the right. */
function turned(from: number, to: number): Float32Array {
  const weights = resizeWeights(from, to);
  return Float32Array.from(
    { length: from * to },
    (_, at) => weights[(at % to) * from + Math.floor(at / to)]!,
  );
}

/**
 * Returns how the initializers of a base are called beside those of others. Names decide what is trained (`parametersOf`): a weight keeps its
 * name behind the base's, and anything else gets the name of a constant.
 */
function nameIn(graph: Graph, base: string): (value: Value) => Value {
  const parameters = new Set(parametersOf(graph).map(({ value }) => value));
  return (value) => {
    if (!graph.initializers.has(value)) return value;
    if (!parameters.has(value)) return `${base}/const`;
    return value.startsWith("onnx::") ? `onnx::${base}.${value.slice(6)}` : `${base}.${value}`;
  };
}

/**
 * Returns the weights of a resize of one axis, float32[to, from]: y_i = Σ_j w_ij x_j. To shrink by Lanczos, to enlarge by the cubic, both
 * centred. Border pixels are repeated.
 */
function resizeWeights(from: number, to: number): Float32Array {
  const s = Math.max(1, from / to);
  const [reach, kernel] = from > to ? [lobes * s, lanczos] : [2, catmullRom];
  const weights = new Float32Array(to * from);
  for (let i = 0; i < to; i++) {
    const center = ((i + 0.5) * from) / to - 0.5;
    const [first, last] = [Math.ceil(center - reach), Math.floor(center + reach)];
    const taps = Array.from({ length: last - first + 1 }, (_, k) => kernel((first + k - center) / s));
    const total = taps.reduce((sum, tap) => sum + tap, 0);
    taps.forEach((tap, k) => {
      weights[i * from + Math.min(from - 1, Math.max(0, first + k))]! += tap / total;
    });
  }
  return weights;
}
