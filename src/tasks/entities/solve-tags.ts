import type { LinearHead } from "../../bases/heads.js";
import { message } from "../../core/messages/message.js";
import type { WritableRows } from "../../core/results/rows.js";
import type { SentenceItem } from "../../data/entities/open-entities.js";
import { tagsSeen } from "../../data/entities/tagged-table.js";
import { applyHead } from "../../evaluate/class-predictions.js";
import { fitProbeInTurns, strengthsOf } from "../../methods/probe/index.js";
import type { Solved } from "../../run/trainable-task.js";
import { headTrials } from "../../run/training/head-trials.js";
import type { Validation } from "../../train/fit.js";
import type { TagLogits } from "./predict-words.js";
import { partOf, type Tagging } from "./tag-head.js";
import { type WordFeatures, wordFeatures } from "./word-features.js";
import { tagValidation } from "./word-logits.js";
import type { WordTrunk } from "./word-trunk.js";

const labelled = ({ items, seen, rows }: WordFeatures) => ({ features: rows, labels: tagsSeen(items, seen) });

/** A common scale was measured for features of pictures and texts, not of words. */
const scaling = "each";

/**
 * Computes features of words at their first sub-word, and fits logistic regression on them: the start of every strategy.
 * Closes the trunk.
 * @throws NumericError for a sentence whose features are not finite
 */
export async function solveTags(tagging: Tagging, trunk: WordTrunk): Promise<Solved<TagLogits>> {
  const { context, data, inputs } = tagging;
  const { run, opened, options, machine, onEvent } = context;
  const { signal } = options;
  const { width } = opened.body;
  const begin = performance.now();
  const all = partOf(data, "train");
  const { train, validation: held } = trunk;
  const tables: WritableRows[] = [];
  const featuresOf = async (items: readonly SentenceItem[], before: number): Promise<WordFeatures> => {
    const total = train.length + held.length;
    const features = await wordFeatures(items, {
      session: trunk.session,
      inputs,
      width,
      store: trunk.store,
      scratch: () => machine.platform.files.scratch?.(run.path),
      onEvent: (e) => onEvent(e.event === "progress" ? { ...e, done: before + e.done, total } : e),
      signal,
    });
    tables.push(features.rows);
    return features;
  };
  try {
    const [learnt, chosen] = [await featuresOf(train, 0), await featuresOf(held, train.length)];
    await trunk.close();
    const features = (performance.now() - begin) / 1000;
    const solvingBegin = performance.now();
    const trials = await headTrials(context, strengthsOf[scaling].length);
    const probe = await fitProbeInTurns(
      {
        train: labelled(learnt),
        validation: labelled(chosen),
        dims: width,
        classes: data.labels.length,
      },
      {
        scaling,
        onStrength: trials.next,
        signal,
      },
    );
    await trials.end();
    const validationOf = ({ weight, bias }: LinearHead): Validation =>
      tagValidation(data, { ...chosen, scores: applyHead({ weight, bias }, chosen.rows) });
    const { oldHead } = context.opened;
    const merged =
      oldHead &&
      (await import("../../run/training/init.js")).headFrom(
        probe,
        oldHead,
        data.labels,
        held.length > 0 ? (head) => validationOf(head).loss : undefined,
      );
    const head = merged?.head ?? probe;
    const solving = (performance.now() - solvingBegin) / 1000;
    return {
      head,
      ...(merged && { reused: merged.start }),
      validation: validationOf(head),
      recipe: [
        message("linear-model", { model: "logistic", inputs: "word features" }),
        ...(train.length < all.length
          ? [message("some-sentences", { some: train.length, all: all.length })]
          : []),
        message("inverse-regularisation", { strength: Number(probe.strength.toPrecision(3)) }),
      ],
      seconds: { features, solving },
    };
  } finally {
    for (const rows of tables) rows.close();
  }
}
