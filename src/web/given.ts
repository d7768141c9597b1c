import { memoryVolume, type Volume } from "../platform/web.js";
import type { SentData } from "./messages.js";
import type { LabelledPicture } from "./options.js";

/** Pictures that the page gave, as a folder or a list on a volume of their own. */
export interface GivenData {
  readonly volume: Volume;
  /** Absolute path of what `openImages` opens. */
  readonly root: string;
}

/** @param top name of the volume */
export function givenData(data: SentData, top: string): GivenData {
  if ("files" in data) {
    // Everything lies in the one folder that was chosen.
    const folder = data.files[0]?.[0].split("/")[0] ?? "";
    return { volume: memoryVolume(Object.fromEntries(data.files)), root: `/${top}/${folder}` };
  }
  const files: Record<string, Blob> = {};
  const lines = data.labelled.map((picture) => {
    const path = freePath(picture, files);
    files[path] = picture.file;
    const split = picture.part === undefined ? {} : { split: picture.part };
    return `${JSON.stringify({ image: path, label: picture.label, ...split })}\n`;
  });
  // A list and not folders: a label may be any text, and is no path.
  files[`${listName}.jsonl`] = new Blob(lines);
  return { volume: memoryVolume(files), root: `/${top}/${listName}.jsonl` };
}

const listName = "pictures";

/** label/name, or label/name-2 … where that is taken: the same for the same pictures in the same order. */
function freePath({ file, label, name }: LabelledPicture, taken: Readonly<Record<string, Blob>>): string {
  const given = name ?? (file as Blob & { readonly name?: string }).name ?? "picture";
  const [, stem = "", end = ""] = /^(.*?)(\.[^.]*)?$/s.exec(given) ?? [];
  const path = (n: number): string => `${asName(label)}/${asName(n === 1 ? given : `${stem}-${n}${end}`)}`;
  let n = 1;
  while (Object.hasOwn(taken, path(n))) n++;
  return path(n);
}

/** One name of a path: nothing in it leads elsewhere. */
function asName(text: string): string {
  const name = text.replace(/[/\\\0]/g, "_").trim();
  return name === "" || name === "." || name === ".." ? `_${name}` : name;
}
