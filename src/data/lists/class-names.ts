import { EngraftError } from "../../core/errors.js";
import { message, warningText } from "../../core/messages/message.js";
import type { Task } from "../../core/results/task.js";
import type { Files } from "../../platform/platform.js";
import { isMissing, wholeOf } from "../column.js";
import { count, firstNames, quoted, type Warning } from "../split/found.js";
import { alikeNames, type Spelling } from "./alike-names.js";
import { type ColumnNames, type NamesByColumn, type Row, synonyms, textOf } from "./columns.js";
import { listError } from "./list-bytes.js";

export interface ClassNameOptions {
  /** Names of the classes 0, 1, 2 …, separated by commas. They override names in the data. */
  readonly classNames?: string | undefined;
  /** The column of classes. Default: the first column with a usual name, such as "label" or "ner_tags". */
  readonly classColumn?: string | undefined;
  /** Allows classes without a row, for data that only scores a model. Default false. */
  readonly fewerClasses?: boolean | undefined;
  /** Keeps rows without a class, for prediction. Default false. */
  readonly keepUnlabelled?: boolean | undefined;
}

const usualColumns = [...synonyms.label, "ner_tags", "tags", "y"];

/** Replaces the class numbers of a list by class names. */
export class ClassNames {
  readonly #given: readonly string[] | undefined;
  #card: NamesByColumn = new Map();
  /** By column: the names, their source, and the highest number found. */
  readonly #used = new Map<string, ColumnNames & { highest: number; hasZero: boolean }>();
  #unlabelled = 0;

  private constructor(private readonly options: ClassNameOptions) {
    this.#given = options.classNames === undefined ? undefined : parseNames(options.classNames);
  }

