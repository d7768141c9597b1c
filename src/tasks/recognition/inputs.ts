import { EngraftError } from "../../core/errors.js";
import type { Modality } from "../../core/modalities.js";
import type { Head } from "../../core/results/task.js";
import { cellOf } from "../../data/assemble-samples.js";
import { columnOf, imageColumnOf } from "../../data/lists/columns.js";
import type { ListFile } from "../../data/lists/read-list.js";
import { targetOf, usualTargetOf } from "../../data/lists/target-column.js";
import { readTable } from "../../data/tables/read-table.js";
import { requireColumns, withPoints } from "../../data/targets.js";
import { type Evidence, soundsAt } from "./evidence.js";

/** Samples that an input has found. */
export interface Found {
  readonly input: Modality;
  /** Kind of targets that the layout of the files shows. Missing: the columns of the list decide. */
  readonly shows?: Head;
  /** Columns beside the samples. Missing: the layout shows the targets. */
  readonly list?: Pick<ListFile, "name" | "columns" | "rows">;
  /** Column of the samples in the list. Missing: the list has none, or all columns are one sample. */
  readonly column?: string;
  /** Column of groups, which is no target. */
  readonly group?: string | undefined;
  /** True if the label of each sample is the name of its folder. Default false. */
  readonly areFolders?: boolean;
  /** Column of rows that is the target unless the user chose one. */
  readonly target?: string;
}

/** A way in which data hold samples: one row for each place where an input is found. */
interface InputRow {
  readonly input: Modality;
  /** Returns the samples; undefined if there are none. @throws DataError for samples in a form that is not read */
  readonly finds: (seen: Evidence) => Finding;
}

type Finding = Promise<Omit<Found, "input"> | undefined>;

/** Options that only images have. */
const imageOptions = ["base", "cut", "imageSize", "mean", "std", "rescale", "channels", "weights"] as const;

/** Precedence of the inputs: the first row whose samples have a target is the input. The rows below are not asked. */
export const inputRows: readonly InputRow[] = [
  // The user names the columns.
  { input: "several", finds: findSeveral },
  // Before all lists: a COCO JSON has several lists, so it is no list.
  { input: "image", finds: findAnnotated },
  // Before lists of texts: a question is no text with a label.
  { input: "text", finds: findChats },
  { input: "audio", finds: findSounds },
  { input: "text", finds: findTaggedWords },
  // Before all columns of a list: the first line of pairs may have no names.
  { input: "text", finds: refusePairs },
  // Columns of a list.
  { input: "image", finds: findListedImages },
  { input: "text", finds: findListedTexts },
  { input: "image", finds: findUnlistedImages },
  { input: "table", finds: findRows },
  // Folders of classes.
  { input: "text", finds: findTextFolders },
  { input: "image", finds: findImageFolders },
];

async function findSeveral({ platform, path, chosen, options }: Evidence): Finding {
  const { inputs, quotes, classNames, target } = options;
  if (inputs === undefined) return undefined;
  const how = { quotes, classNames, classColumn: target, fewerClasses: true };
  const { list } = await readTable(platform, path, how);
  if (chosen) requireColumns(list, chosen);
  if (chosen || options.labels !== undefined) return { list };
  return { list, target: targetOf(list, inputs.split(",")) };
}

async function findAnnotated({ platform, path, kind, options }: Evidence): Finding {
  if (kind !== "folder" || options.target !== undefined) return undefined;
  const { annotationsAt } = await import("../../data/boxes/read-annotations.js");
  const shows = await annotationsAt(platform, path, options.signal);
  return shows && { shows };
}

async function findSounds({ platform, path, kind, options }: Evidence): Finding {
  const { quotes, classNames, target: classColumn } = options;
  const found = kind && (await soundsAt(platform, path, { quotes, classNames, classColumn }));
  if (!found) return undefined;
  const { name, files: rows } = withPoints(found);
  const label = columnOf("label", found.columns);
  const areFolders =
    label !== undefined && rows.every((file) => file.id.split("/").at(-2) === cellOf(file, label));
  return { list: { name, columns: found.columns, rows }, group: found.groupedBy, areFolders };
}

async function findChats({ platform, path, kind, chosen, options, lists }: Evidence): Finding {
  if (kind === undefined || chosen || options.text !== undefined || options.labels !== undefined)
    return undefined;
  // A tree of pictures is not searched for chats.
  if (kind === "folder" && (await lists()) === undefined) return undefined;
  const { holdsAnswers } = await import("../../data/chats/read-chats.js");
  return (await holdsAnswers(platform, path)) ? { shows: "sequence" } : undefined;
}

