import { isFloat } from "../../core/dtype.js";
import { EngraftError } from "../../core/errors.js";
import { type Dim, formatType, isStatic, type Shape, type TensorType } from "../../core/shape.js";
import { int64, toNumbers } from "../../core/tensor.js";
import { Graph, readsOf } from "../../graph/graph.js";
import { inferNode, type ShapeValues } from "../../graph/infer/index.js";
import { shapeValue } from "../../graph/infer/shape-value.js";
import { type AnyOpNode, none, type Value } from "../../graph/node.js";

/** Height and width of a picture in pixels. */
export interface PictureSize {
  readonly height: number;
  readonly width: number;
}

/** The picture input of a model, float[batch, channels, height, width]. */
export interface PictureInput {
  readonly value: Value;
  readonly shape: Shape;
  /** Size that the file fixes; undefined if it leaves one side open. */
  readonly fixed: PictureSize | undefined;
}

/** A graph with the types that its values have for pictures of one size. */
export interface SizedGraph extends PictureSize {
  /** A value whose sizes cannot be inferred for this size has no type. */
  readonly graph: Graph;
  readonly input: Value;
  readonly batch: number | string;
  /** Values that depend on the picture. */
  readonly fromPicture: ReadonlySet<Value>;
}

/** Most channels of a picture: satellites have more than three. */
const mostChannels = 16;
/** Batch for the inference of sizes: few axes have this size, so the axis of the batch is recognised. */
const probeBatch = 5;

/** Returns the one input of rank 4 that can be a picture; undefined if the model has none or several. */
export function pictureInput(graph: Graph): PictureInput | undefined {
  const found = graph.inputs.filter((value) => {
    const { dtype, shape } = graph.typeOf(value);
    const channels = shape?.[1];
    const isFew = typeof channels !== "number" || channels <= mostChannels;
    return isFloat(dtype) && shape?.length === 4 && isFew;
  });
  const [value] = found;
  if (value === undefined || found.length > 1) return undefined;
  const shape = graph.typeOf(value).shape!;
  const [, , height, width] = shape;
  const isFixed = typeof height === "number" && typeof width === "number";
  return { value, shape, fixed: isFixed ? { height, width } : undefined };
}

/** @throws ModelError if the model has not one picture input */
export function requirePicture(graph: Graph): PictureInput {
  const picture = pictureInput(graph);
  if (picture) return picture;
  const typed = graph.inputs.map((v) => `${v} ${formatType(graph.typeOf(v))}`);
  throw new EngraftError("ModelError", "the model does not have one input of pictures", {
    at: typed.length > 0 ? `inputs ${typed.join(", ")}` : "no input",
    help: "give a model with an input float32[batch, 3, height, width]",
  });
}

/**
 * Infers the types of all values for pictures of one size. A node that does not fit this size, such as a Reshape to
 * constants, leaves its outputs without a type; so do the nodes behind it.
 *
 * @param batch size or name of the batch. Default: the size that the file fixes, else 5
 */
export function sizedGraph(
  graph: Graph,
  picture: PictureInput,
  { height, width }: PictureSize,
  batch: number | string = typeof picture.shape[0] === "number" ? picture.shape[0] : probeBatch,
): SizedGraph {
  const [first = null, open] = picture.shape;
  const channels = typeof open === "number" ? open : 3;
  const isOwnSize = picture.fixed?.height === height && picture.fixed.width === width;
  const bound = (d: Dim): Dim => (d === first && typeof first === "string" ? batch : d);
  const sized = new Graph(graph.name);
  for (const input of graph.inputs) {
    const { dtype, shape } = graph.typeOf(input);
    const isPicture = input === picture.value;
    sized.input(input, { dtype, shape: isPicture ? [batch, channels, height, width] : shape?.map(bound) });
  }
  for (const [value, data] of graph.initializers) sized.initializer(value, data);
  const grids = isOwnSize ? undefined : new GridTable(graph, sized);
  grids?.add(picture.value);
  const values: ShapeValues = new Map();
  const fromPicture = new Set<Value>([picture.value]);
  for (const node of graph.nodes) {
    if (node.kind === "op") pushSized(sized, node, grids, values);
    // The file gives the types of other nodes, for its own size.
    else if (grids) sized.push(node);
    else
      sized.push(
        node,
        graph.typesOf(node).map((t) => t && { ...t, shape: t.shape?.map(bound) }),
      );
    if (node.op !== "Shape" && node.op !== "Size" && readsOf(node).some((v) => fromPicture.has(v)))
      for (const output of node.outputs) if (output !== none) fromPicture.add(output);
  }
  sized.outputs.push(...graph.outputs);
  for (const [domain, version] of graph.opsets) sized.opsets.set(domain, version);
  return { graph: sized, input: picture.value, batch, height, width, fromPicture };
}

