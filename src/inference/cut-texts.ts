import type { EngraftEvent } from "../core/events/events.js";
import { count } from "../data/split/found.js";

/** Called with the number of texts that were longer than the model takes, and its limit in tokens. */
export type OnCut = (texts: number, limit: number) => void;

/** Counts texts that were cut. */
export interface CutCount {
  readonly onCut: OnCut;
  /** Returns the warning if any of the texts was cut. */
  warnings(of: number): EngraftEvent[];
}

/** Creates a counter of cut texts. */
export function countCut(): CutCount {
  let [cut, at] = [0, 0];
  return {
    onCut(texts, limit) {
      cut += texts;
      at = limit;
    },
    warnings: (of) =>
      cut === 0
        ? []
        : [
            {
              event: "warning",
              code: "cut_texts",
              message: `${count(cut, "text")} of ${of} ${cut === 1 ? "was" : "were"} cut at ${at} tokens: --long split scores ${cut === 1 ? "it" : "them"} in parts`,
            },
          ],
  };
}
