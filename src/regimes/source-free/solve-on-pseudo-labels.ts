import type { LinearHead } from "../../bases/heads.js";
import { rowsOf } from "../../core/results/rows.js";
import { softmaxRows } from "../../linalg/softmax.js";
import { pseudoLabels } from "../../methods/adapt/shot.js";
import { collectClassSums, namesOf } from "../../methods/sums/feature-sums.js";
import { solveSums } from "../../methods/sums/solve-sums.js";
import type { OpenedModel } from "./open-model.js";
import { requireTwoClasses } from "./require-two-classes.js";

/** Logit of a class that is never predicted. */
const never = -1e4;

/**
 * Solves the last layer on pseudo labels of the target.
 * @param rows features of the target, float32[N, D] @param plain logits of the model before, float32[N, C]
 * @throws DataError if all samples have one pseudo label
 */
export async function solveOnPseudoLabels(
  model: OpenedModel,
  { rows, width, plain }: Readonly<Record<"rows" | "plain", Float32Array>> & { readonly width: number },
): Promise<LinearHead> {
  const { classes, head } = model;
  const labels = pseudoLabels(rows, width, softmaxRows(plain, classes.length));
  requireTwoClasses(model, labels);
  const sums = await collectClassSums(rowsOf(rows, width), labels, classes);
  const solved = solveSums(sums);
  const weight = new Float32Array(head.weight.length);
  // A class without pseudo labels is never predicted.
  const bias = new Float32Array(classes.length).fill(never);
  namesOf(sums).forEach((name, row) => {
    const k = classes.indexOf(name);
    weight.set(solved.weight.subarray(row * width, (row + 1) * width), k * width);
    bias[k] = solved.bias[row]!;
  });
  return { weight, bias };
}