/** Appends a node with the types of its outputs. Constant sizes follow the size of the picture if that fits. */
function pushSized(sized: Graph, node: AnyOpNode, grids: GridTable | undefined, values: ShapeValues): void {
  const followed = grids?.follow(node);
  const followedTypes = followed ? inferOrNone(sized, followed, values) : [];
  const made = followed && followedTypes.length > 0 ? followed : node;
  sized.push(made, made === node ? inferOrNone(sized, node, values) : followedTypes);
  const sizes = shapeValue(sized, made, values);
  if (sizes && made.outputs[0]) values.set(made.outputs[0], sizes);
  for (const output of made.outputs) grids?.add(output);
}

/** Returns the types of a node's outputs; none if it does not fit. */
function inferOrNone(graph: Graph, node: AnyOpNode, values: ShapeValues): (TensorType | undefined)[] {
  try {
    return inferNode(graph, node, values);
  } catch (error) {
    if (error instanceof EngraftError) return [];
    throw error;
  }
}

/**
 * Grids of a model, height and width: at its own picture size -> at another. Exporters write sizes as numbers if the
 * picture size is fixed, so numbers that are a grid of the own size are replaced by that grid at the other size.
 */
class GridTable {
  private readonly grids = new Map<string, readonly [height: number, width: number]>();
  private readonly products = new Map<number, number>();

  /** @param own graph with the types of its own size; @param sized the graph for the other size */
  constructor(
    private readonly own: Graph,
    private readonly sized: Graph,
  ) {}

  /** Adds the grid of a map [batch, channels, height, width] that both graphs have. */
  add(value: string): void {
    const [from, to] = [this.own, this.sized].map((graph) => graph.types.get(value)?.shape);
    if (from?.length !== 4 || to?.length !== 4) return;
    const [before, after] = [from.slice(2), to.slice(2)];
    if (!isStatic(before) || !isStatic(after)) return;
    this.grids.set(String(before), [after[0]!, after[1]!]);
    this.products.set(before[0]! * before[1]!, after[0]! * after[1]!);
  }

  /**
   * Returns a Resize or Reshape whose constant sizes follow the other picture size; undefined if they name no grid.
   * The new constant is added to the graph of the other size.
   */
  follow(node: AnyOpNode): AnyOpNode | undefined {
    if (node.op !== "Resize" && node.op !== "Reshape") return undefined;
    const at = node.op === "Resize" ? 3 : 1;
    const constant = this.own.initializers.get(node.inputs[at] ?? none);
    if (constant?.dtype !== "int64") return undefined;
    const sizes = toNumbers(constant);
    const followed =
      node.op === "Resize"
        ? (this.grid(sizes) ?? this.factors(node.inputs[0] ?? none, sizes))
        : (this.grid(sizes) ?? this.product(sizes));
    if (!followed) return undefined;
    let name = this.sized.fresh(`${node.outputs[0]}.sizes`);
    while (this.own.has(name)) name = this.sized.fresh(`${name}_`);
    const made = this.sized.initializer(name, int64([followed.length], followed));
    return { ...node, inputs: node.inputs.map((v, i) => (i === at ? made : v)) };
  }

  /** [0, 48, 28, 28] -> [0, 48, 44, 52] */
  private grid(sizes: readonly number[]): readonly number[] | undefined {
    const grid = this.grids.get(String(sizes.slice(-2)));
    return grid && [...sizes.slice(0, -2), ...grid];
  }

  /** [0, 48, 784] -> [0, 48, 2288] */
  private product(sizes: readonly number[]): readonly number[] | undefined {
    const at = sizes.findLastIndex((d, i) => i > 0 && this.products.has(d));
    return at < 0 ? undefined : sizes.with(at, this.products.get(sizes[at]!)!);
  }

  /** A Resize to a new grid keeps its factors. */
  private factors(x: string, sizes: readonly number[]): readonly number[] | undefined {
    const [before, after] = [this.own, this.sized].map((graph) => graph.types.get(x)?.shape?.slice(-2));
    if (!isStatic(before) || !isStatic(after)) return undefined;
    const scaled = sizes.slice(-2).map((d, i) => (d / before[i]!) * after[i]!);
    return scaled.every(Number.isInteger) ? [...sizes.slice(0, -2), ...scaled] : undefined;
  }
}
