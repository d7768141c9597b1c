import type { Modality } from "../../core/modalities.js";
import { defaultTask, type Head, taskWith } from "../../core/results/task.js";
import { columnOf, readColumn, splitColumnOf } from "../../data/lists/columns.js";
import { listError } from "../../data/lists/list-bytes.js";
import { refuseMixedTarget } from "../../data/tables/read-table.js";
import { numberColumnsOf, numbersAmong, transcriptColumnOf } from "../../data/targets.js";
import { textColumnsOf } from "../../data/texts/read-texts.js";
import { type Evidence, mostRows } from "./evidence.js";
import type { Found } from "./inputs.js";

/** What a target says about samples. "maybe" holds if no target is sure. */
export interface Claim {
  readonly says: "no" | "maybe" | "sure";
  /** Columns that show the target. */
  readonly columns: readonly string[];
}

type List = NonNullable<Found["list"]>;

/** Samples of a list, what the user said, and the claims of the targets above. */
interface Question extends Omit<Found, "input" | "shows">, Pick<Evidence, "chosen" | "options"> {
  readonly list: List;
  readonly others: Partial<Record<Head, Claim>>;
}

/** Returns the claim of a target. @throws DataError for columns that have several meanings */
type Claiming = (question: Question) => Claim | Promise<Claim>;

/**
 * Targets and the inputs that they are claimed for. Precedence: a target sees the claims of those above it, and the first sure one wins; without a
 * sure one, the first "maybe". A layout that shows its targets needs no claim. A pair that is claimed and has no task is refused.
 */
export const targetRows: { readonly [H in Head]: Partial<Record<Modality, Claiming>> } = {
  tags: {},
  masks: {},
  sequence: {},
  labels: {
    audio: severalLabels,
    image: severalLabels,
    text: severalLabels,
    table: severalLabels,
    several: severalLabels,
  },
  boxes: { image: boxesOfRows },
  transcript: { audio: transcripts, image: captions },
  numbers: {
    audio: numbersOfSounds,
    image: numbersOfImages,
    text: scores,
    table: quantities,
    several: quantities,
  },
  classes: {
    audio: ({ list: { columns } }) => claim(columnOf("label", columns) !== undefined, columns, "maybe"),
    image: classesOfImages,
    text: classesOfTexts,
    table: classesOfRows,
    several: (question) => claim(true, targetsOf(question)),
  },
};

/** Returns "sure" with the columns that show a target, or otherwise "no". */
const claim = (isSure: boolean, columns: readonly string[], otherwise: Claim["says"] = "no"): Claim => ({
  says: isSure ? "sure" : otherwise,
  columns,
});
export const no = claim(false, []);

const targetsOf = ({ chosen, target }: Question): readonly string[] => chosen ?? [target!];
/** True for columns of numbers that are no classes. */
const areQuantities = (list: List, names: readonly string[]): boolean =>
  names.every((name) => list.columns.includes(name) && readColumn(list, name).isQuantity);

/** Claims several labels: the option names their columns, or a column has them. */
async function severalLabels({ list, target, column, chosen, options }: Question): Promise<Claim> {
  if (options.labels !== undefined) return claim(true, options.labels.split(","));
  if (chosen) return no;
  const { labelReaderOf } = await import("../../data/label-sets.js");
  const sample = list.rows.slice(0, mostRows).map(({ values }) => values);
  const name = labelReaderOf(list, sample)?.columns[0];
  // A column of a table that is not the target may hold anything.
  if (name === undefined || (target !== undefined && target !== name)) return no;
  if (column !== undefined) requireOneTarget(list, name);
  return claim(true, [name]);
}

/** Asks what is learnt if a list has several labels in one column and a class in another. @throws DataError naming both */
function requireOneTarget(list: List, labels: string): void {
  const label = columnOf("label", list.columns);
  if (label === undefined || label === labels) return;
  const { counts, distinct } = readColumn(list, label);
  if (distinct < 2 || 2 * distinct > counts.present) return;
  throw listError(
    list.name,
    `has a class in ${JSON.stringify(label)} and several labels in ${JSON.stringify(labels)}: which is learnt?`,
    undefined,
    `name it: --target ${label}, or --labels ${labels}`,
  );
}

async function boxesOfRows({ list, chosen }: Question): Promise<Claim> {
  if (chosen) return no;
  return claim((await import("../../data/boxes/read-box-table.js")).holdsBoxes(list), list.columns);
}

