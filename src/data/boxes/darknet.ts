// Darknet's form of a dataset, which CVAT exports as "YOLO 1.1".

import { EngraftError } from "../../core/errors.js";
import { darknetLimit } from "../../core/file-limits.js";
import { listError } from "../lists/list-bytes.js";
import { count, quoted } from "../split/found.js";
import { baseOf, type FolderContent, folderOf, readText } from "./folder-content.js";

/** The file that says where images and names are. */
export interface Config {
  readonly id: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * Returns the file `obj.data` of Darknet, which CVAT writes as "YOLO 1.1", in the fields of a yaml file. It names a file of class names,
 * and lists of images.
 * @throws DataError if there is no file of names
 */
export async function findDarknet(content: FolderContent): Promise<Config | undefined> {
  const found: { readonly id: string; readonly fields: Readonly<Record<string, string | undefined>> }[] = [];
  for (const id of content.others.filter((one) => /\.data$/i.test(one) && one.split("/").length <= 2)) {
    const text = await readText(content, id, darknetLimit);
    const entries = [...text.matchAll(/^[^\S\n]*(\w+)[^\S\n]*[=:][^\S\n]*(.*?)\s*$/gm)];
    const fields = Object.fromEntries(entries.map(([, key, value]) => [key!.toLowerCase(), value]));
    if (fields.names && fields.train) found.push({ id, fields });
  }
  const [only, ...more] = found;
  if (only === undefined) return undefined;
  const { id, fields } = only;
  if (more.length > 0)
    throw new EngraftError(
      "DataError",
      `${JSON.stringify(content.root)} holds several exports of Darknet's form: ${quoted(found.map((one) => one.id))}`,
      { help: "give the folder of one of them" },
    );
  const names = await darknetNames(content, id, fields.names!);
  if (fields.classes !== undefined && Number(fields.classes) !== names.length)
    throw listError(
      id,
      `says classes = ${fields.classes}, and ${fields.names} has ${count(names.length, "name")}: ${quoted(names, 12)}`,
      undefined,
      "correct one of them",
    );
  return { id, fields: { names, train: fields.train, val: fields.valid, test: fields.test } };
}

/** Returns the class names of Darknet: of the file beside `obj.data`, or the only one of its name. @throws DataError without such a file */
async function darknetNames(content: FolderContent, id: string, names: string): Promise<string[]> {
  const name = baseOf(names.replaceAll("\\", "/"));
  const all = content.others.filter((one) => baseOf(one) === name);
  const file = all.find((one) => folderOf(one) === folderOf(id)) ?? (all.length === 1 ? all[0] : undefined);
  if (file === undefined)
    throw listError(
      id,
      `says names = ${names}, but ${all.length === 0 ? "there is no such file" : `there are several: ${quoted(all)}`}`,
      undefined,
      "put it beside this file",
    );
  const found = await linesOf(content, file);
  if (found.length === 0)
    throw listError(file, "has no names of classes", undefined, "write the name of a class in each line");
  return found;
}

/** Returns the lines of a file, without empty ones at its end. */
export async function linesOf(content: FolderContent, id: string): Promise<string[]> {
  const lines = (await readText(content, id, darknetLimit)).split(/\r\n|\n|\r/).map((line) => line.trim());
  return lines.slice(0, lines.findLastIndex((line) => line !== "") + 1);
}
