import { definitions } from "../graph/import/expand/definitions.js";
import type { Node } from "../graph/node.js";
import { type CustomOperator, operatorOf } from "./define-operator.js";
import type { AnyDecision } from "./rule.js";
import { rules } from "./rules/index.js";
import { passedOn } from "./rules/passed-on.js";

/** What becomes other operators when a model is read, where that can be done. */
const rewritten = new Set(["Einsum", "DepthToSpace", "SpaceToDepth", ...Object.keys(definitions)]);

/** What Engraft does when a gradient has to pass this node: a rule, zero, or a refusal with its reason. */
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
              node.why ??
                "it stands whole here; unrollRecurrent() or fromOnnx(…, { unroll: true }) gives its steps",
            ),
        };
      if (node.why !== undefined) return { kind: "refuse", because: node.why };
      if (Object.hasOwn(passedOn, name)) return { kind: "refuse", because: passedOn[name]! };
      if (Object.hasOwn(rules, name) || rewritten.has(name))
        return {
          kind: "refuse",
          because: "this form of it is only passed on, as the notes on the model say",
        };
      return { kind: "refuse", because: `"${name}" is not an operator Engraft knows` };
    }
  }
}
