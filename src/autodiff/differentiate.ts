import { isFloat } from "../core/dtype.js";
import { EngraftError, invariant } from "../core/errors.js";
import { formatType, isStatic, sizeOf } from "../core/shape.js";
import { castTensor, tensor } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import { type Graph, readsOf } from "../graph/graph.js";
import { inferNode } from "../graph/infer/index.js";
import { type Node, none, type Value } from "../graph/node.js";
import { fitTo } from "./broadcast.js";
import { decisionOf } from "./decision.js";
import type { CustomOperator } from "./define-operator.js";
import type { AnyDecision, Gradients, NodeContext } from "./rule.js";
import type { ChooseForm } from "./rules/conv-forms.js";

export interface DifferentiateOptions {
  /** User-defined operators of the graph. Default none. */
  readonly operators?: readonly CustomOperator[];
  /** Values that no gradient passes through ("stop gradient"). Default none. */
  readonly constants?: readonly Value[];
  /** Chooses the form of a convolution's gradients. Default: by the rule for its shape. */
  readonly chooseForm?: ChooseForm;
}

/**
 * Appends to `graph` the nodes that compute d loss / d w for each w of `wrt` (reverse mode). Returns the value that
 * holds each gradient; it has the shape and type of its w.
 *
 * Only nodes between a w and the loss are differentiated; their shapes must be static. A w on which the loss does not
 * depend gets zeros.
 *
 * @param loss a float value with one element
 * @throws OperatorError if a node without a gradient lies on the path
 * @throws ShapeError if the loss is not one number, or a shape on the path is not known
 * @example
 * const gradients = differentiate(graph, loss, [weight, bias]);
 * const step = gradients.get(weight)!;
 */
export function differentiate(
  graph: Graph,
  loss: Value,
  wrt: readonly Value[],
  options: DifferentiateOptions = {},
): Map<Value, Value> {
  const { operators = [], constants = [], chooseForm } = options;
  checkArguments(graph, loss, wrt);
  const g = new Builder(graph, "grad");
  const path = findPath(graph, loss, wrt, operators, new Set(constants));
  refuseNodes(path);

  // Contributions to the gradient of each value, one from each node that reads it.
  const contributions = new Map<Value, Value[]>([[loss, [onesLike(g, loss)]]]);
  const totals = new Map<Value, Value>();
  const total = (value: Value): Value | undefined => {
    const parts = contributions.get(value);
    if (!parts) return undefined;
    const sum = totals.get(value) ?? parts.reduce(g.add);
    totals.set(value, sum);
    return sum;
  };

  for (const { index, decision } of [...path.steps].reverse()) {
    if (decision.kind !== "rule") continue;
    const node = graph.nodes[index]!;
    const dys = node.outputs.map((output) => (output === none ? undefined : total(output)));
    if (dys.every((dy) => dy === undefined)) continue;
    const needs = node.inputs.map((input) => input !== none && path.active.has(input));
    let gradients: Gradients;
    try {
      gradients = decision.vjp(contextOf(g, index, dys, needs, chooseForm) as NodeContext<never, never>);
    } catch (error) {
      throw explainUnknownSize(error, graph, node);
    }
    node.inputs.forEach((input, i) => {
      const gradient = gradients[i];
      if (!needs[i] || gradient === undefined) return;
      const fitted = fitTo(g, gradient, g.dims(input));
      const parts = contributions.get(input);
      if (parts) parts.push(fitted);
      else contributions.set(input, [fitted]);
    });
  }
  return new Map(wrt.map((w) => [w, total(w) ?? g.expand(g.number(0, w), g.dims(w))]));
}

function checkArguments(graph: Graph, loss: Value, wrt: readonly Value[]): void {
  const type = graph.typeOf(loss);
  if (!isFloat(type.dtype) || sizeOf(graph.dims(loss)) !== 1) {
    throw new EngraftError(
      "ShapeError",
      `the loss "${loss}" is ${formatType(type)}: it must be one float number`,
      { help: "reduce it first, e.g. by its mean over the batch" },
    );
  }
  for (const w of wrt) {
    const { dtype } = graph.typeOf(w);
    if (!isFloat(dtype))
      throw new EngraftError("ShapeError", `"${w}" is ${dtype}: gradients exist for float values only`);
  }
}

function onesLike(g: Builder, x: Value): Value {
  const one = castTensor(tensor("float64", g.dims(x), Float64Array.of(1)), g.dtype(x) as "float32");
  return g.constant(one);
}

interface Step {
  /** Position in graph.nodes: the node may be replaced while gradients are built. */
  readonly index: number;
  readonly node: Node;
  readonly decision: AnyDecision;
}
interface Path {
  /** The nodes between wrt and the loss, in forward order. */
  readonly steps: readonly Step[];
  /** The float values that depend on a w. */
  readonly active: ReadonlySet<Value>;
}

