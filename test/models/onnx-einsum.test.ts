import { describe, expect, test } from "vitest";
import { fromOnnx } from "../../src/graph/index.js";
import { attribute as a } from "../../src/onnx/index.js";
import { bytesOf, node, opsOf, same } from "../support/onnx-models.js";

describe("Einsum", () => {
  type Term = readonly (number | string)[];
  const cases: [equation: string, inputs: Term[], output: Term, operators: string][] = [
    [
      "ij,jk->ik",
      [
        ["N", 3],
        [3, 4],
      ],
      ["N", 4],
      "MatMul",
    ],
    [
      "bhid,bhjd->bhij",
      [
        ["N", 2, 3, 4],
        ["N", 2, 5, 4],
      ],
      ["N", 2, 3, 5],
      "Transpose MatMul",
    ],
    [
      "bnhd,bmhd->bhnm",
      [
        ["N", 3, 2, 4],
        ["N", 5, 2, 4],
      ],
      ["N", 2, 3, 5],
      "Transpose Transpose MatMul",
    ],
    [
      "bhwc,hkc->bhwk",
      [
        ["N", 3, 2, 4],
        [3, 5, 4],
      ],
      ["N", 3, 2, 5],
      "Transpose MatMul",
    ],
    [
      "oc,bchw->bohw",
      [
        [5, 3],
        ["N", 3, 2, 4],
      ],
      ["N", 5, 2, 4],
      "Transpose Transpose MatMul Transpose",
    ],
    [
      "bchw,cdhw->bd",
      [
        ["N", 3, 2, 4],
        [3, 5, 2, 4],
      ],
      ["N", 5],
      "Transpose Reshape Reshape MatMul",
    ],
    [
      "bi,bi->b",
      [
        ["N", 3],
        ["N", 3],
      ],
      ["N"],
      "Unsqueeze Unsqueeze MatMul Squeeze",
    ],
    ["i,j->ij", [[3], [4]], [3, 4], "Unsqueeze Mul"],
    ["bij->bji", [["N", 2, 3]], ["N", 3, 2], "Transpose"],
    ["bij->b", [["N", 2, 3]], ["N"], "ReduceSum"],
    ["ij", [["N", 3]], ["N", 3], ""],
    ["ba", [["N", 3]], [3, "N"], "Transpose"],
    [
      "ij,jk",
      [
        ["N", 3],
        [3, 4],
      ],
      ["N", 4],
      "MatMul",
    ],
    [
      "...ij,...jk->...ik",
      [
        ["N", 2, 3, 4],
        ["N", 2, 4, 5],
      ],
      ["N", 2, 3, 5],
      "MatMul",
    ],
    [
      "...ij,jk->...ik",
      [
        ["N", 2, 3, 4],
        [4, 5],
      ],
      ["N", 2, 3, 5],
      "MatMul",
    ],
    [
      "bi,bj,ijk->bk",
      [
        ["N", 2],
        ["N", 3],
        [2, 3, 4],
      ],
      ["N", 4],
      "Unsqueeze Unsqueeze Mul Reshape Reshape MatMul",
    ],
    [
      "bik,bjk->bi",
      [
        ["N", 2, 3],
        ["N", 4, 3],
      ],
      ["N", 2],
      "ReduceSum Unsqueeze MatMul Squeeze",
    ],
    ["bi,io,o->b", [["N", 2], [2, 3], [3]], ["N"], "MatMul MatMul"],
  ];
  test.each(cases)("%s of %j", async (equation, inputs, output, operators) => {
    const names = inputs.map((_, i) => `x${i}`);
    const imported = await same({
      opset: 13,
      inputs: Object.fromEntries(names.map((n, i) => [n, ["float32", inputs[i]!] as const])),
      outputs: { y: ["float32", output] },
      nodes: [node("Einsum", names.join(" "), "y", [a.string("equation", equation)])],
    });
    expect(opsOf(imported)).toBe(operators || "Identity");
  });

  test("a diagonal is passed on, with the reason", async () => {
    const imported = await same({
      opset: 13,
      inputs: { x: ["float32", ["N", 3, 3]] },
      outputs: { y: ["float32", ["N", 3]] },
      nodes: [node("Einsum", "x", "y", [a.string("equation", "bii->bi")])],
    });
    expect(imported.graph.nodes).toMatchObject([{ kind: "opaque", op: "Einsum" }]);
    expect(imported.notes).toContainEqual(
      expect.stringMatching(/^Einsum "y" .*: "bii->bi" takes a diagonal$/),
    );
  });

  test("an equation that does not fit is refused", () => {
    const file = (equation: string) =>
      bytesOf({
        opset: 13,
        inputs: { x: ["float32", ["N", 3]] },
        outputs: { y: ["float32", ["N"]] },
        nodes: [node("Einsum", "x", "y", [a.string("equation", equation)])],
      });
    expect(() => fromOnnx(file("ijk->i"))).toThrow(
      'Einsum "y": term "ijk" of its equation does not fit an input of 2 axes',
    );
    expect(() => fromOnnx(file("ij,jk->i"))).toThrow(
      'Einsum "y": equation "ij,jk->i" has 2 terms for 1 inputs',
    );
    expect(() => fromOnnx(file("ij->k"))).toThrow(
      'Einsum "y": the output "k" of its equation is not made of labels of its inputs',
    );
  });
});
