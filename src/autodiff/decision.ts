import { definitions } from "../graph/import/expand/definitions.js";
import type { Node } from "../graph/node.js";
import { type CustomOperator, operatorOf } from "./define-operator.js";
import type { AnyDecision } from "./rule.js";
import { rules } from "./rules/index.js";
import { passedOn } from "./rules/passed-on.js";

/** Operators that the importer rewrites to others where possible. */
const rewritten = new Set(["Einsum", "DepthToSpace", "SpaceToDepth", ...Object.keys(definitions)]);

/** Returns the decision for a node on a gradient's path: a rule, zero, or a refusal with its reason. */
export function decisionOf(node: Node, operators: readonly CustomOperator[] = []): AnyDecision {
  switch (node.kind) {
    case "op":
      return rules[node.op] as AnyDecision;
    case "custom":
      return (
        operatorOf(node, operators)?.decision ?? {
          kind: "refuse",
          because: `"${node.domain}.${node.op}" is a user-defined operator that was not passed in \`operators\``,
        }
      );
    case "opaque": {
      const name = node.domain === "" ? node.op : `${node.domain}.${node.op}`;
      if (node.unrolls)
        return {
          kind: "rule",
          vjp: (context) =>
            context.refuse(
              node.why ?? "it is not unrolled; use unrollRecurrent() or fromOnnx(…, { unroll: true })",
            ),
        };
      if (node.why !== undefined) return { kind: "refuse", because: node.why };
      if (Object.hasOwn(passedOn, name)) return { kind: "refuse", because: passedOn[name]! };
      if (Object.hasOwn(rules, name) || rewritten.has(name))
        return {
          kind: "refuse",
          because: "this form stays opaque; the notes on the model give the reason",
        };
      return { kind: "refuse", because: `"${name}" is not an operator Engraft knows` };
    }
  }
}
