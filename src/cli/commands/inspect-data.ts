import { parseHubRef } from "../../bases/hub/hub-ref.js";
import { samplePartsFile } from "../../bases/model-folder/sample-parts.js";
import { chosenFile } from "../../bases/open/locate.js";
import { EngraftError } from "../../core/errors.js";
import { didYouMean } from "../../core/nearest.js";
import { taggedName } from "../../data/entities/read-entities.js";
import { foreignModel, modelFolderAmongData } from "../../data/foreign-models.js";
import { listName } from "../../data/split/found.js";
import { nodePlatform } from "../../platform/node.js";
import type { DataInspection } from "../../tasks/inspect-data.js";
import { labelled } from "../render/labelled.js";
import { few, formatCount } from "../render/render.js";

/** Most classes, columns and left-out samples that are shown. */
const most = 12;

/** Endings of models that are read. */
const modelName = /\.(onnx|bin)$/i;
/** First byte of an ONNX file: the field of its version. */
const onnxBegin = 8;

/** True if a path is that of data: a list, or another file or a folder that holds no model. */
export async function isData(path: string): Promise<boolean> {
  const { files } = nodePlatform;
  const state = await files.stat(files.resolve(path)).catch(() => undefined);
  if (state?.kind === "folder") return !(await isModelFolder(path));
  if (state?.kind !== "file" || modelName.test(path)) return false;
  const bytes = await files.read(files.resolve(path)).catch(() => undefined);
  if (foreignModel(path, bytes)) return false;
  if (listName.test(path) || taggedName.test(path)) return true;
  return bytes !== undefined && bytes[0] !== onnxBegin;
}

/** @throws FileError for what is neither a path, nor a base of the catalogue or the hub */
export async function requireSomething(ref: string): Promise<void> {
  const { files } = nodePlatform;
  if ((await files.stat(files.resolve(ref)).catch(() => undefined)) || parseHubRef(ref)) return;
  if (await chosenFile(ref, nodePlatform)) return;
  const names = (await import("../../bases/catalog.js")).catalog.map(({ name }) => name);
  if (names.includes(ref)) return;
  const path = await (await import("../../platform/nearest-path.js")).nearestPath(files, ref);
  throw new EngraftError("FileError", `there is no file, folder or base ${JSON.stringify(ref)}`, {
    help: `${path || didYouMean(ref, names)}give a folder or a list of data, file.onnx, a model folder, the name of a base (\`engraft bases\`), or hf:org/name`,
  });
}

/** True for a folder with a model or its files, a run and a saved session among them. */
export async function isModelFolder(path: string): Promise<boolean> {
  const { files } = nodePlatform;
  const names = (await files.list(files.resolve(path))).map(({ name }) => name);
  if (names.includes("model") && names.includes(samplePartsFile)) return true;
  if (names.some((name) => name === "config.json" || name === "onnx" || /\.onnx$/i.test(name))) return true;
  return modelFolderAmongData(names, path) !== undefined;
}

export const splitWords = ({ train, validation, test }: DataInspection["splits"]): string =>
  `${formatCount(train)} train, ${formatCount(validation)} validation, ${formatCount(test)} test`;

/** Near copies of rows are rows that share a picture or a text, or nearly so. */
const nearCopies = (areRows: boolean, near: number): string => {
  if (!areRows) return ` and ${formatCount(near)} nearly equal`;
  return near === 0 ? "" : ` and ${formatCount(near)} with an equal or nearly equal picture or text`;
};

/** Returns the lines of `engraft inspect` on data. */
export function inspectionLines(path: string, found: DataInspection): string[] {
  const { task, classes, numbers, columns, skipped, duplicates, leaks, warnings, samples, groups } = found;
  const copies = duplicates.exact + duplicates.near;
  return [
    ...labelled("data", path, task),
    ...labelled("split", splitWords(found.splits), found.split_words),
    ...(classes
      ? labelled("classes", ...shortened(classes, (one) => `${one.name}: ${splitWords(one)}`, "classes"))
      : []),
    ...(numbers
      ? labelled(
          "numbers",
          ...numbers.map(
            (one) => `${one.name}: ${short(one.least)} to ${short(one.most)}, mean ${short(one.mean)}`,
          ),
        )
      : []),
    ...(columns ? labelled("columns", ...shortened(columns, columnWords, "columns")) : []),
    ...(groups === undefined
      ? []
      : labelled("groups", `${formatCount(groups)}: a group is never divided between the splits`)),
    ...(copies > 0
      ? labelled(
          "copies",
          `${formatCount(duplicates.exact)} exact${nearCopies(columns !== undefined, duplicates.near)}, ${formatCount(duplicates.across_parts)} in another split`,
        )
      : []),
    ...doubtLines({ leaks, skipped, warnings }),
    ...labelled(
      "samples",
      ...samples.map(({ id, target }) => (target === "" ? id : `${id}: ${cut(target)}`)),
    ),
  ];
}

/** Returns the lines of pairs across the splits, left-out samples and warnings. */
export const doubtLines = ({
  leaks,
  skipped,
  warnings,
}: Pick<DataInspection, "leaks" | "skipped" | "warnings">): string[] => [
  ...(leaks.length > 0
    ? labelled(
        "leaks",
        ...shortened(
          leaks,
          (one) => `${one.item} (${one.part}) and ${one.other} (${one.other_part})`,
          "pairs",
        ),
      )
    : []),
  ...(skipped.length > 0
    ? labelled(
        "skipped",
        ...shortened(skipped, ({ item, reason }) => `${item}: ${reason}`, "skipped samples"),
      )
    : []),
  ...warnings.flatMap(({ message }) => labelled("warning", message)),
];

const short = (value: number): string => String(Number(value.toPrecision(4)));
export const cut = (text: string): string => (text.length > 80 ? `${text.slice(0, 79)}…` : text);

const columnWords = ({ name, use, why, values }: NonNullable<DataInspection["columns"]>[number]): string =>
  `${JSON.stringify(name)} ${use}${why === undefined ? "" : `, ${why}`}: ${few(values.map(cut))}`;

function shortened<T>(all: readonly T[], words: (one: T) => string, what: string): string[] {
  const rest = all.length - most;
  return [
    ...all.slice(0, most).map(words),
    ...(rest > 0 ? [`and ${rest} more ${what} (--json lists all)`] : []),
  ];
}
