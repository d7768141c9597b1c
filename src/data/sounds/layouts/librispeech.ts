import { stopIf } from "../../../core/errors.js";
import type { Part } from "../../../core/events/events.js";
import { listLimit } from "../../../core/file-limits.js";
import type { Files, Platform } from "../../../platform/platform.js";
import type { FoundFile, FoundFiles } from "../../found-files.js";
import { picturesBelow } from "../../images/find-images.js";
import { decodeTexts } from "../../lists/list-bytes.js";
import { partNames } from "../../split/found.js";
import { soundFiles } from "../files/sound-format.js";
import type { FindSoundsOptions } from "../listed-sounds.js";

const transcriptName = /^\d+-\d+\.trans\.txt$/;
/** A folder of one split, such as "train-clean-100". */
const splitFolder = /^([a-z]+)-(?:clean|other)/;

/**
 * Finds the clips of LibriSpeech: `<speaker>/<chapter>/<speaker>-<chapter>-0000.flac`, with lines `id TEXT` in
 * `<speaker>-<chapter>.trans.txt`. The speaker is the group. Folders such as `train-clean-100` and `dev-clean` are splits.
 */
export async function librispeech(
  platform: Platform,
  root: string,
  { signal }: FindSoundsOptions,
): Promise<FoundFiles | undefined> {
  const { files } = platform;
  if (!(await hasTranscripts(files, root, 3))) return undefined;
  const skipped: { item: string; reason: string }[] = [];
  const transcripts = await picturesBelow(files, root, skipped, signal, {
    ...soundFiles,
    name: transcriptName,
  });
  const clips = new Map(
    (await picturesBelow(files, root, skipped, signal, soundFiles)).map((clip) => [
      clip.id.replace(/\.[a-z0-9]+$/i, ""),
      clip,
    ]),
  );
  const sounds: FoundFile[] = [];
  for (const { id: file, path } of transcripts) {
    stopIf(signal);
    const folder = file.slice(0, file.lastIndexOf("/") + 1);
    const text = await decodeTexts(await files.read(path, { limit: listLimit }), file);
    for (const [i, line] of text.split(/\r?\n/).entries()) {
      const [, name, words = ""] = /^(\S+)\s*(.*)$/.exec(line) ?? [];
      if (name === undefined) continue;
      const clip = clips.get(`${folder}${name}`);
      if (clip === undefined) {
        skipped.push({ item: `${file}, line ${i + 1}`, reason: `there is no sound ${JSON.stringify(name)}` });
        continue;
      }
      sounds.push({
        ...clip,
        given: partOf(file),
        group: name.split("-")[0]!,
        values: { text: words },
        file,
        line: i + 1,
      });
    }
  }
  return {
    root,
    name: files.relative(files.dirname(root), root),
    columns: ["text"],
    files: sounds,
    skipped,
    warnings: [],
    groupedBy: "speaker",
  };
}

const partOf = (file: string): Part | undefined =>
  partNames.get(splitFolder.exec(file.split("/")[0]!)?.[1] ?? "");

/** True if a folder has a file of transcripts within some levels. Only the first folder of each level is searched. */
async function hasTranscripts(files: Files, folder: string, levels: number): Promise<boolean> {
  const entries = await files.list(folder);
  if (entries.some(({ name }) => transcriptName.test(name))) return true;
  const first = entries.find(({ name, kind }) => kind === "folder" && !name.startsWith("."));
  return (
    levels > 0 && first !== undefined && hasTranscripts(files, files.join(folder, first.name), levels - 1)
  );
}
