import { testFingerprint } from "../data/fingerprints.js";
import type { Machine } from "../run/machine.js";
import { countTestEvaluations } from "../run/test-set-usage.js";
import type { Session } from "../runtime/runtime.js";
import type { EvaluateOptions } from "./evaluation.js";
import { type OpenedFolder, openModelSession } from "./model-session.js";
import { type Sample, scoredItems } from "./scored-items.js";

/** Labelled data that a model is scored on. */
export interface DataToScore<Item extends Sample> {
  readonly items: readonly Item[];
  readonly root: string;
  /** Name of the samples: "pictures". */
  readonly unit: string;
}

/**
 * Scores a model on data: chooses the samples, opens the model, and counts the use of the test split.
 * @param score predicts for the chosen samples, and returns the task with its scores
 * @throws DataError if no sample is left to score
 */
export async function evaluateModel<Item extends Sample, Scores>(
  machine: Machine,
  folder: Omit<OpenedFolder, "classes">,
  data: DataToScore<Item>,
  options: EvaluateOptions,
  score: (session: Session, items: readonly Item[]) => Promise<Scores>,
) {
  const { platform } = machine;
  const { items, words, leftOut } = await scoredItems(platform, data, folder, data.unit, options);
  const { session, close } = await openModelSession(machine, folder, options);
  try {
    const scores = await score(session, items);
    const fingerprint = await testFingerprint(platform, items);
    const used = await countTestEvaluations(platform, fingerprint, `eval ${folder.dir}`, options.onEvent);
    const about = { scored: words, left_out: leftOut, test_looks: used };
    return { event: "result" as const, model: folder.dir, ...scores, ...about };
  } finally {
    await close();
  }
}
