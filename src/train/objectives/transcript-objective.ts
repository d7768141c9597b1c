import { int64 } from "../../core/tensor.js";
import type { Value } from "../../graph/node.js";
import { weightedMean } from "../../losses/cross-entropy.js";
import { ctcLoss } from "../../losses/ctc.js";
import { areAdditive, needsOf, type Objective, type Penalty, termsOf } from "./objective.js";

/** Options of {@link transcripts}. */
export interface TranscriptOptions {
  /** L: characters of the longest target. */
  readonly most: number;
  /** Additional terms. Default none. */
  readonly penalties?: readonly Penalty[];
}

/**
 * Speech recognition by connectionist temporal classification: mean over the rows of the loss per character.
 *
 * The model returns logits float32[B, T, V]; class 0 is the blank, and frames behind the end of a clip are blanks. `train.targets`
 * float32[B, L] holds the characters as classes from 1 on, then zeros.
 *
 * loss = Σ_i w_i c_i / max(1, L_i) / Σ_i w_i,   c_i = {@link ctcLoss} (Hugging Face's `ctc_loss_reduction: "mean"`)
 */
export function transcripts({ most, penalties = [] }: TranscriptOptions): Objective<"train"> {
  return {
    needs: ["train"],
    additive: areAdditive(penalties),
    ...needsOf(penalties, { targets: [most] }),
    terms(g, model, { train }, before) {
      const outputs = model(train.x);
      const [batch, time] = g.dims(outputs.logits) as [number, number, number];
      const rows = (train.rows as { readonly targets: Value }).targets;
      const { loss, possible, constants } = ctcLoss(g, outputs.logits, {
        targets: g.cast(rows, "int64"),
        frames: g.constant(int64([batch], new Array<number>(batch).fill(time))),
      });
      const labels = g.reduceSum(g.min(rows, g.number(1)), { axes: [1] });
      const perCharacter = g.div(loss, g.max(labels, g.number(1)));
      // A row whose frames cannot hold its target teaches nothing and does not count.
      const counted = g.mul(train.weights, possible);
      const added = termsOf(penalties, g, outputs, train, before);
      return {
        terms: {
          transcripts: { value: weightedMean(g, perCharacter, counted), weight: 1 },
          ...added.terms,
        },
        // A row has no class of its own: the mean over its frames stands in the count of hits.
        logits: { ...outputs, logits: g.reduceMean(outputs.logits, { axes: [1] }) },
        constants: [...constants, ...added.constants],
        mass: g.reduceSum(counted),
      };
    },
  };
}
