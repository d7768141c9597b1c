import type { Platform } from "../../../platform/platform.js";
import type { FoundFiles } from "../../found-files.js";
import { picturesBelow } from "../../images/find-images.js";
import { partNames } from "../../split/found.js";
import { soundFiles } from "../files/sound-format.js";
import type { FindSoundsOptions } from "../listed-sounds.js";

/** Datasets whose file names state class and speaker, without folders, ending and case. */
const datasets: readonly {
  readonly name: RegExp;
  /** Classes by what the name writes. Default: that itself. */
  readonly classes?: Readonly<Record<string, string>>;
}[] = [
  // Free Spoken Digit Dataset: {digit}_{speaker}_{index}.
  { name: /^(?<label>\d)_(?<speaker>[a-z]+)_\d+$/ },
  // RAVDESS: modality, channel, emotion, intensity, sentence, repetition, actor.
  {
    name: /^0[1-3]-0[12]-(?<label>0[1-8])-0[12]-0[12]-0[12]-(?<speaker>0[1-9]|1\d|2[0-4])$/,
    classes: {
      "01": "neutral",
      "02": "calm",
      "03": "happy",
      "04": "sad",
      "05": "angry",
      "06": "fearful",
      "07": "disgust",
      "08": "surprised",
    },
  },
  // CREMA-D: actor, sentence, emotion, intensity.
  {
    name: /^(?<speaker>\d{4})_[a-z]{3}_(?<label>ang|dis|fea|hap|neu|sad)_[a-z]{1,2}$/,
    classes: { ang: "anger", dis: "disgust", fea: "fear", hap: "happy", neu: "neutral", sad: "sad" },
  },
  // Berlin Database of Emotional Speech: speaker, text, emotion, version.
  {
    name: /^(?<speaker>03|0[89]|1[0-6])(?:a0[12457]|b0[1239]|b10)(?<label>[wleaftn])[a-f]$/,
    classes: {
      w: "anger",
      l: "boredom",
      e: "disgust",
      a: "fear",
      f: "happiness",
      t: "sadness",
      n: "neutral",
    },
  },
];
/** Smallest share of clips with such names. The others are skipped. */
const mostNamed = 0.9;
/** Folders of speakers, which are no classes. */
const speakerFolder = /^actor[ _-]?\d+$/i;

/** Finds clips whose file names state class and speaker: in one folder, or in one folder for each actor. The speaker is the group. */
export async function namedClips(
  platform: Platform,
  root: string,
  { signal }: FindSoundsOptions,
): Promise<FoundFiles | undefined> {
  const { files } = platform;
  const skipped: { item: string; reason: string }[] = [];
  const inside = files.join(root, "recordings");
  const folder = (await files.stat(inside))?.kind === "folder" ? inside : root;
  const clips = await picturesBelow(files, folder, skipped, signal, soundFiles);
  const fits = (id: string) => datasets.find(({ name }) => name.test(nameOf(id)));
  const dataset = clips.map(({ id }) => fits(id)).find((one) => one !== undefined);
  if (dataset === undefined) return undefined;
  const folders = new Set(clips.map(({ id }) => id.split("/").at(-2) ?? ""));
  const isKept = (folder: string): boolean =>
    speakerFolder.test(folder) || partNames.has(folder.toLowerCase());
  if (folders.size > 1 && ![...folders].every(isKept)) return undefined;
  const found = clips.flatMap((clip) => {
    const { label, speaker } = dataset.name.exec(nameOf(clip.id))?.groups ?? {};
    if (label === undefined) {
      skipped.push({ item: clip.id, reason: "its name states no class, as the others do" });
      return [];
    }
    const given = partNames.get(clip.id.split("/")[0]!.toLowerCase());
    return [{ ...clip, given, group: speaker!, values: { label: dataset.classes?.[label] ?? label } }];
  });
  if (found.length < mostNamed * clips.length) return undefined;
  return {
    root,
    name: files.relative(files.dirname(root), root),
    columns: ["label"],
    files: found,
    skipped,
    warnings: [],
    groupedBy: "speaker",
  };
}

const nameOf = (id: string): string =>
  id
    .slice(id.lastIndexOf("/") + 1)
    .replace(/\.[a-z0-9]+$/i, "")
    .toLowerCase();
