import { EngraftError } from "../core/errors.js";
import type { Modality } from "../core/modalities.js";
import {
  defaultTask,
  factsOf,
  fullTaskName,
  isTaskWith,
  type ModelTask,
  type Task,
  type TaskFacts,
  type TaskName,
  tasks,
} from "../core/results/task.js";
import type { Dataset } from "../data/index.js";
import { columnOf, imageColumnOf, splitColumnOf, textOf } from "../data/lists/columns.js";
import { findLists } from "../data/lists/find-lists.js";
import { requireColumnNames } from "../data/lists/first-line.js";
import { type ListFile, readList, readLists } from "../data/lists/read-list.js";
import { targetOf, usualTargetOf } from "../data/lists/target-column.js";
import { type Source, sourceOf } from "../data/source.js";
import { withDecimalPoints } from "../data/tables/decimal-commas.js";
import { isQuantity, summarizeColumn } from "../data/tables/numbers.js";
import { readTable, refuseMixedTarget } from "../data/tables/read-table.js";
import { columnNames } from "../data/tables/table-columns.js";
import { numberColumnsOf, numbersAmong, requireColumns } from "../data/targets.js";
import { textColumnsOf } from "../data/texts/read-texts.js";
import type { RecipeOptions } from "../options/options.js";
import { refuseUnusable } from "../options/refuse-unusable.js";
import type { Platform } from "../platform/platform.js";

/**
 * Returns the task of a run, for the library and the command line.
 *
 * An opened dataset is always image classification. For a path, the task is `options.task`. Without that option, or with
 * "auto", the form of the data decides.
 *
 * @throws OptionError for a task that does not fit the data, or an option of another task; DataError for a damaged list
 */
export async function taskOf(
  platform: Platform,
  data: string | Dataset | Source,
  options: Omit<RecipeOptions, "task"> & { readonly task?: TaskName | "auto" },
): Promise<Task> {
  const { task: given = "auto" } = options;
  const requested = given === "auto" ? given : fullTaskName(given);
  if (typeof data !== "string" && "items" in data) {
    if (requested !== "auto" && requested !== defaultTask)
      throw new EngraftError("OptionError", `an opened dataset of image classes is not for ${requested}`, {
        help: "give the path of the list",
      });
    refuseUnusable(options, defaultTask);
    return defaultTask;
  }
  const detect = options.inputs === undefined ? formOf : formOfRows;
  const task = requested === "auto" ? taskOfForm(await detect(sourceOf(platform, data), options)) : requested;
  refuseUnusable(options, task);
  return task;
}

/**
 * Returns the error of data that could not be opened for a task. If they look like data for another one, it says so; the first error
 * is then where it happened.
 * @param options say how the data are read
 */
export async function namingOtherTask(
  error: unknown,
  data: Source,
  task: ModelTask,
  { text, target }: Pick<RecipeOptions, "text" | "target">,
): Promise<unknown> {
  const isOfData = error instanceof EngraftError && error.kind === "DataError";
  // Of several labels, a sample may have one.
  if (!isOfData || isTaskWith(task, { sample: "item" })) return error;
  const found = await taskOf(data.platform, data, { text, target }).catch(() => undefined);
  const areRows = (one: ModelTask): boolean => isTaskWith(one, { sample: "row" });
  if (found === undefined || found === task || (areRows(found) && areRows(task))) return error;
  const { files } = data.platform;
  const name = files.relative(files.dirname(data.path), data.path);
  return new EngraftError(
    "DataError",
    `${JSON.stringify(name)} looks like data for ${found}, and the model is for ${task}`,
    {
      at: error.message,
      help: "give data of the same kind as in training",
      code: "other-task",
      details: { data: found, model: task },
      cause: error,
    },
  );
}

/** Form of data: modality, and kind of targets. */
interface DataForm extends Pick<TaskFacts, "head"> {
  readonly input: Modality;
}

/** Returns the task for a form of data. */
function taskOfForm(form: DataForm): Task {
  const found = tasks.find((task) => {
    const { head, input } = factsOf(task);
    return head === form.head && [form.input, "either"].includes(input);
  });
  if (found !== undefined) return found;
  throw new EngraftError("InternalError", `no task is known for ${form.input} with ${form.head}`);
}

/** Returns the form of rows with inputs of several kinds. */
async function formOfRows(
  { platform, path }: Pick<Source, "platform" | "path">,
  { quotes, classNames, target, inputs }: RecipeOptions,
): Promise<DataForm> {
  const how = { quotes, classNames, classColumn: target, fewerClasses: true };
  const list = withDecimalPoints((await readTable(platform, path, how)).list);
  const targets = target === undefined ? [targetOf(list, inputs?.split(","))] : columnNames("target", target);
  requireColumns(list, targets);
  const areNumbers = targets.every((name) => quantityIn(list, name));
  return { input: "several", head: areNumbers ? "numbers" : "classes" };
}

