// Which sources of feature sums fit together.

import { isSampleEntry } from "../../bases/model-folder/sample-parts.js";
import { EngraftError } from "../../core/errors.js";
import type { TableColumn } from "../../data/index.js";
import { checkClassNames } from "../../data/lists/class-names.js";
import { classesOf, neverAdded, quoted } from "../../methods/sums/feature-sums.js";
import type { SumsFile } from "../../methods/sums/sums-file.js";
import type { ExtendManifest } from "../../run/folder/sums-in-folder.js";
import { canonicalJson } from "../../train/feature-cache/canonical-json.js";
import type { OpenHow } from "../task-run.js";
import { namesIn, type OpenedSource, type SourceData, type SourceItem } from "./open-sources.js";

/** Returns the parts of the files of all sources, with the names of these. */
export const partsOf = (sources: readonly OpenedSource[]) =>
  sources.flatMap(({ name, file }) => (file?.parts ?? []).map((part) => ({ ...part, name })));

/** @throws DataError for rows with other columns, for samples that would be added up twice, or of which one source learns what another one tests */
export function requireNoTwice(sources: readonly OpenedSource[]): void {
  for (const source of sources) requireSameColumns(sources[0]!, source);
  const [first] = sources.flatMap(({ file }) => file ?? []);
  // First: the sums of two bases may be of the same samples.
  if (first) requireSameFeatures(sources, first.key, first.options.base);
  const data = sources.flatMap(({ name, file, content }) =>
    file || !content ? [] : [{ ...content, id: name, name, shard: undefined }],
  );
  const all = [...partsOf(sources), ...data];
  const numberOf = (shard: string | undefined): string => shard?.split("/")[1] ?? "";
  const areTwice = (one: (typeof all)[number], other: (typeof all)[number]): boolean => {
    if (one.id === other.id) return true;
    if (one.data !== other.data && (one.held === "" || one.held !== other.held)) return false;
    // Other shards of one number, divided in the same way, share no sample.
    const isOther = one.shard !== other.shard && numberOf(one.shard) === numberOf(other.shard);
    return !isOther || JSON.stringify(one.split) !== JSON.stringify(other.split);
  };
  for (const [i, one] of all.entries()) {
    const other = all.slice(0, i).find((before) => areTwice(one, before));
    if (other)
      throw new EngraftError(
        "DataError",
        `${JSON.stringify(one.name)} and ${JSON.stringify(other.name)} hold the same samples`,
        {
          help: "give each set of samples once; shards must be of the same number, seed and groups, such as 1/20 and 2/20",
          details: { sources: [one.name, other.name] },
        },
      );
  }
  const known = sources.filter(({ file, samples }) => file && samples);
  for (const [i, one] of known.entries())
    for (const other of known.slice(0, i)) {
      const shared = Object.keys(one.samples!).filter(
        (sha256) => isSampleEntry(sha256) && countsIn(one, { sha256 }) && countsIn(other, { sha256 }),
      ).length;
      if (shared > 0)
        throw new EngraftError(
          "DataError",
          `${JSON.stringify(one.name)} and ${JSON.stringify(other.name)} both count ${shared} of the same samples`,
          {
            help: "give one of them with its data instead of its sums: samples of data count once",
            details: { shared },
          },
        );
    }
}

/** Returns the classes that are left, or the numbers. */
export function namesOfAll(
  sources: readonly OpenedSource[],
  { forget = [] }: ExtendManifest,
  without: readonly OpenedSource[],
): readonly string[] {
  const [first] = sources;
  const isNumbers = (one: OpenedSource): boolean =>
    one.file ? "numbers" in one.file.sums.targets : one.data?.targets !== undefined;
  if (isNumbers(first!)) {
    for (const { name, names } of [...sources, ...without])
      if (names.join("\n") !== first!.names.join("\n"))
        throw new EngraftError(
          "DataError",
          `${JSON.stringify(first!.name)} has the numbers ${quoted(first!.names)}, ${JSON.stringify(name)} has ${quoted(names)}`,
          { help: "name the same columns in the same order: --target" },
        );
    if (forget.length > 0)
      throw new EngraftError("OptionError", `numbers have no class ${JSON.stringify(forget[0])} to forget`, {
        help: "take samples out by --without",
      });
    return first!.names;
  }
  const all = [...new Set([...sources, ...without].flatMap(({ names }) => names))];
  checkClassNames(all, sources.map(({ name }) => name).join(", "));
  const known = new Set(sources.flatMap(({ names }) => names));
  const foreign = [...forget, ...without.flatMap(({ names }) => names)].find((name) => !known.has(name));
  if (foreign !== undefined)
    throw new EngraftError("DataError", `no source has a class ${JSON.stringify(foreign)}`, {
      help: `the classes are ${quoted([...known].slice(0, 20))}`,
      details: { class: foreign },
    });
  const rest = [...known]
    .filter((name) => !forget.includes(name))
    .map((name) => ({ name, count: countLeft(name, sources, without) }));
  const missing = rest.find(({ count }) => count < 0);
  if (missing)
    throw neverAdded(
      `${-missing.count} more of class ${JSON.stringify(missing.name)} are taken out than there are`,
    );
  const left = rest.filter(({ count }) => count > 0).map(({ name }) => name);
  if (left.length >= 2) return left;
  throw new EngraftError(
    "DataError",
    left.length === 0
      ? "no class is left"
      : known.size === 1
        ? `there is only one class: ${JSON.stringify(left[0])}`
        : `only one class is left: ${JSON.stringify(left[0])}`,
    {
      help: `a classifier needs two classes: add another source${known.size === 1 ? "" : ", or take less out"}`,
      details: { left },
    },
  );
}

