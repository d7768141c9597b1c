import { readTrust } from "../../bases/model-folder/trust-facts.js";
import type { ClassificationScores, TrustResult } from "../../core/events/events.js";
import type { OnProgress } from "../../core/events/progress-events.js";
import { factsOf } from "../../evaluate/class-predictions.js";
import type { OpenedFolder } from "../../inference/model-session.js";
import { asLogits, detailedScores } from "./detailed-scores.js";
import { measureTrust } from "./trust.js";

/**
 * Scores the logits of a classifier.
 * @param model model folder, with the calibration in its engraft.json
 * @param data scored items, and the model's label for each label of the data
 * @throws ModelError if that part of engraft.json is damaged
 */
export function scorePredictions(
  { dir, classes, engraft }: Pick<OpenedFolder, "dir" | "classes" | "engraft">,
  { items, labels }: { readonly items: Parameters<typeof factsOf>[0]; readonly labels: readonly number[] },
  logits: Float32Array,
  onEvent: OnProgress | undefined,
): { readonly test: ClassificationScores; readonly trust?: TrustResult } {
  const facts = readTrust(engraft?.trust, dir);
  const known = factsOf(items);
  const calibration = { ...known, labels: known.labels.map((label) => labels[label]!) };
  const given = asLogits({ logits, ...calibration }, classes.length, onEvent);
  return {
    test: detailedScores(classes, given),
    ...(facts && { trust: measureTrust(classes.length, facts, given) }),
  };
}