/** Returns the form of the data at a path. */
export async function formOf(
  { platform, path }: Pick<Source, "platform" | "path">,
  options: RecipeOptions,
): Promise<DataForm> {
  const { files } = platform;
  const { quotes, classNames } = options;
  const how = { quotes, classNames, classColumn: options.target, fewerClasses: true };
  const state = await files.stat(path);
  // Before lists of sounds and texts: a COCO JSON has several lists, so it is no list.
  // Loaded on demand, for pages.
  const foreign = await import("../data/other-formats.js");
  if (state?.kind === "folder") await foreign.refuseForeignFolder(files, path);
  if (state?.kind === "folder" && options.target === undefined) {
    const { annotationsAt } = await import("../data/boxes/read-annotations.js");
    const head = await annotationsAt(platform, path, options.signal);
    if (head !== undefined) return { input: "image", head };
  }
  const { soundsAt } = await import("../data/sounds/sounds-at.js");
  const heard = state && (await soundsAt(platform, path, { ...how, labels: options.labels }));
  if (heard !== undefined) return { input: "audio", head: heard };
  const { holdsEntities } = await import("../data/entities/holds-entities.js");
  if (await holdsEntities(platform, path)) return { input: "text", head: "tags" };
  const lists = await findLists(files, path);
  if (state?.kind === "folder") {
    if (lists?.layout === "metadata" || lists?.files[0]?.part === "train")
      return formOfList((await readLists(platform, path, { ...how, first: true }))!, options, {
        platform,
        path,
      });
    const { holdsTexts } = await import("../data/texts/index.js");
    if (await holdsTexts(files, path)) return { input: "text", head: "classes" };
    if (lists?.layout !== "file") return imagesWithClasses;
    const { findImages } = await import("../data/images/find-images.js");
    // A list next to class folders of images need not contain their labels.
    const { pictures } = await findImages(files, path, options.signal);
    return options.target === undefined && new Set(pictures.map(({ label }) => label)).size > 1
      ? imagesWithClasses
      : formOf({ platform, path: lists.root }, options);
  }
  if (lists === undefined) {
    if (state?.kind === "file") await foreign.refuseOtherFormats(files, path);
    return imagesWithClasses;
  }
  // For a long list of texts the first rows are enough: only tasks on texts have a column of them.
  const head = await readList(platform, path, { ...how, most: mostRows });
  const { textColumnOf } = await import("../data/texts/index.js");
  const hasTexts = options.text !== undefined || textColumnOf(head.columns) !== undefined;
  if (hasTexts && options.target === undefined && imageColumnOf(head) === undefined)
    return formOfList(head, options, { platform, path });
  return formOfList(await readList(platform, path, how), options, { platform, path });
}

/** Most rows of a list that are read to detect its task. */
const mostRows = 2000;

const imagesWithClasses: DataForm = { input: "image", head: "classes" };

/** Options that only images have. */
const imageOptions = ["base", "cut", "imageSize", "mean", "std", "rescale", "channels", "weights"] as const;

async function formOfList(
  read: ListFile,
  options: RecipeOptions,
  { platform, path }: Pick<Source, "platform" | "path">,
): Promise<DataForm> {
  const { target } = options;
  (await import("../data/other-formats.js")).refuseForeignRows(read);
  requireColumnNames(read);
  const list = withDecimalPoints(read);
  const chosen = target === undefined ? undefined : columnNames("target", target);
  if (chosen) requireColumns(list, chosen);
  const quantity = (name: string): boolean => quantityIn(list, name);
  const image = imageColumnOf(list);
  if (chosen === undefined || options.labels !== undefined) {
    const { labelReaderOf } = await import("../data/label-sets.js");
    const { textColumnOf } = await import("../data/texts/index.js");
    const sample = list.rows.slice(0, mostRows).map(({ values }) => values);
    const labels = options.labels === undefined ? labelReaderOf(list, sample) : undefined;
    const several = options.labels !== undefined || labels !== undefined;
    if (
      several &&
      (image !== undefined || options.text !== undefined || textColumnOf(list.columns) !== undefined)
    ) {
      if (labels) requireOneTarget(list, labels.columns[0]!);
      return { input: image === undefined ? "text" : "image", head: "labels" };
    }
  }
  // A column of texts is not a category of a table. A column that only has the name of one may be, if the user gave
  // another target.
  if (image === undefined) {
    const { textColumnOf } = await import("../data/texts/index.js");
    const text = options.text ?? textColumnOf(list.columns);
    const saysText = [options.text, options.base, options.pooling].some((one) => one !== undefined);
    if (text !== undefined && areScores(list, text, chosen, saysText, quantity))
      return { input: "text", head: "numbers" };
    const isText = chosen === undefined || saysText;
    if (text !== undefined && (isText || (!chosen.every(quantity) && isFreeText(list, text, chosen))))
      return { input: "text", head: "classes" };
  }
  // A list without a column of images: the reader of images reports the error.
  if (image === undefined && imageOptions.some((name) => options[name] !== undefined))
    return imagesWithClasses;
  const { targetOfList } = await import("../data/boxes/read-annotations.js");
  // OpenImages names pictures without their endings.
  const namesPictures = image !== undefined || list.columns.some((column) => /^image_?id$/i.test(column));
  const annotated = chosen === undefined && namesPictures ? await targetOfList(list) : undefined;
  if (annotated) return { input: "image", head: annotated };
  if (image === undefined) return formOfTable(list, chosen, { platform, path, quotes: options.quotes });
  if (chosen)
    return { input: "image", head: chosen.every(quantity) || chosen.length > 1 ? "numbers" : "classes" };
  const label = columnOf("label", list.columns);
  const { areClassFolders, refuseOneHot, refuseSeveralTargets } = await import(
    "../data/images/listed-images.js"
  );
  if (label === undefined) refuseSeveralTargets(list, image, "picture");
  if (label !== undefined && quantity(label) && !areClassFolders(read, image, label))
    return { input: "image", head: "numbers" };
  if (label !== undefined) refuseMixedTarget(list, label, defaultTask);
  if (label !== undefined) return imagesWithClasses;
  const columns = list.columns.filter((column) => column !== image);
  const numbers = numbersAmong({ ...list, columns });
  refuseOneHot(list, numbers);
  // Of several, whoever opens the pictures asks for one, since groups are known then.
  if (numbers.length === 0) numberColumnsOf({ ...list, columns }, undefined, { unit: "picture" });
  return { input: "image", head: "numbers" };
}

