import { EngraftError } from "../../core/errors.js";
import type { Platform } from "../../platform/platform.js";
import { type FoundFiles, inGroups } from "../found-files.js";
import { findImages, picturesBelow } from "../images/find-images.js";
import { listName, quoted } from "../split/found.js";
import { soundFiles } from "./files/sound-format.js";
import { librispeech } from "./layouts/librispeech.js";
import { listBesideAudio } from "./layouts/list-beside-audio.js";
import { namedClips } from "./layouts/named-clips.js";
import { speechCommands } from "./layouts/speech-commands.js";
import { type FindSoundsOptions, listedSounds } from "./listed-sounds.js";

/** Layouts of folders, in the order in which they are tried. A layout returns undefined for other folders. */
const layouts = [listBesideAudio, librispeech, listedSounds, namedClips, classFolders];

/**
 * Finds the sounds at a path: a list with a column of sounds, or folders of classes with or without a given split.
 * @throws DataError if there are none, OptionError for an invalid pattern of groups
 */
export async function findSounds(
  platform: Platform,
  path: string,
  options: FindSoundsOptions = {},
): Promise<FoundFiles> {
  const root = platform.files.resolve(path);
  const found = await soundsIn(platform, root, options);
  if (found === undefined) throw noSounds(root);
  return inGroups(found, options.groupFrom, "clip");
}

/** Returns the sounds at a path; undefined if there are none. */
export async function soundsIn(
  platform: Platform,
  root: string,
  options: FindSoundsOptions,
): Promise<FoundFiles | undefined> {
  const { files } = platform;
  const state = await files.stat(root);
  if (state === undefined)
    throw new EngraftError("DataError", `there is no file or folder ${JSON.stringify(root)}`, {
      help: `${await (await import("../../platform/nearest-path.js")).nearestPath(files, root)}check the spelling of the path and the folder you are in`,
      details: { data: root },
    });
  if (state.kind !== "folder" && !listName.test(root)) return undefined;
  if (state.kind !== "folder") return listedSounds(platform, root, options);
  for (const layout of layouts) {
    const found = await layout(platform, root, options);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function classFolders(
  platform: Platform,
  root: string,
  { signal, withoutClasses }: FindSoundsOptions,
): Promise<FoundFiles | undefined> {
  const { files } = platform;
  const { pictures, skipped, warnings, unread = [] } = await findImages(files, root, signal, soundFiles);
  if (pictures.length === 0 && withoutClasses) return flatSounds(files, root, signal);
  if (pictures.length === 0 && unread.length === 0) return undefined;
  const { judgeFolders } = await import("../images/judge-folders.js");
  const judged = await judgeFolders(platform, root, pictures, "clip");
  return speechCommands(platform, root, {
    root,
    name: files.relative(files.dirname(root), root),
    columns: ["label"],
    skipped,
    warnings: [...warnings, ...judged],
    unread,
    files: pictures.map(({ id, path, label, given }) => ({ id, path, given, values: { label } })),
  });
}

/** Returns the sounds below a folder, without labels; undefined if there are none, or if there are pictures. */
async function flatSounds(
  files: Platform["files"],
  root: string,
  signal: AbortSignal | undefined,
): Promise<FoundFiles | undefined> {
  const skipped: { item: string; reason: string }[] = [];
  const found = await picturesBelow(files, root, skipped, signal, soundFiles);
  if (found.length === 0 || (await picturesBelow(files, root, [], signal)).length > 0) return undefined;
  const sounds = found.map((one) => ({ ...one, given: undefined, values: {} }));
  return {
    root,
    name: files.relative(files.dirname(root), root),
    columns: [],
    skipped,
    warnings: [],
    files: sounds,
  };
}

const noSounds = (root: string): EngraftError =>
  new EngraftError("DataError", `no sounds in ${JSON.stringify(root)}`, {
    help: `expected ${root}/<class>/*.wav with one folder a class, or a list with the columns ${quoted(["audio", "label"])}`,
  });
