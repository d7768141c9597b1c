import type { Platform } from "../../../platform/platform.js";
import type { FoundFiles } from "../../found-files.js";
import { picturesBelow } from "../../images/find-images.js";
import { soundFiles } from "../files/sound-format.js";
import type { FindSoundsOptions } from "../listed-sounds.js";

/** `{digit}_{speaker}_{index}`. */
const clipName = /^(?:.*\/)?(\d)_([a-z]+)_\d+\.[a-z0-9]+$/;

/** Finds the clips of the Free Spoken Digit Dataset: files `{digit}_{speaker}_{index}.wav` in one folder. The speaker is the group. */
export async function fsdd(
  platform: Platform,
  root: string,
  { signal }: FindSoundsOptions,
): Promise<FoundFiles | undefined> {
  const { files } = platform;
  const inside = files.join(root, "recordings");
  const folder = (await files.stat(inside))?.kind === "folder" ? inside : root;
  const names = (await files.list(folder)).filter(
    ({ name, kind }) => kind !== "folder" && soundFiles.name.test(name),
  );
  if (names.length === 0 || !names.every(({ name }) => clipName.test(name))) return undefined;
  const skipped: { item: string; reason: string }[] = [];
  const sounds = (await picturesBelow(files, folder, skipped, signal, soundFiles)).flatMap((clip) => {
    const [, label, group] = clipName.exec(clip.id) ?? [];
    return label === undefined ? [] : [{ ...clip, given: undefined, group: group!, values: { label } }];
  });
  return {
    root,
    name: files.relative(files.dirname(root), root),
    columns: ["label"],
    files: sounds,
    skipped,
    warnings: [],
    groupedBy: "speaker",
  };
}