/** Returns the form of a list without pictures and texts. */
async function formOfTable(
  list: ListFile,
  chosen: readonly string[] | undefined,
  { platform, path, quotes }: Pick<Source, "platform" | "path"> & Pick<RecipeOptions, "quotes">,
): Promise<DataForm> {
  (await import("../data/entities/holds-entities.js")).refuseTaggedRows(list);
  // Whoever names a target has seen the columns; a picture is then one of many things that a row may name.
  if (chosen === undefined)
    await (await import("../data/images/listed-images.js")).refusePictureNames(platform.files, list);
  // Of several files, a column that only one has may be the target.
  if (chosen === undefined && list.files && usualTargetOf(list.columns) === undefined)
    await readTable(platform, path, { quotes });
  const columns = chosen ?? [targetOf(list)];
  if (columns.every((name) => quantityIn(list, name))) return { input: "table", head: "numbers" };
  const classes: DataForm = { input: "table", head: "classes" };
  for (const column of columns) refuseMixedTarget(list, column, taskOfForm(classes));
  return classes;
}

/** True for a column of numbers that are no classes. */
const quantityIn = (list: ListFile, name: string): boolean =>
  isQuantity(summarizeColumn(list.rows.map((row) => textOf(row, name, list))), name);

/** Asks what is learnt if a list has several labels in one column and a class in another. @throws DataError naming both */
function requireOneTarget(list: ListFile, labels: string): void {
  const label = columnOf("label", list.columns);
  if (label === undefined || label === labels) return;
  const { present, distinct } = summarizeColumn(list.rows.map((row) => textOf(row, label, list)));
  if (distinct < 2 || 2 * distinct > present) return;
  throw new EngraftError(
    "DataError",
    `${JSON.stringify(list.name)} has a class in ${JSON.stringify(label)} and several labels in ${JSON.stringify(labels)}: which is learnt?`,
    { help: `name it: --target ${label}, or --labels ${labels}` },
  );
}

/** True if most of a column's values differ and it is not the target. A table could not learn from such a column. */
function isFreeText(list: ListFile, column: string, chosen: readonly string[]): boolean {
  const { distinct, missing } = summarizeColumn(list.rows.map((row) => textOf(row, column, list)));
  return !chosen.includes(column) && distinct > (list.rows.length - missing) / 2;
}

/**
 * True if texts have scores: the named targets are numbers and no other column could be an input, the label has fractions, or the only other
 * column has numbers. Whole numbers in a label may be classes.
 */
function areScores(
  list: ListFile,
  text: string,
  chosen: readonly string[] | undefined,
  saysText: boolean,
  quantity: (column: string) => boolean,
): boolean {
  const texts = textColumnsOf(list.columns, undefined, list.name) ?? text.split(",");
  const others = list.columns.filter(
    (column) => !texts.includes(column) && splitColumnOf({ columns: [column] }) === undefined,
  );
  if (chosen !== undefined)
    return chosen.every(quantity) && (saysText || others.every((column) => chosen.includes(column)));
  const label = columnOf("label", list.columns);
  if (label === undefined) return others.length === 1 && quantity(others[0]!);
  const { whole, numbers, present } = summarizeColumn(list.rows.map((row) => textOf(row, label, list)));
  return !whole && numbers > 0 && numbers === present;
}
