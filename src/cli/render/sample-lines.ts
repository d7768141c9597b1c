import type { GenerationResultEvent } from "../../core/results/sequences/generation.js";
import { labelled } from "./labelled.js";

/** Characters of a text on one line. */
const shownCharacters = 120;

/** Returns a text on one line, its end if it is long. */
function oneLine(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > shownCharacters ? `…${line.slice(-shownCharacters)}` : line;
}

/** Returns the lines of what a decoder writes after beginnings of texts, before and after its training. */
export const sampleLines = (samples: GenerationResultEvent["samples"] = []): string[] =>
  samples.flatMap(({ prompt, data, before, after }) =>
    labelled(
      "sample",
      oneLine(prompt),
      `data:   ${oneLine(data)}`,
      `before: ${oneLine(before)}`,
      `after:  ${oneLine(after)}`,
    ),
  );
