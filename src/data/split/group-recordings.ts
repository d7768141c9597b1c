import { EngraftError } from "../../core/errors.js";
import { firstOf } from "../../core/messages/counted.js";
import { message, warningText } from "../../core/messages/message.js";
import type { FileUnit } from "../found-files.js";
import type { Warning } from "./found.js";
import { fewestGroups, haveGroups, recordingGroups } from "./named-groups.js";
import { type FileFacts, findRecordings } from "./recordings.js";

/** How files of recordings are grouped. */
interface GroupRecordings {
  /** Recordings are looked for if it is missing; "recordings" keeps them together even if they are few. */
  readonly groupFrom: string | undefined;
  readonly unit: FileUnit;
  /** True for data that only score a model. Recordings that give no groups make no warning then. */
  readonly emptyParts?: boolean | undefined;
  /** A share of the files, "3/20", does not show recordings. */
  readonly shard?: string | undefined;
}

/**
 * Returns files with their recordings as groups, if nothing else gives groups. Recordings that are too few to be divided between the splits,
 * and a class that seems to be one recording, give none: a false one would cost the score.
 * @param facts what is known of each file
 * @param warnings receives what was found
 * @throws OptionError if recordings are requested and nothing shows any
 */
export function groupRecordings<File extends { readonly id: string; readonly group?: string | undefined }>(
  files: readonly File[],
  facts: (file: File) => FileFacts,
  { groupFrom, unit, emptyParts = false, shard }: GroupRecordings,
  warnings: Warning[],
): readonly File[] {
  const isAsked = groupFrom === recordingGroups;
  if (shard !== undefined || (groupFrom !== undefined && !isAsked)) return files;
  if (haveGroups(files.map(({ group }) => group))) return files;
  const found = findRecordings(files.map(facts));
  if (found === undefined) {
    if (isAsked) throw noRecordings(unit);
    return files;
  }
  const { by, count: recordings, groups, single } = found;
  const values = { by, recordings, unit };
  const areFew = recordings < fewestGroups || 2 * largestOf(groups) > files.length;
  if (!isAsked && (areFew || single.length > 0)) {
    const names = firstOf(single.filter((label) => label !== ""));
    if (!emptyParts)
      warnings.push(
        single.length > 0
          ? warningText("one_recording", message("one-recording", { by, unit, ...names }))
          : warningText("few_recordings", message("few-recordings", values)),
      );
    return files;
  }
  warnings.push(warningText("groups_by_recording", message("recordings-give-groups", values)));
  return files.map((file, i) => (groups[i] === undefined ? file : { ...file, group: groups[i] }));
}

/** Returns what shows the recording of a file that has no class. */
export const withoutClass = ({ id, taken, modified }: Omit<FileFacts, "label">): FileFacts => ({
  ...{ id, taken, modified },
  label: "",
});

/** Returns the number of files of the largest group. */
function largestOf(groups: readonly (string | undefined)[]): number {
  const counts = new Map<string, number>();
  for (const group of groups) if (group !== undefined) counts.set(group, (counts.get(group) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}

const noRecordings = (unit: FileUnit): EngraftError =>
  new EngraftError("OptionError", `groupFrom "${recordingGroups}" finds no recordings`, {
    help: `neither the times nor the names of the ${unit}s show any: give a pattern for their paths, or a list with a column "group"`,
    details: { option: "groupFrom", value: recordingGroups },
  });