/** Claims transcripts of sounds. A chosen column of numbers is none. */
function transcripts({ list: { columns }, chosen }: Question): Claim {
  const text = transcriptColumnOf(columns);
  if (text === undefined || columnOf("label", columns) !== undefined) return no;
  return claim(!chosen, [text], "maybe");
}

/** Claims captions of pictures, if nothing else is a target. */
function captions({ list: { columns }, chosen }: Question): Claim {
  const text = textColumnsOf(columns, undefined, "")?.[0] ?? transcriptColumnOf(columns);
  const isAlone = chosen === undefined && columnOf("label", columns) === undefined;
  return text === undefined || !isAlone ? no : claim(false, [text], "maybe");
}

function quantities(question: Question): Claim {
  return claim(areQuantities(question.list, targetsOf(question)), targetsOf(question));
}

async function numbersOfSounds(question: Question): Promise<Claim> {
  const { list, group, chosen, others } = question;
  if (chosen) return quantities(question);
  const label = columnOf("label", list.columns);
  // Numbers that name folders are classes.
  if (label !== undefined)
    return claim(areQuantities(list, [label]) && question.areFolders !== true, [label]);
  if (others.transcript?.says === "sure") return no;
  const numbers = numbersAmong(list, group);
  const { refuseSeveralTargets } = await import("../../data/images/listed-images.js");
  if (numbers.length > 0) refuseSeveralTargets(list, undefined, "clip");
  return claim(numbers.length > 0, numbers);
}

async function numbersOfImages({ list, column, chosen }: Question): Promise<Claim> {
  if (chosen) return claim(chosen.length > 1 || areQuantities(list, chosen), chosen);
  const images = await import("../../data/images/listed-images.js");
  const label = columnOf("label", list.columns);
  if (label !== undefined)
    return claim(areQuantities(list, [label]) && !images.areClassFolders(list, column!, label), [label]);
  images.refuseSeveralTargets(list, column, "picture");
  const numbers = numbersAmong(without(list, column));
  images.refuseOneHot(list, numbers);
  // Of several, whoever opens the pictures asks for one, since groups are known then.
  return claim(numbers.length > 0, numbers);
}

const without = (list: List, column: string | undefined): List => ({
  ...list,
  columns: list.columns.filter((one) => one !== column),
});

/** Claims scores of texts: numbers in the named targets if no other column could be an input, in a label with fractions, or in the only other column. */
function scores(question: Question): Claim {
  const { list, column, chosen } = question;
  const texts = textColumnsOf(list.columns, undefined, list.name) ?? column!.split(",");
  const others = list.columns.filter(
    (one) => !texts.includes(one) && splitColumnOf({ columns: [one] }) === undefined,
  );
  if (chosen)
    return saysText(question) || others.every((one) => chosen.includes(one)) ? quantities(question) : no;
  const label = columnOf("label", list.columns);
  if (label === undefined) return claim(others.length === 1 && areQuantities(list, others), others);
  // Whole numbers in a label may be classes.
  const { counts, isQuantity } = readColumn(list, label);
  return claim(isQuantity && !counts.whole, [label]);
}

/** True if the user says that the list has texts. */
const saysText = ({ options: { text, base, pooling } }: Question): boolean =>
  [text, base, pooling].some((one) => one !== undefined);

function classesOfImages({ list, column, chosen, others }: Question): Claim {
  const label = columnOf("label", list.columns);
  if (chosen) return claim(true, chosen);
  if (label !== undefined) refuseMixedTarget(list, label, defaultTask);
  else if (others.transcript?.says !== "maybe")
    numberColumnsOf(without(list, column), undefined, { unit: "picture" });
  return claim(label !== undefined, [label ?? ""]);
}

/**
 * Claims classes of texts. A column of texts is not a category of a table: most of its values differ. One that only has the name of texts may be
 * a category, if the user gave another target.
 */
function classesOfTexts(question: Question): Claim {
  const { list, column, chosen } = question;
  if (chosen === undefined || saysText(question)) return claim(true, chosen ?? []);
  if (areQuantities(list, chosen) || chosen.includes(column!)) return no;
  const { distinct, counts } = readColumn(list, column!);
  return claim(distinct > counts.present / 2, chosen);
}

function classesOfRows(question: Question): Claim {
  const task = taskWith({ input: "table", head: "classes" });
  for (const column of targetsOf(question)) refuseMixedTarget(question.list, column, task);
  return claim(true, targetsOf(question));
}
