import type { SampleParts } from "../../bases/model-folder/sample-parts.js";
import { EngraftError } from "../../core/errors.js";
import type { Part } from "../../core/events/events.js";
import { message, warningText } from "../../core/messages/message.js";
import { testFingerprint } from "../../data/fingerprints.js";
import { splitOrigin } from "../../data/split/split-origin.js";
import { classesOf } from "../../methods/sums/feature-sums.js";
import type { ExtendManifest } from "../../run/folder/sums-in-folder.js";
import { dataEvent } from "../../run/setup.js";
import type { OpenHow } from "../task-run.js";
import {
  namesIn,
  type OpenedSource,
  type OpenSources,
  openSource,
  type SourceData,
  type SourceItem,
} from "./open-sources.js";

/** The sources of an extended model as one dataset. */
export interface United {
  readonly data: SourceData;
  readonly sources: readonly OpenedSource[];
  readonly without: readonly OpenedSource[];
  /** Classes that are left, in the order of the outputs; or numbers. */
  readonly names: readonly string[];
  /** The same, and classes that are taken out behind them. */
  readonly allNames: readonly string[];
  /** Samples of the dataset that the files of feature sums count already. */
  readonly counted: ReadonlySet<SourceItem>;
  /** Samples that the files count and that are taken out. They are in the dataset only to be read. */
  readonly removed: ReadonlySet<SourceItem>;
  /** Samples of the first source; if it has none here, of the test data. */
  readonly first: ReadonlySet<SourceItem>;
  /** Splits of the samples that the files count and that are not in the dataset. */
  readonly samples: SampleParts;
}

/** Opens all sources, and returns their samples with one list of classes. @throws DataError for sources that do not fit */
export async function openUnited(
  extend: ExtendManifest,
  openData: OpenSources["data"],
  how: OpenHow,
): Promise<United> {
  const open: OpenSources = {
    data: openData,
    united: async (inner, again) => (await openUnited(inner, openData, again)).data,
  };
  const sources: OpenedSource[] = [];
  for (const source of extend.sources) sources.push(await openSource(source, open, how));
  const without: OpenedSource[] = [];
  for (const source of extend.without ?? []) without.push(await openSource(source, open, how));
  const test =
    extend.test === undefined ? undefined : await openSource({ kind: "data", path: extend.test }, open, how);
  requireNoTwice(sources);
  const missing = extend.joint && sources.find(({ data }) => data === undefined);
  if (missing)
    throw new EngraftError(
      "DataError",
      `the samples of ${JSON.stringify(missing.name)} are not here to train on`,
      {
        help: "leave --joint out, or give the data of every source",
      },
    );
  const names = namesOfAll(sources, extend, without);
  const allNames = [...new Set([...names, ...sources.flatMap((one) => one.names)])];
  const joined = new Joined(sources, without, { ...extend, names, allNames });
  for (const source of sources) joined.add(source);
  if (test?.data) joined.addTest(test as OpenedSource & { readonly data: SourceData });
  requireTest(joined.items, sources);
  return { ...(await joined.united(how, test)), sources, without, names, allNames };
}

/** @throws DataError for samples that were added up twice */
function requireNoTwice(sources: readonly OpenedSource[]): void {
  const seen = new Map<string, string>();
  for (const { name, file } of sources)
    for (const { id, data, shard = "" } of file?.parts ?? [])
      for (const key of [id, `${data} ${shard}`]) {
        const other = seen.get(key);
        if (other !== undefined && key !== id)
          throw twice(name, other, "they were collected from the same data and shard");
        if (other !== undefined) throw twice(name, other, "they are the same collected samples");
        seen.set(key, name);
      }
}

const twice = (name: string, other: string, why: string): EngraftError =>
  new EngraftError(
    "DataError",
    `${JSON.stringify(name)} and ${JSON.stringify(other)} hold the same samples: ${why}`,
    {
      help: "give each set of samples once",
      details: { sources: [name, other] },
    },
  );

