import type { Value } from "../../graph/node.js";
import { weightedMean } from "../../losses/cross-entropy.js";
import { ctcLoss } from "../../losses/ctc.js";
import type { Objective } from "./objective.js";

/**
 * Speech recognition by connectionist temporal classification: mean over the rows of the loss per character.
 *
 * The model returns logits float32[B, T, V]; class 0 is the blank. Additional inputs:
 *
 * - `train.targets` float32[B, L]: characters as classes from 1 on, then zeros.
 * - `train.frames` float32[B]: frames of each row that are not padding.
 *
 * loss = Σ_i w_i c_i / max(1, L_i) / Σ_i w_i,   c_i = {@link ctcLoss} (Hugging Face's `ctc_loss_reduction: "mean"`)
 * @param most L
 */
export function transcripts(most: number): Objective<"train"> {
  return {
    needs: ["train"],
    rows: { targets: [most], frames: [] },
    terms(g, model, { train }) {
      const outputs = model(train.x);
      const rows = train.rows as { readonly targets: Value; readonly frames: Value };
      const targets = g.cast(rows.targets, "int64");
      const { loss, possible, constants } = ctcLoss(g, outputs.logits, {
        targets,
        frames: g.cast(rows.frames, "int64"),
      });
      const labels = g.reduceSum(g.min(rows.targets, g.number(1)), { axes: [1] });
      const perCharacter = g.div(loss, g.max(labels, g.number(1)));
      // An impossible row teaches nothing and does not count.
      const value = weightedMean(g, perCharacter, g.mul(train.weights, possible));
      return {
        terms: { transcripts: { value, weight: 1 } },
        // Hits of a step are counted per row: the mean over frames stands for its classes.
        logits: { ...outputs, logits: g.reduceMean(outputs.logits, { axes: [1] }) },
        constants,
      };
    },
  };
}
