import type { Builder } from "../../builder.js";
import type { Value } from "../../node.js";
import { canonical } from "../canonical.js";
import { activate } from "./activations.js";
import { cannot, type Expand, required } from "./expansion.js";

/**
 * op(x): moves the batch axes before the first axis if `batch` ([M, B, K] to [B, M, K]), then swaps the last two if
 * `last`.
 */
function turned(g: Builder, x: Value, last: boolean, batch: boolean): Value {
  const rank = g.rank(x);
  let axes = Array.from({ length: rank }, (_, i) => i);
  if (rank < 2) return x;
  if (batch && rank > 2) axes = [...axes.slice(1, -1), 0, rank - 1];
  if (last) axes = [...axes.slice(0, -2), axes[rank - 1]!, axes[rank - 2]!];
  return g.transpose(x, axes);
}

// y = alpha * op(a) @ op(b)
const fusedMatMul: Expand = (e) => {
  const { g, a } = e;
  const left = turned(g, required(e, 0, "a"), a.flag("transA") ?? false, a.flag("transBatchA") ?? false);
  const right = turned(g, required(e, 1, "b"), a.flag("transB") ?? false, a.flag("transBatchB") ?? false);
  const alpha = a.floatOr("alpha", 1);
  const y = g.matmul(left, right);
  return [alpha === 1 ? y : g.mul(y, g.number(alpha, y))];
};

export const fusedProducts = {
  FusedMatMul: fusedMatMul,
  // The first name of FusedMatMul.
  TransposeMatMul: fusedMatMul,
  // y = activation(alpha * op(a) @ op(b) + beta * c)
  FusedGemm(e) {
    const { g, a } = e;
    const read = canonical.Gemm[2](e.reading);
    if (typeof read === "string") return cannot(read);
    const inputs = [required(e, 0, "a"), required(e, 1, "b"), e.input(2) ?? ""];
    const y = g.node("Gemm", inputs, read);
    const name = a.string("activation") ?? "";
    // Of the activations of FusedGemm only Selu takes alpha and gamma.
    const second = a.float(name === "Selu" ? "activation_gamma" : "activation_beta");
    const numbers = [a.float("activation_alpha"), second];
    return [activate(g, y, name, numbers as number[])];
  },
  // y = activation(Conv(x, w, b) + z)
  FusedConv(e) {
    const { g, a } = e;
    const read = canonical.Conv[2](e.reading);
    if (typeof read === "string") return cannot(read);
    const z = e.input(3);
    const conv = g.node("Conv", [required(e, 0, "x"), required(e, 1, "w"), e.input(2) ?? ""], read);
    const y = z === undefined ? conv : g.add(conv, z);
    const name = a.string("activation") ?? "";
    return [name === "" ? y : activate(g, y, name, a.floats("activation_params") ?? [])];
  },
} satisfies Record<string, Expand>;