/** Returns the classes that are left, or the numbers. */
function namesOfAll(
  sources: readonly OpenedSource[],
  { forget = [] }: ExtendManifest,
  without: readonly OpenedSource[],
): readonly string[] {
  const [first] = sources;
  const isNumbers = (one: OpenedSource): boolean =>
    one.file ? "numbers" in one.file.sums.targets : one.data?.targets !== undefined;
  if (isNumbers(first!)) {
    for (const { name, names } of sources)
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
  requireSpelling(all, sources);
  const known = new Set(sources.flatMap(({ names }) => names));
  const foreign = [...forget, ...without.flatMap(({ names }) => names)].find((name) => !known.has(name));
  if (foreign !== undefined)
    throw new EngraftError("DataError", `no source has a class ${JSON.stringify(foreign)}`, {
      help: `the classes are ${quoted([...known].slice(0, 20))}`,
      details: { class: foreign },
    });
  const left = [...known].filter((name) => !forget.includes(name) && countLeft(name, sources, without) > 0);
  if (left.length >= 2) return left;
  throw new EngraftError(
    "DataError",
    left.length === 0 ? "no class is left" : `only one class is left: ${JSON.stringify(left[0])}`,
    { help: "a classifier needs two classes: add another source, or take less out", details: { left } },
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
  const isCounted = ({ sha256 }: SourceItem): boolean =>
    sources.some(({ file, samples }) => file && (samples?.[sha256] ?? "test") !== "test");
  return (
    ofFiles(sources) -
    ofFiles(without) +
    learnt(sources, ({ part, sha256 }) => part !== "test" && !out.has(sha256)) -
    learnt(without, isCounted)
  );
}

const quoted = (names: readonly string[]): string => names.map((name) => JSON.stringify(name)).join(", ");

/** @throws DataError for names of classes that differ only by case */
function requireSpelling(names: readonly string[], sources: readonly OpenedSource[]): void {
  const seen = new Map<string, string>();
  for (const name of names) {
    const other = seen.get(name.toLowerCase());
    const where = (own: string): string =>
      JSON.stringify(sources.find((one) => one.names.includes(own))?.name ?? "--without");
    if (other !== undefined)
      throw new EngraftError(
        "DataError",
        `the classes ${JSON.stringify(other)} (in ${where(other)}) and ${JSON.stringify(name)} (in ${where(name)}) differ only by case`,
        { help: "give a class the same name everywhere", details: { classes: [other, name] } },
      );
    seen.set(name.toLowerCase(), name);
  }
}

/** @throws DataError without a sample to score the model on */
function requireTest(items: readonly SourceItem[], sources: readonly OpenedSource[]): void {
  if (items.some(({ part }) => part === "test")) return;
  const data = sources.filter((one) => one.data).length;
  throw new EngraftError(
    "DataError",
    data === 0 ? "there are no samples to score the model on" : "no source has a test split",
    { help: "give labelled samples that took no part in the sums: --test DATA" },
  );
}

/** Samples of several sources. */
class Joined {
  readonly items: SourceItem[] = [];
  readonly #counted = new Set<SourceItem>();
  readonly #removed = new Set<SourceItem>();
  #first = new Set<SourceItem>();
  readonly #seen = new Set<string>();
  readonly #ids = new Set<string>();
  readonly #data: SourceData[] = [];
  /** Samples that --without names, and how many of them were found. */
  readonly #without: ReadonlySet<string>;
  #known: Record<string, Part> = {};
  #repeated = 0;
  #leaked = 0;

  constructor(
    private readonly sources: readonly OpenedSource[],
    private readonly withoutSources: readonly OpenedSource[],
    private readonly how: ExtendManifest & Pick<United, "names" | "allNames">,
  ) {
    this.#without = new Set(
      withoutSources.flatMap(({ data, file }) =>
        file ? [] : (data?.items ?? []).map(({ sha256 }) => sha256),
      ),
    );
    const unknown = sources.find(({ samples }) => samples === undefined);
    if (this.#without.size > 0 && unknown)
      throw new EngraftError(
        "DataError",
        `which samples ${JSON.stringify(unknown.name)} counts is not known, so data cannot be taken out of it`,
        { help: "give the sums of these samples to --without, as they were added" },
      );
  }

  /** Adds the samples of a source. Of two sources with the same sample, the first keeps it. */
  add(source: OpenedSource): void {
    const { data, file, samples = {} } = source;
    const earlier = new Set(this.#seen);
    for (const sha256 of Object.keys(samples)) this.#seen.add(sha256);
    if (file)
      for (const [sha256, part] of Object.entries(samples))
        if (!this.#without.has(sha256)) this.#known[sha256] = part;
    if (!data) return;
    this.#data.push(data);
    const own = namesIn(data);
    for (const item of data.items) {
      if (earlier.has(item.sha256)) {
        this.#repeated++;
        continue;
      }
      const name = data.targets ? undefined : own[item.label];
      const isForgotten = name !== undefined && !this.how.names.includes(name);
      const isOut = isForgotten || this.#without.has(item.sha256);
      if (!file && isOut) continue;
      const isCounted = file !== undefined && item.part !== "test";
      if (isOut && !(isCounted && this.#mustRead(source, name, item))) continue;
      if (file && item.part === "train" && !isOut && this.how.joint !== true) continue;
      const added = this.#push(item, data, isOut ? "train" : item.part);
      delete this.#known[item.sha256];
      if (isOut) this.#removed.add(added);
      else if (isCounted) this.#counted.add(added);
      if (!isOut && source === this.sources[0]) this.#first.add(added);
    }
  }

  /** True if the features of a sample that is taken out are needed: its class has no sums of its own. */
  #mustRead({ file }: OpenedSource, name: string | undefined, { sha256 }: SourceItem): boolean {
    if (this.#without.has(sha256)) return true;
    return classesOf(file!.sums).find((one) => one.name === name)?.scatter === undefined;
  }

  /** Adds the samples that only score the model: all of them, or of data that were added up their test split. */
  addTest(source: OpenedSource & { readonly data: SourceData }): void {
    const { data } = source;
    const { fingerprint } = data;
    const own = namesIn(data);
    const unknown = data.targets ? undefined : own.find((name) => !this.how.names.includes(name));
    if (unknown !== undefined && !(this.how.forget ?? []).includes(unknown))
      throw new EngraftError(
        "DataError",
        `${JSON.stringify(source.name)} has the class ${JSON.stringify(unknown)}, which the model does not know`,
        {
          help: `its classes are ${quoted(this.how.names.slice(0, 20))}: leave these samples out, or rename them`,
          details: { class: unknown },
        },
      );
    if (data.targets && own.join("\n") !== this.how.names.join("\n"))
      throw new EngraftError(
        "DataError",
        `${JSON.stringify(source.name)} has the numbers ${quoted(own)}, the model has ${quoted(this.how.names)}`,
        { help: "name the same columns in the same order: --target" },
      );
    const isOwn = this.sources.some(({ file }) => file?.parts.some((part) => part.data === fingerprint));
    this.#data.push(data);
    const tested = new Set<SourceItem>();
    for (const item of data.items) {
      if (isOwn && item.part !== "test") continue;
      if (!data.targets && !this.how.names.includes(own[item.label]!)) continue;
      if (this.#seen.has(item.sha256)) {
        this.#leaked++;
        continue;
      }
      tested.add(this.#push(item, data, "test"));
    }
    if (!this.sources[0]!.data) this.#first = tested;
  }

  /** Adds a copy of a sample with its class in the list of all classes. */
  #push(item: SourceItem, data: SourceData, part: Part): SourceItem {
    const name = data.targets ? undefined : namesIn(data)[item.label];
    const label = name === undefined ? item.label : this.how.allNames.indexOf(name);
    let id = item.id;
    for (let n = 2; this.#ids.has(id); n++) id = `${item.id} (${n})`;
    this.#ids.add(id);
    this.#seen.add(item.sha256);
    // A text is read from its store by the getters of its prototype.
    const field = (value: unknown) => ({ value, enumerable: true });
    const copy = Object.create(item, { id: field(id), label: field(label), part: field(part) }) as SourceItem;
    this.items.push(copy);
    return copy;
  }

  async united(
    how: OpenHow,
    test: OpenedSource | undefined,
  ): Promise<Omit<United, "sources" | "without" | "names" | "allNames">> {
    const { platform, seed, onEvent } = how;
    const [first] = this.#data;
    const parts = this.sources.flatMap(
      ({ file, data }) => file?.parts.map(({ id }) => id) ?? [data!.fingerprint],
    );
    const out = this.withoutSources.flatMap(
      ({ file, data }) => file?.parts.map(({ id }) => id) ?? [data!.fingerprint],
    );
    const lines = [parts, out, this.how.forget ?? [], [test?.data?.fingerprint ?? ""]].map((own) =>
      own.join(" "),
    );
    const shown = this.items.filter((item) => !this.#removed.has(item));
    const data = {
      ...first!,
      ...(first!.targets ? {} : { classes: this.how.names }),
      items: this.items,
      seed,
      ...splitOrigin([message("splits-of-sources", { sources: this.#data.length })]),
      skipped: this.#data.flatMap(({ skipped }) => skipped),
      leaks: [],
      warnings: [],
      duplicates: { exact: this.#repeated, near: 0, acrossParts: 0 },
      fingerprint: await platform.sha256(lines.join("\n")),
      testFingerprint: await testFingerprint(
        platform,
        shown.filter(({ part }) => part === "test"),
      ),
    } as SourceData;
    onEvent({
      ...dataEvent({ ...data, classes: data.targets ? [] : this.how.names, items: shown }),
      ...(data.targets && { targets: data.targets }),
    });
    if (this.#repeated > 0)
      onEvent({
        event: "warning",
        ...warningText(
          "repeated_samples",
          message("samples-of-several-sources", { samples: this.#repeated }),
        ),
      });
    if (this.#leaked > 0)
      onEvent({
        event: "warning",
        ...warningText("test_in_sums", message("test-samples-in-sums", { samples: this.#leaked })),
      });
    return {
      data,
      counted: this.#counted,
      removed: this.#removed,
      first: this.#first,
      samples: this.#known,
    };
  }
}
