import { withHead } from "../../bases/heads.js";
import { isSolved } from "../../methods/registry.js";
import { choosesStrategy } from "../../options/is-planned.js";
import { defaults } from "../../options/options.js";
import type { Context } from "../context.js";
import type { Rival, Solved } from "../trainable-task.js";

/** A linear head that was solved, with its predictions. */
type SolvedProbe<Answers> = Omit<Solved<Answers>, "seconds" | "rivals">;

/**
 * Returns the linear probe of sounds as a rival of the training that starts from it, if the user asked for no strategy. On sounds, a
 * probe is often better than fine-tuning, for classes, labels and numbers.
 * @param seconds for solving the head
 * @returns undefined if the run trains nothing
 * @see docs/decisions/0034-probe-of-sounds.md
 */
export function probeRival<Answers>(
  context: Context,
  { head, answers, validation, recipe, refitted = false }: SolvedProbe<Answers>,
  seconds: number,
): Rival<Answers> | undefined {
  const { options, opened, besides } = context;
  const { strategy = defaults.strategy } = options;
  if (besides?.regime || isSolved(strategy) || !choosesStrategy(options)) return undefined;
  if (answers === undefined || "nodes" in head) return undefined;
  const { outputs, scores } = context.training.head;
  return {
    name: "probe",
    answers,
    validation,
    recipe,
    seconds,
    refitted,
    context: { ...context, options: { ...options, strategy: "probe" } },
    head: withHead(opened.body, outputs, head, scores),
    parameters: outputs * (opened.body.width + 1),
    staysIfLossRises: true,
  };
}
