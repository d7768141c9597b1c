import { firstOf } from "../../core/messages/counted.js";
import { message, warningText } from "../../core/messages/message.js";
import type { Warning } from "../split/found.js";

/** Separators of the parts of a file name. */
const separators = /[_\-. ]/;

/**
 * Proposes a pattern for groups, if one part of the file names looks like the speaker or the recording: it has 2 to n / 3 values, each
 * in several classes, and is no running number.
 * @param sounds ids, and classes if there are any
 * @returns a warning with the pattern, or none
 */
export function proposeSpeakers(
  sounds: readonly { readonly id: string; readonly label?: string | undefined }[],
): Warning[] {
  const names = sounds.map(({ id }) => id.slice(id.lastIndexOf("/") + 1).replace(/\.[^.]+$/, ""));
  const parts = names.map((name) => name.split(separators));
  const fewest = Math.min(...parts.map(({ length }) => length));
  for (let p = 0; p < fewest && fewest > 1; p++) {
    const classes = new Map<string, Set<string | undefined>>();
    for (const [i, own] of parts.entries()) {
      const value = own[p]!;
      classes.set(value, (classes.get(value) ?? new Set()).add(sounds[i]!.label));
    }
    const isSpeaker =
      classes.size >= 2 &&
      classes.size <= sounds.length / 3 &&
      (sounds[0]!.label === undefined || [...classes.values()].every((its) => its.size > 1)) &&
      !isRunning([...classes.keys()]);
    if (!isSpeaker) continue;
    const part = "[^_. /-]";
    const pattern = `^(?:.*/)?(?:${part}*[_. -]){${p}}(${part}+)[^/]*$`;
    const values = { speakers: classes.size, pattern, ...firstOf(names) };
    return [warningText("speakers_in_names", message("speakers-in-names", { ...values, more: 0 }))];
  }
  return [];
}

/** True for numbers from a first to a last one, with at most half of them missing. */
function isRunning(values: readonly string[]): boolean {
  if (!values.every((value) => /^\d{1,9}$/.test(value))) return false;
  const numbers = values.map(Number).sort((a, b) => a - b);
  return numbers.at(-1)! - numbers[0]! < 2 * numbers.length;
}
