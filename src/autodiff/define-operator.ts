import type { TensorType } from "../core/shape.js";
import type { Tensor } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import type { Graph } from "../graph/graph.js";
import { type CustomNode, type Node, none, type Value } from "../graph/node.js";
import type { AnyDecision, Gradients, NodeContext } from "./rule.js";

export type CustomAttributes = Readonly<Record<string, unknown>>;
/** Input of the gradient rule of a user-defined operator. */
export type CustomContext = NodeContext<string, CustomAttributes>;

/** A user-defined operator that Engraft does not know. */
export interface CustomOperator {
  readonly domain: string;
  readonly name: string;
  /** Returns the types of the outputs from the types of the inputs (undefined: unknown) and the attributes. */
  readonly infer: (inputs: readonly (TensorType | undefined)[], attributes: CustomAttributes) => TensorType[];
  /** Its gradient: a rule, zero, or a refusal with its reason. */
  readonly decision: AnyDecision;
  /** Computes it on plain tensors; for `checkGradient` and tests. */
  readonly reference?: (inputs: readonly Tensor[], attributes: CustomAttributes) => Tensor[];
  /** Builds it from known operators, so that the runtime needs no kernel for it. */
  readonly expand?: (g: Builder, inputs: readonly Value[], attributes: CustomAttributes) => readonly Value[];
}

interface Description {
  readonly domain: string;
  readonly name: string;
  readonly infer: CustomOperator["infer"];
  readonly reference?: CustomOperator["reference"];
  readonly expand?: CustomOperator["expand"];
}
type Gradient =
  | { readonly vjp: (context: CustomContext) => Gradients }
  | { readonly zero: string }
  | { readonly refuse: string };

/**
 * Defines a custom operator, a plain value for `differentiate(…, { operators: [it] })`. Give exactly one of: `vjp`, its
 * gradient rule; `zero`, why its gradient is zero; `refuse`, why it has none.
 *
 * @example
 * const swish = defineOperator({
 *   domain: "my.ops",
 *   name: "Swish",
 *   infer: ([x]) => [x!],
 *   // y = x * s, s = sigmoid(x)    dx = dy * (s + y * (1 - s))
 *   vjp: ({ g, inputs: [x], output: y, dy }) => {
 *     const s = g.sigmoid(x!);
 *     return [g.mul(dy, g.add(s, g.mul(y, g.sub(g.number(1, y), s))))];
 *   },
 *   expand: (g, [x]) => [g.mul(x!, g.sigmoid(x!))],
 * });
 */
export function defineOperator(description: Description & Gradient): CustomOperator {
  const { domain, name, infer, reference, expand } = description;
  return { domain, name, infer, decision: decisionFrom(description), reference, expand };
}

function decisionFrom(gradient: Gradient): AnyDecision {
  if ("vjp" in gradient)
    return { kind: "rule", vjp: gradient.vjp as (c: NodeContext<never, never>) => Gradients };
  if ("zero" in gradient) return { kind: "zero", because: gradient.zero };
  return { kind: "refuse", because: gradient.refuse };
}

/** Returns the user-defined operator of a custom node. */
export function operatorOf(
  node: CustomNode,
  operators: readonly CustomOperator[],
): CustomOperator | undefined {
  return operators.find((o) => o.domain === node.domain && o.name === node.op);
}

/** Appends a node of a user-defined operator and returns its outputs. */
export function appendOperator(
  graph: Graph,
  operator: CustomOperator,
  inputs: readonly Value[],
  attributes: CustomAttributes = {},
): Value[] {
  const types = operator.infer(
    inputs.map((v) => (v === none ? undefined : graph.types.get(v))),
    attributes,
  );
  const outputs = types.map((_, i) => graph.fresh(i === 0 ? operator.name : `${operator.name}.${i}`));
  const { domain, name: op } = operator;
  graph.push(
    { kind: "custom", op, domain, name: outputs[0] ?? op, inputs: [...inputs], outputs, attributes },
    types,
  );
  return outputs;
}

/** Replaces every user-defined operator that has an `expand` by known operators. */
export function expandOperators(graph: Graph, operators: readonly CustomOperator[]): Graph {
  const result = graph.withoutNodes();
  for (const node of graph.nodes) {
    const expand = node.kind === "custom" ? operatorOf(node, operators)?.expand : undefined;
    if (node.kind !== "custom" || !expand) {
      result.push(node, graph.typesOf(node));
      continue;
    }
    const g = new Builder(result, graph.fresh(`${node.outputs[0]}/expanded`));
    const made = expand(g, node.inputs, node.attributes);
    node.outputs.forEach((output, i) => {
      if (output === none) return;
      const copy: Node = {
        kind: "op",
        op: "Identity",
        name: output,
        inputs: [made[i]!],
        outputs: [output],
        attributes: {},
      };
      result.push(copy, [result.types.get(made[i]!)]);
    });
  }
  result.outputs.push(...graph.outputs);
  return result;
}
