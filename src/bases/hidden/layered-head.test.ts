import { expect, test } from "vitest";
import { float32 } from "../../core/tensor.js";
import { Graph } from "../../graph/graph.js";
import { interpret } from "../../testing/reference/index.js";
import { headPrefix, withWeights } from "../heads.js";
import { withoutHiddenNames } from "./hidden-names.js";
import { layeredValues, withLayeredHead } from "./layered-head.js";

const graph = new Graph("features");
const features = graph.input("features", { dtype: "float32", shape: ["batch", 3] });
graph.outputs.push(features);
const cut = { value: features, because: "" };
const network = withLayeredHead({ graph, cut, pooling: "none", features, width: 3 }, 2, 2);

test("the scores are W₂ max(0, W₁ x + b₁) + b₂", () => {
  const filled = withWeights(
    network,
    new Map([
      ["engraft/head/hidden.weight", float32([2, 3], [1, 2, 0, -1, 0, 1])],
      ["engraft/head/hidden.bias", float32([2], [0.5, -1])],
      ["engraft/head/weight", float32([2, 2], [2, 1, -1, 3])],
      ["engraft/head/bias", float32([2], [0.25, 0])],
    ]),
  );
  const x = float32([2, 3], [1, 1, 4, -2, 0, 1]);
  // Row 1: W₁x + b₁ = (1 + 2 + 0.5, -1 + 4 - 1) = (3.5, 2), scores (7 + 2 + 0.25, -3.5 + 6).
  // Row 2: (-2 + 0.5, 2 + 1 - 1) = (-1.5, 2), max(0, ·) = (0, 2), scores (2 + 0.25, 6).
  expect([...interpret(filled, { features: x }).get("logits")!.data]).toEqual([9.25, 2.5, 2.25, 6]);
});

test("the hidden layer of an earlier head gets names of the base, and the base computes the same", () => {
  const base = withoutHiddenNames(network);
  expect([...base.initializers.keys()].sort()).toEqual([
    "engraft/head/bias",
    "engraft/head/weight",
    "hidden.bias",
    "hidden.weight",
  ]);
  expect(base.nodes.map(({ op }) => op)).toEqual(network.nodes.map(({ op }) => op));
  expect(base.outputs).toEqual(network.outputs);
  expect([...layeredValues].filter((name) => !name.startsWith(headPrefix))).toEqual([]);
});