  /** Reads the names of the dataset card. @param folder folder of the list; the card is there or one folder above */
  static async open(files: Files, folder: string, options: ClassNameOptions): Promise<ClassNames> {
    const names = new ClassNames(options);
    for (const place of [folder, files.dirname(folder)]) {
      const path = files.join(place, "README.md");
      if ((await files.stat(path))?.kind !== "file") continue;
      const { cardClassNames } = await import("./dataset-card.js");
      names.#card = await cardClassNames(files, path, files.relative(files.dirname(folder), folder));
      if (names.#card.size > 0) break;
    }
    return names;
  }

  /**
   * Returns a function that names the classes of a row.
   * @param own names from the file itself
   * @returns a function that gives undefined for a row of class -1, Hugging Face's value for "no label"
   * @throws DataError if names are given and the list has no column of classes
   */
  of(listName: string, columns: readonly string[], own?: NamesByColumn): (row: Row) => Row | undefined {
    const found = new Map([...this.#card, ...(own ?? [])].filter(([column]) => columns.includes(column)));
    if (this.#given) {
      const column =
        this.options.classColumn ??
        usualColumns.flatMap((usual) => columns.filter((c) => c.toLowerCase() === usual))[0];
      if (column === undefined)
        throw listError(
          listName,
          "has no column of a usual name for classes",
          undefined,
          "say which column the names are for: --target NAME; or leave out --class-names",
        );
      found.set(column, { names: this.#given, from: "--class-names" });
    }
    if (found.size === 0) return (row) => row;
    for (const [column, names] of found)
      if (!this.#used.has(column)) this.#used.set(column, { ...names, highest: -1, hasZero: false });
    return (row) => this.#named(row, [...found.keys()]);
  }

  #named(row: Row, columns: readonly string[]): Row | undefined {
    const values = { ...row.values };
    let without = 0;
    for (const column of columns) {
      const used = this.#used.get(column)!;
      const name = (value: unknown): unknown => {
        const isCell = typeof value === "number" || typeof value === "string";
        const number = Number(isCell ? (wholeOf(String(value)) ?? Number.NaN) : Number.NaN);
        if (!(number >= -1)) return value;
        if (number > used.highest) used.highest = number;
        if (number === 0) used.hasZero = true;
        return number < 0 ? "" : (used.names[number] ?? value);
      };
      const value = values[column];
      values[column] = Array.isArray(value) ? value.map(name) : name(value);
      if (values[column] === "" && value !== "") without++;
    }
    if (without < columns.length || this.options.keepUnlabelled) return { ...row, values };
    this.#unlabelled++;
    return undefined;
  }

  /** Returns a warning about skipped rows. @throws DataError if class numbers and names do not match */
  check(name: string): Warning[] {
    for (const [column, { names, from, highest, hasZero }] of this.#used) {
      const given = from === "--class-names";
      const where = JSON.stringify(column);
      if (given && highest < 0)
        throw listError(name, `has no numbers of classes in ${where}`, undefined, "leave out --class-names");
      if (highest === names.length && !hasZero)
        throw listError(
          name,
          `has classes numbered 1 to ${highest} in ${where}, and ${from} gives the names of 0 to ${highest - 1}: ${quoted(names, 12)}`,
          undefined,
          given
            ? "give a name for 0 first, such as none; no row has it"
            : "correct it, or give --class-names A,B,…",
        );
      if (highest >= names.length || (given && !this.options.fewerClasses && highest + 1 < names.length))
        throw listError(
          name,
          `has ${count(highest + 1, "class", "classes")} in ${where}, numbered 0 to ${highest}, and ${from} gives ${count(names.length, "name")}: ${quoted(names, 12)}`,
          undefined,
          given ? "give one name for each number, in their order" : "correct it, or give --class-names A,B,…",
        );
    }
    if (this.#unlabelled === 0) return [];
    return [warningText("unlabelled_rows", message("unlabelled-rows", { rows: this.#unlabelled }))];
  }
}

/** Parses class names. @throws OptionError for empty or repeated names */
function parseNames(text: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.some((name) => name === "") || new Set(names).size < names.length)
    throw new EngraftError("OptionError", `classNames is ${JSON.stringify(text)}`, {
      help: "give the names of the classes 0, 1, 2 … with commas between, each once",
      details: { option: "classNames", value: text },
    });
  return names;
}

/** Refuses class names for data without class numbers. @param why source of the classes @throws OptionError */
export function refuseClassNames(classNames: string | undefined, why: string): void {
  if (classNames === undefined) return;
  throw new EngraftError("OptionError", `classNames is for lists with numbers of classes, and ${why}`, {
    help: "leave it out",
    details: { option: "classNames", value: classNames },
  });
}

const spellingWords: Readonly<Record<Spelling, string>> = {
  case: "upper and lower case",
  spaces: "upper and lower case, or spaces",
  "yes and no": "the way yes and no are written",
  number: "the way a number is written",
  look: "characters that look the same or are invisible",
};

/** Checks class names. @throws DataError if two names are one in another spelling */
export function checkClassNames(labels: readonly string[], where: string): void {
  const alike = alikeNames(labels);
  if (alike)
    throw new EngraftError(
      "DataError",
      `two class names differ only by ${spellingWords[alike.by]}: ${alike.names.map((name) => `"${name}"`).join(", ")}`,
      {
        at: where,
        help: "give both the same name if they are one class, or clearly different names",
        details: { classes: alike.names },
      },
    );
}

/**
 * Returns warnings about class names: all are numbers, or one says that there is none.
 * @param numbersTask the task that would learn numbers of such samples
 */
export const classNameWarnings = (classes: readonly string[], numbersTask?: Task): Warning[] => [
  ...(numbersTask === undefined ? [] : amountsAsClasses(classes, numbersTask)),
  ...numberedClasses(classes),
  ...missingClasses(classes),
];

/** Returns a warning for each class whose name says that there is none: "NA", "-", or -1 beside ids from 0. */
function missingClasses(classes: readonly string[]): Warning[] {
  const numbers = classes.map((name) => Number(wholeOf(name) ?? Number.NaN));
  const ids = numbers.every((number) => number >= -1) && numbers.some((number) => number > 1);
  return classes
    .filter((name, i) => isMissing(name) || /^[-–—.]{1,3}$/.test(name) || (ids && numbers[i] === -1))
    .map((name) => warningText("missing_class", message("class-called-missing", { name })));
}

/** Fewest whole numbers that may be amounts, such as ages. */
const fewestAmounts = 8;
/** Smallest share of the numbers between the least and the largest that amounts have. */
const densest = 2 / 3;

/** Returns a warning if the classes may be amounts: whole numbers, nearly all between two that are not 0 or 1, where ids begin. */
function amountsAsClasses(classes: readonly string[], task: Task): Warning[] {
  const numbers = classes.map((name) => Number(wholeOf(name) ?? Number.NaN));
  if (classes.length < fewestAmounts || numbers.some(Number.isNaN)) return [];
  const [least, largest] = [Math.min(...numbers), Math.max(...numbers)];
  if (least === 0 || least === 1 || classes.length < densest * (largest - least + 1)) return [];
  const found = { classes: classes.length, least, largest, task };
  return [warningText("amounts_as_classes", message("amounts-as-classes", found))];
}

/** Returns a warning if all classes are called by numbers. */
const numberedClasses = (classes: readonly string[]): Warning[] =>
  classes.length > 0 && classes.every((name) => Number(wholeOf(name) ?? -1) >= 0)
    ? [warningText("numbered_classes", message("numbered-classes", firstNames(classes)))]
    : [];

/**
 * Decides whether words such as "NA" are classes among labels, and says so. They are if they are half as frequent as the rarest other
 * class, or if all others are codes of as many capital letters: "NA" is Namibia among "BW" and "ZA".
 */
export function wordsAsClasses(
  list: { readonly name: string; readonly rows: readonly Row[] },
  target: string,
  warnings: Warning[],
): (label: string) => boolean {
  const counts = new Map<string, number>();
  for (const row of list.rows) {
    const label = textOf(row, target, list);
    if (label !== "") counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const others = [...counts].filter(([label]) => !isMissing(label));
  const rarest = Math.min(...others.map(([, n]) => n));
  const isCode = (label: string) => /^[A-Z]+$/.test(label);
  const kept = new Set<string>();
  for (const [name, n] of counts) {
    if (!isMissing(name)) continue;
    const amongCodes =
      isCode(name) && others.every(([label]) => isCode(label) && label.length === name.length);
    if (2 * n >= rarest || (others.length > 1 && amongCodes)) kept.add(name);
    else
      warnings.push(
        warningText("missing_labels", message("labels-called-missing", { samples: n, unit: "row", name })),
      );
  }
  return (label) => kept.has(label);
}
