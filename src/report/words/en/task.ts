/** English sentences on the weights that a run took from another model. */
import { count } from "../../charts/numbers.js";

export const taskEn = {
  takenWords: (matched: number, adapted: number, numbers: string, skipped: string): string =>
    `: ${count(matched, "weight")} unchanged, ${count(adapted, "part")} matched by name, ${numbers} parameters; ${skipped} not used.`,
  head: "Head",
  everyPart: "All parts",
  moved: "matched",
  left: "not used",
};