async function findTaggedWords({ platform, path }: Evidence): Finding {
  const { holdsEntities } = await import("../../data/entities/holds-entities.js");
  return (await holdsEntities(platform, path)) ? { shows: "tags" } : undefined;
}

/** Refuses pairs of a source and a target text, for which there is no task. @throws DataError naming both columns, and what is possible */
async function refusePairs({ platform, path, kind, chosen, options, lists }: Evidence): Finding {
  const { text, labels, classNames, quotes } = options;
  const saysOther = chosen ?? text ?? labels ?? classNames;
  if (kind === undefined || saysOther !== undefined) return undefined;
  const found = await lists();
  if (found === undefined || (kind === "folder" && found.layout !== "splits")) return undefined;
  const { findPairColumns } = await import("../../data/pairs/read-pairs.js");
  const columns = await findPairColumns(platform, path, { quotes });
  if (columns === undefined) return undefined;
  const { source, target } = columns;
  const data = platform.files.relative(platform.files.dirname(path), path);
  throw new EngraftError(
    "DataError",
    `${JSON.stringify(data)} has pairs of texts, source ${JSON.stringify(source)} and target ${JSON.stringify(target)}: they are recognised, and not learnt yet`,
    {
      help: `engraft inspect shows them; with the columns called "prompt" and "completion", a decoder learns to write the second: --task text-generation --base DECODER`,
      code: "pairs-not-learnt",
      details: { data, source, target },
    },
  );
}

async function findListedImages({ list: read }: Evidence): Finding {
  const list = await read();
  const column = list && imageColumnOf(list);
  return column === undefined ? undefined : { list: list!, column };
}

async function findListedTexts({ list: read, options }: Evidence): Finding {
  const list = await read();
  if (list === undefined) return undefined;
  const { textColumnOf } = await import("../../data/texts/index.js");
  const column = options.text ?? textColumnOf(list.columns);
  return column === undefined ? undefined : { list, column };
}

/** Finds pictures that a list names without a column of files: OpenImages has ids, and options of pictures are meant for pictures. */
async function findUnlistedImages({ list: read, chosen, options }: Evidence): Finding {
  const list = await read();
  if (list === undefined) return undefined;
  if (chosen === undefined && list.columns.some((column) => /^image_?id$/i.test(column))) {
    const { holdsBoxes } = await import("../../data/boxes/read-box-table.js");
    if (holdsBoxes(list)) return { shows: "boxes" };
  }
  // The reader of images says what the list lacks.
  return imageOptions.some((name) => options[name] !== undefined) ? { shows: "classes" } : undefined;
}

async function findRows(seen: Evidence): Finding {
  const { platform, path, chosen, options } = seen;
  const list = await seen.list();
  if (list === undefined) return undefined;
  (await import("../../data/entities/holds-entities.js")).refuseTaggedRows(list);
  // Whoever names a target has seen the columns; a picture is then one of many things that a row may name.
  if (chosen) return { list };
  await (await import("../../data/images/listed-images.js")).refusePictureNames(platform.files, list);
  // Of several files, a column that only one has may be the target.
  if (list.files && usualTargetOf(list.columns) === undefined)
    await readTable(platform, path, { quotes: options.quotes });
  return options.labels === undefined ? { list, target: targetOf(list) } : { list };
}

async function findTextFolders({ platform, path, kind, list }: Evidence): Finding {
  if (kind !== "folder" || (await list())) return undefined;
  const { holdsTexts } = await import("../../data/texts/index.js");
  return (await holdsTexts(platform.files, path)) ? { shows: "classes" } : undefined;
}

/** Finds folders of pictures, and leaves anything else that is no list to the reader of images, which reports what is missing. */
async function findImageFolders({ platform, path, kind, lists, options }: Evidence): Finding {
  const { files } = platform;
  if (kind === "file") await (await import("../../data/other-formats.js")).refuseOtherFormats(files, path);
  if (kind !== "folder" || (await lists())?.layout !== "file") return { shows: "classes" };
  if (options.target !== undefined) return undefined;
  // A list next to class folders of images need not contain their labels.
  const { findImages } = await import("../../data/images/find-images.js");
  const { pictures } = await findImages(files, path, options.signal);
  return new Set(pictures.map(({ label }) => label)).size > 1 ? { shows: "classes" } : undefined;
}
