import { EngraftError } from "../../core/errors.js";
import type { Files } from "../../platform/platform.js";
import { count, quoted, type Warning } from "../split/found.js";
import { type ColumnNames, type NamesByColumn, type Row, synonyms } from "./columns.js";
import { problem } from "./list-bytes.js";

export interface ClassNameOptions {
  /** Names of the classes 0, 1, 2 …, with commas between. They go before those of the data. */
  readonly classNames?: string | undefined;
  /** The column that they are for. Default: the first of a usual name, such as "label" or "ner_tags". */
  readonly classColumn?: string | undefined;
  /** A class without a row is no error: nothing is trained. */
  readonly fewerClasses?: boolean | undefined;
  /** Rows without a class stay: they are to be answered. */
  readonly keepUnlabelled?: boolean | undefined;
}

const usualColumns = [...synonyms.label, "ner_tags", "tags", "y"];
const wholeNumber = /^(-1|\d+)(\.0)?$/;

/** Puts the names of classes where a list has their numbers. */
export class ClassNames {
  readonly #given: readonly string[] | undefined;
  #card: NamesByColumn = new Map();
  /** By column: who gives the names, and the highest number that was found. */
  readonly #used = new Map<string, ColumnNames & { highest: number }>();
  #unlabelled = 0;

  private constructor(private readonly options: ClassNameOptions) {
    this.#given = options.classNames === undefined ? undefined : namesIn(options.classNames);
  }

  /** @param folder of the list: names are in the dataset card there, or in the folder above. */
  static async open(files: Files, folder: string, options: ClassNameOptions): Promise<ClassNames> {
    const names = new ClassNames(options);
    for (const place of [folder, files.dirname(folder)]) {
      const path = files.join(place, "README.md");
      if ((await files.stat(path))?.kind !== "file") continue;
      const { namesOnCard } = await import("./dataset-card.js");
      names.#card = await namesOnCard(files, path, files.relative(files.dirname(folder), folder));
      if (names.#card.size > 0) break;
    }
    return names;
  }

  /**
   * Returns a function that names the classes of a row.
   * @param own names that the file itself gives
   * @returns undefined for a row whose class is -1: Hugging Face's sign for "no label"
   * @throws DataError for a list without a column of classes
   */
  of(name: string, columns: readonly string[], own?: NamesByColumn): (row: Row) => Row | undefined {
    const found = new Map([...this.#card, ...(own ?? [])].filter(([column]) => columns.includes(column)));
    if (this.#given) {
      const column =
        this.options.classColumn ??
        usualColumns.flatMap((usual) => columns.filter((c) => c.toLowerCase() === usual))[0];
      if (column === undefined)
        throw problem(
          name,
          "has no column of a usual name for classes",
          undefined,
          "say which column the names are for: --target NAME; or leave out --class-names",
        );
      found.set(column, { names: this.#given, from: "--class-names" });
    }
    if (found.size === 0) return (row) => row;
    for (const [column, names] of found)
      if (!this.#used.has(column)) this.#used.set(column, { ...names, highest: -1 });
    return (row) => this.#named(row, [...found.keys()]);
  }

  #named(row: Row, columns: readonly string[]): Row | undefined {
    const values = { ...row.values };
    let without = 0;
    for (const column of columns) {
      const used = this.#used.get(column)!;
      const name = (value: unknown): unknown => {
        if (!(typeof value === "number" || typeof value === "string") || !wholeNumber.test(String(value)))
          return value;
        const number = Number(value);
        if (number > used.highest) used.highest = number;
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

  /** @returns what was left out @throws DataError where the numbers of the data and the names do not fit */
  check(name: string): Warning[] {
    for (const [column, { names, from, highest }] of this.#used) {
      const given = from === "--class-names";
      const where = JSON.stringify(column);
      if (given && highest < 0)
        throw problem(name, `has no numbers of classes in ${where}`, undefined, "leave out --class-names");
      if (highest >= names.length || (given && !this.options.fewerClasses && highest + 1 < names.length))
        throw problem(
          name,
          `has ${count(highest + 1, "class", "classes")} in ${where}, numbered 0 to ${highest}, and ${from} gives ${count(names.length, "name")}: ${quoted(names, 12)}`,
          undefined,
          given ? "give one name for each number, in their order" : "correct it, or give --class-names A,B,…",
        );
    }
    if (this.#unlabelled === 0) return [];
    const message = `${count(this.#unlabelled, "row")} left out: the class is -1, which means that there is none`;
    return [{ code: "unlabelled_rows", message }];
  }
}

/** @throws OptionError for names that are empty or there twice */
function namesIn(text: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.some((name) => name === "") || new Set(names).size < names.length)
    throw new EngraftError("OptionError", `classNames is ${JSON.stringify(text)}`, {
      help: "give the names of the classes 0, 1, 2 … with commas between, each once",
      details: { option: "classNames", value: text },
    });
  return names;
}

/** @throws OptionError for names given to data that have none to replace: their classes are the names of folders, or tags */
export function refuseClassNames(classNames: string | undefined, what: string): void {
  if (classNames === undefined) return;
  throw new EngraftError("OptionError", `classNames is for lists with numbers of classes, and ${what}`, {
    help: "leave it out",
    details: { option: "classNames", value: classNames },
  });
}

/** Says that classes have only numbers, if they do. */
export const numberedClasses = (classes: readonly string[]): Warning[] =>
  classes.length > 0 && classes.every((name) => /^\d+$/.test(name))
    ? [
        {
          code: "numbered_classes",
          message: `classes are called ${quoted(classes)}, as in the data, and so are they in model, report and card: name them with --class-names A,B,…`,
        },
      ]
    : [];
