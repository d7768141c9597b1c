// Which chosen or dropped pictures are of one recording.
import { findRecordings } from "../../src/data/split/recordings.js";
import { exifOfJpeg } from "../../src/platform/exif.js";
import { longestName } from "../../src/studio/project.js";

/** Bytes at the beginning of a picture that hold its EXIF data, which are 64 KB at most. */
const firstBytes = 2 ** 17;
/** Files that are read at the same time. */
const together = 64;

/** Recordings of files. */
export interface FileRecordings {
  /** Name of the recording of a file; missing for one that is none's. */
  readonly groups: ReadonlyMap<File, string>;
  /** Classes whose files seem to be one recording. Nothing joins them. */
  readonly single: readonly string[];
}

/** Finds the recordings of pictures by their EXIF times, the names of clips, or the times of the files. @param classes files by class */
export async function recordingsOfFiles(
  classes: ReadonlyMap<string, readonly File[]>,
): Promise<FileRecordings> {
  const all = [...classes].flatMap(([label, files]) => files.map((file) => ({ label, file })));
  const facts: Parameters<typeof findRecordings>[0][number][] = [];
  while (facts.length < all.length) {
    const next = all.slice(facts.length, facts.length + together);
    facts.push(
      ...(await Promise.all(
        next.map(async ({ label, file }) => ({
          ...{ id: `${label}/${file.name}`, label, modified: file.lastModified },
          taken: await takenOf(file),
        })),
      )),
    );
  }
  const { groups = [], single = [] } = findRecordings(facts) ?? {};
  const named = all.flatMap(({ label, file }, i): [File, string][] => {
    const group = groups[i];
    return group === undefined || single.includes(label) ? [] : [[file, group.slice(-longestName)]];
  });
  return { groups: new Map(named), single };
}

/** Returns the EXIF time of a picture; undefined if it has none or cannot be read, which its next reader says. */
async function takenOf(file: File): Promise<number | undefined> {
  try {
    return exifOfJpeg(new Uint8Array(await file.slice(0, firstBytes).arrayBuffer()))?.taken;
  } catch {
    return undefined;
  }
}
