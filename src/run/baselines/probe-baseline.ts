import { recipeFields } from "../../core/messages/message.js";
import type { Solved } from "../trainable-task.js";

/** Returns the baseline of the head on frozen features, as a result holds it. */
export const probeBaseline = <Scores>(
  test: Scores,
  { recipe, seconds: { features, solving } }: Pick<Solved<unknown>, "recipe" | "seconds">,
) => ({ test, seconds: features + solving, ...recipeFields(recipe) });