/** Finds the nodes on which the loss depends and which depend on a w. */
function findPath(
  graph: Graph,
  loss: Value,
  wrt: readonly Value[],
  operators: readonly CustomOperator[],
  constants: ReadonlySet<Value>,
): Path {
  const active = new Set(wrt);
  const forward: Step[] = [];
  graph.nodes.forEach((node, index) => {
    if (!readsOf(node).some((v) => active.has(v))) return;
    const decision = decisionOf(node, operators);
    if (decision.kind === "zero") return;
    forward.push({ index, node, decision });
    for (const output of node.outputs) {
      const type = graph.types.get(output);
      if (output !== none && !constants.has(output) && (!type || isFloat(type.dtype))) active.add(output);
    }
  });
  const wanted = new Set([loss]);
  const steps = forward.reverse().filter(({ node }) => {
    if (!node.outputs.some((o) => wanted.has(o) && active.has(o))) return false;
    for (const v of readsOf(node)) if (active.has(v)) wanted.add(v);
    return true;
  });
  return { steps: steps.reverse(), active };
}

/** @throws OperatorError for the first node on the path without a gradient; suggests a cut that avoids them all */
function refuseNodes({ steps }: Path): void {
  const refused = steps.filter((s) => s.decision.kind === "refuse");
  const [first, last] = [refused[0], refused.at(-1)];
  if (!first || !last) return;
  const more = refused.length - 1;
  const others = more > 0 ? ` (and ${more} more node${more > 1 ? "s" : ""} after it)` : "";
  const behind = last.node.outputs.find((o) => o !== none)!;
  const because = first.decision.kind === "refuse" ? first.decision.because : "";
  throw noGradient(first.node, `${because}${others}`, behind);
}

function noGradient(node: Node, because: string, behind: Value): EngraftError {
  const output = node.outputs.find((o) => o !== none) ?? "";
  return new EngraftError("OperatorError", `${node.op} has no gradient: ${because}`, {
    at: `node "${node.name}", value "${output}"`,
    help: `cut the model at "${behind}" or later, so that only later weights are trained`,
    details: { op: node.op, node: node.name, value: output, cut: behind },
  });
}

function contextOf(
  g: Builder,
  index: number,
  dys: readonly (Value | undefined)[],
  needs: readonly boolean[],
  chooseForm: ChooseForm | undefined,
): NodeContext<string, unknown> {
  const { nodes } = g.graph;
  const node = nodes[index]!;
  return {
    g,
    op: node.op,
    attributes: node.attributes,
    inputs: node.inputs,
    outputs: node.outputs,
    output: node.outputs[0]!,
    get dy() {
      return dys[0] ?? g.expand(g.number(0, node.outputs[0]!), g.dims(node.outputs[0]!));
    },
    dys,
    needs,
    chooseForm,
    extraOutput: (i) => extraOutput(g.graph, index, i),
    refuse(because) {
      throw noGradient(node, because, node.outputs.find((o) => o !== none) ?? "");
    },
  };
}

/** Adds an output to a forward node, which is replaced in place. */
function extraOutput(graph: Graph, index: number, i: number): Value {
  const node = graph.nodes[index]!;
  invariant(node.kind === "op", `only known operators have extra outputs, not ${node.op}`);
  const known = node.outputs[i];
  if (known !== undefined && known !== none) return known;
  const outputs = [...node.outputs];
  while (outputs.length <= i) outputs.push(none);
  const name = graph.fresh(`${node.outputs[0]}.${i}`);
  outputs[i] = name;
  const widened = { ...node, outputs };
  graph.nodes[index] = widened;
  graph.claim(name);
  const type = inferNode(graph, widened)[i];
  if (type) graph.types.set(name, type);
  return name;
}

/**
 * Adds to an error which node's gradient needs the size, and where the size is lost: an input of open size, or the
 * first node whose output's size depends on the data.
 * @returns other errors unchanged
 */
function explainUnknownSize(error: unknown, graph: Graph, node: Node): unknown {
  if (!(error instanceof EngraftError) || error.kind !== "ShapeError") return error;
  const lost = whereLost(graph);
  if (lost === undefined) return error;
  return new EngraftError("ShapeError", error.message, {
    at: `the gradient of ${node.op} "${node.name || node.outputs[0]}"; ${lost.where}`,
    help: lost.help,
    details: { ...error.details, node: node.name, op: node.op, lost: lost.value },
    cause: error,
  });
}

function whereLost(graph: Graph): { value: Value; where: string; help: string } | undefined {
  const known = (v: Value): boolean => isStatic(graph.types.get(v)?.shape);
  const input = graph.inputs.find((v) => !known(v));
  if (input !== undefined)
    return {
      value: input,
      where: `the input "${input}" is ${formatType(graph.typeOf(input))}`,
      help: "give the input a size: imageSize, inputShapes of fromOnnx(), or bindDims(); or export the model with it fixed",
    };
  for (const node of graph.nodes) {
    const value = node.outputs.find((v) => v !== none && !known(v));
    if (value === undefined || !readsOf(node).every(known)) continue;
    const type = graph.types.get(value);
    return {
      value,
      where: `${node.op} "${node.name || value}" gives "${value}", ${type ? formatType(type) : "of unknown type"}: its size depends on the data`,
      help: `train only what does not depend on "${value}", cut the model before it, or export it with fixed sizes`,
    };
  }
  return undefined;
}