/** Returns how many samples of a class the sums have at most, after what is taken out. */
function countLeft(name: string, sources: readonly OpenedSource[], without: readonly OpenedSource[]): number {
  const out = new Set(
    without.flatMap(({ file, data }) => (file ? [] : (data?.items ?? []).map(({ sha256 }) => sha256))),
  );
  const ofFiles = (all: readonly OpenedSource[]): number =>
    all
      .flatMap(({ file }) => (file ? classesOf(file.sums) : []))
      .reduce((sum, one) => sum + (one.name === name ? one.count : 0), 0);
  const learnt = (all: readonly OpenedSource[], counts: (item: SourceItem) => boolean): number =>
    all
      .flatMap(({ file, data }) =>
        file || !data ? [] : data.items.filter((item) => namesIn(data)[item.label] === name),
      )
      .filter(counts).length;
  const isCounted = (item: SourceItem): boolean => sources.some((one) => one.file && countsIn(one, item));
  return (
    ofFiles(sources) -
    ofFiles(without) +
    learnt(sources, ({ part, sha256 }) => part !== "test" && !out.has(sha256)) -
    learnt(without, isCounted)
  );
}

/** True if the sums of a source's file count a sample. */
export function countsIn(
  { samples, validationHeld }: OpenedSource,
  { sha256 }: Pick<SourceItem, "sha256">,
): boolean {
  const part = samples?.[sha256];
  return part === "train" || (part === "validation" && validationHeld !== true);
}

/** What to say of a field that differs between the features of two sources. */
const differences: Readonly<Record<string, string>> = {
  modelSha256: "another base",
  cut: "another cut of the base",
  pooling: "another pooling",
  preprocessing: "another preprocessing",
  preprocessingVersion: "another version of the preprocessing",
  decoder: "another decoder of pictures",
  runtime: "another runtime",
};

/** @throws DataError for sums of other features than those of a key */
export function requireSameFeatures(
  sources: readonly OpenedSource[],
  key: SumsFile["key"],
  base: unknown,
): void {
  for (const { name, file } of sources) if (file) requireFeaturesOf(name, file, key, base);
}

function requireFeaturesOf(name: string, file: SumsFile, key: SumsFile["key"], base: unknown): void {
  const fields = [...new Set([...Object.keys(key), ...Object.keys(file.key)])];
  const field = fields.find((one) => canonicalJson(key[one]) !== canonicalJson(file.key[one]));
  if (field === undefined) return;
  if (field === "encoding")
    throw new EngraftError(
      "DataError",
      `the sums of ${JSON.stringify(name)} scale columns by the rows of their own run, and these rows are other ones`,
      {
        help: "extend a run of --strategy probe, whose rows are read again; or leave columns out: --inputs image,text",
      },
    );
  const isBase = field === "modelSha256";
  const [there, here] = isBase
    ? [file.options.base, base].map((one) => String(one).replace(/^file:/, ""))
    : [file.key[field], key[field]];
  throw new EngraftError(
    "DataError",
    `the sums of ${JSON.stringify(name)} are of ${differences[field] ?? `another ${field}`}: ${JSON.stringify(there)}, and here it is ${JSON.stringify(here)}`,
    {
      help:
        field === "runtime" || field === "decoder"
          ? "collect them again with the same version of Engraft and its packages"
          : "collect them again with the same --base, --cut and options of the preprocessing, or name theirs here",
      details: { field, there: file.key[field], here: key[field] },
    },
  );
}

/** Columns of rows. Other samples have none. */
const columnsOf = (data: SourceData | undefined): readonly TableColumn[] | undefined =>
  data && "columns" in data ? (data.columns as readonly TableColumn[]) : undefined;

/** Returns options with the columns of the first source as inputs: a row is read by the place of its cells. */
export function alike(first: OpenedSource | undefined, how: OpenHow): OpenHow {
  const inputs = columnsOf(first?.data)?.map(({ name }) => name);
  return inputs ? { ...how, options: { ...how.options, inputs: inputs.join(",") } } : how;
}

/** @throws DataError for rows with other columns than those of the first source */
function requireSameColumns(first: OpenedSource, other: OpenedSource): void {
  const [known, own] = [columnsOf(first.data), columnsOf(other.data)];
  if (!known || !own || JSON.stringify(known) === JSON.stringify(own)) return;
  const listed = (columns: readonly TableColumn[]): string =>
    columns.map(({ name, kind }) => `${name} (${kind})`).join(", ");
  throw new EngraftError(
    "DataError",
    `the inputs of ${JSON.stringify(other.name)} are ${listed(own)}, and those of ${JSON.stringify(first.name)} are ${listed(known)}`,
    { help: "write the columns in all lists alike, with the same kinds of values" },
  );
}
