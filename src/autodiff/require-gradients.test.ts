import { expect, test } from "vitest";
import type { EngraftError } from "../core/errors.js";
import { zeros } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import { Graph } from "../graph/graph.js";
import type { Value } from "../graph/node.js";
import { requireGradients } from "./require-gradients.js";

/** x · w1, then `part`, then · w2 */
function net(part: (g: Builder, x: Value) => Value) {
  const graph = new Graph("net");
  const g = new Builder(graph);
  const x = graph.input("x", { dtype: "float32", shape: ["batch", 4] });
  const w1 = g.weight("w1", zeros("float32", [4, 4]));
  const w2 = g.weight("w2", zeros("float32", [4, 2]));
  const y = g.matmul(part(g, g.matmul(x, w1)), w2);
  return { graph, y, w1, w2 };
}
function opaque(g: Builder, op: string, x: Value, dtype: "float32" | "uint8"): Value {
  const output = g.graph.fresh(op);
  const node = { kind: "opaque", op, domain: "", name: `the ${op}`, captures: [], attributes: [] } as const;
  g.graph.push({ ...node, inputs: [x], outputs: [output] }, [{ dtype, shape: ["batch", 4] }]);
  return output;
}
const refusal = (work: () => void): string => {
  try {
    work();
  } catch (error) {
    return (error as EngraftError).format();
  }
  return "fine";
};

test("a gradient that reaches every weight is fine, also round a node that has none", () => {
  const plain = net((g, x) => g.relu(x));
  expect(refusal(() => requireGradients(plain.graph, plain.y, ["w1", "w2"]))).toBe("fine");
  const beside = net((g, x) =>
    g.add(x, opaque(g, "DequantizeLinear", opaque(g, "QuantizeLinear", x, "uint8"), "float32")),
  );
  expect(refusal(() => requireGradients(beside.graph, beside.y, ["w1"]))).toBe("fine");
});

test("the first operator without a rule is named, and the value behind the last", () => {
  const two = net((g, x) => opaque(g, "Twist", opaque(g, "Twirl", x, "float32"), "float32"));
  expect(refusal(() => requireGradients(two.graph, two.y, ["w1", "w2"]))).toBe(
    'OperatorError: Twirl has no gradient: "Twirl" is not an operator Engraft knows (and 1 more node after it)\n' +
      '  at node "the Twirl", value "Twirl"\n  help: train only weights after "Twist"',
  );
  expect(refusal(() => requireGradients(two.graph, two.y, ["w2"]))).toBe("fine");
});

test("what becomes an integer, or a step, passes no gradient", () => {
  const rounded = net((g, x) =>
    opaque(g, "DequantizeLinear", opaque(g, "QuantizeLinear", x, "uint8"), "float32"),
  );
  expect(refusal(() => requireGradients(rounded.graph, rounded.y, ["w1", "w2"]))).toContain(
    'OperatorError: QuantizeLinear has no gradient: its output holds integers\n  at node "the QuantizeLinear"',
  );
  const floored = net((g, x) => {
    g.graph.push({ kind: "op", op: "Floor", name: "f", inputs: [x], outputs: ["f"], attributes: {} }, [
      g.typeOf(x),
    ]);
    return "f";
  });
  expect(refusal(() => requireGradients(floored.graph, floored.y, ["w1"]))).toContain(
    "OperatorError: Floor has no gradient: ",
  );
});
