import type { EpochEvent } from "../../core/events/events.js";
import type { GenerationResultEvent } from "../../core/results/sequences/generation.js";
import { labelled } from "./labelled.js";

/** Characters of a text on one line. */
const shownCharacters = 120;

const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim();

/** Returns a text on one line, its end if it is long. */
function endOf(text: string, most = shownCharacters): string {
  const line = oneLine(text);
  return line.length > most ? `…${line.slice(-most)}` : line;
}

/** Returns a text on one line, its beginning if it is long. */
function beginOf(text: string, most: number): string {
  const line = oneLine(text);
  return line.length > most ? `${line.slice(0, most)}…` : line;
}

/** Most characters of a prompt, and of the text that the model adds, in a table of epochs. */
const [shownBegin, shownWritten] = [32, 80] as const;

/** Returns the lines of what a decoder writes after an epoch: one text, or all of them. */
export const writtenLines = ({ written = [] }: EpochEvent, all: boolean): string[] =>
  written
    .slice(0, all ? undefined : 1)
    .map(
      ({ prompt, text }) => `${" ".repeat(9)}${endOf(prompt, shownBegin)} → ${beginOf(text, shownWritten)}`,
    );

/** Returns the lines of what a decoder writes after beginnings of texts, before and after its training. */
export const sampleLines = (samples: GenerationResultEvent["samples"] = []): string[] =>
  samples.flatMap(({ prompt, data, before, after }) =>
    labelled(
      "sample",
      endOf(prompt),
      `data:   ${endOf(data)}`,
      `before: ${endOf(before)}`,
      `after:  ${endOf(after)}`,
    ),
  );
