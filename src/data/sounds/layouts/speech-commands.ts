import type { Part } from "../../../core/events/events.js";
import { listLimit } from "../../../core/file-limits.js";
import type { Platform } from "../../../platform/platform.js";
import type { FoundFiles } from "../../found-files.js";
import { decodeTexts } from "../../lists/list-bytes.js";

/** Lists of the clips of a split, one path on each line. All other clips are training clips. */
const lists = { "validation_list.txt": "validation", "testing_list.txt": "test" } as const satisfies Readonly<
  Record<string, Part>
>;
/** The folder of long recordings without a word. */
const noise = "_background_noise_";

/**
 * Adds what the Speech Commands layout says of its class folders: the splits in `validation_list.txt` and `testing_list.txt`, and the
 * speaker in the name, before `_nohash_`. The folder `_background_noise_` is no class.
 */
export async function speechCommands(
  platform: Platform,
  root: string,
  found: FoundFiles,
): Promise<FoundFiles> {
  const { files } = platform;
  const parts = new Map<string, Part>();
  for (const [name, part] of Object.entries(lists)) {
    const path = files.join(root, name);
    if ((await files.stat(path))?.kind !== "file") continue;
    const text = await decodeTexts(await files.read(path, { limit: listLimit }), name);
    for (const line of text.split(/\r?\n/)) if (line.trim() !== "") parts.set(line.trim(), part);
  }
  if (parts.size === 0) return found;
  const isNoise = ({ id }: { readonly id: string }): boolean => id.startsWith(`${noise}/`);
  const sounds = found.files
    .filter((sound) => !isNoise(sound))
    .map((sound) => {
      const speaker = /([^/]+)_nohash_[^/]*$/.exec(sound.id)?.[1];
      const given: Part = parts.get(sound.id) ?? "train";
      return { ...sound, given, ...(speaker !== undefined && { group: speaker }) };
    });
  const left = found.files.filter(isNoise).map(({ id }) => ({ item: id, reason: `${noise} is no class` }));
  return {
    ...found,
    files: sounds,
    skipped: [...found.skipped, ...left],
    ...(sounds.some(({ group }) => group !== undefined) && { groupedBy: "speaker" }),
  };
}
