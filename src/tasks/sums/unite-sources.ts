import { entriesOf, type SampleParts } from "../../bases/model-folder/sample-parts.js";
import { EngraftError } from "../../core/errors.js";
import type { Part } from "../../core/events/events.js";
import { message, warningText } from "../../core/messages/message.js";
import { copySample } from "../../data/copy-sample.js";
import { testFingerprint } from "../../data/fingerprints.js";
import type { TargetItem } from "../../data/index.js";
import { splitOrigin } from "../../data/split/split-origin.js";
import { classesOf, quoted } from "../../methods/sums/feature-sums.js";
import type { ExtendManifest } from "../../run/folder/sums-in-folder.js";
import { dataEvent } from "../../run/setup.js";
import type { OpenHow } from "../task-run.js";
import { alike, countsIn, namesOfAll, partsOf, requireNoTwice } from "./fit-sources.js";
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
  /** Splits of the samples that the files count and that are not in the dataset. Undefined: they are not all known. */
  readonly samples: SampleParts | undefined;
  /** Samples of data that were to be learnt from and are taken out. */
  readonly dropped: number;
  /** Returns how many samples a source adds. */
  readonly learntOf: (source: OpenedSource) => number;
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
  for (const one of extend.sources) sources.push(await openSource(one, open, alike(sources[0], how)));
  const without: OpenedSource[] = [];
  for (const source of extend.without ?? []) without.push(await openSource(source, open, how));
  requireNoTwice(sources);
  const test = extend.test === undefined ? undefined : await openTest(extend.test, sources, open, how);
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
  for (const source of without) joined.takeOut(source);
  if (test?.data) joined.addTest(test as OpenedSource & { readonly data: SourceData });
  requireTest(joined.items, sources, test);
  const unknown = sources.find(({ samples }) => samples === undefined);
  if (test && unknown)
    how.onEvent({
      event: "warning",
      ...warningText("unknown_samples", message("samples-of-sums-unknown", { source: unknown.name })),
    });
  return { ...(await joined.united(how, test)), sources, without, names, allNames };
}

/** Opens the data that only score the model. Data that were added up are divided as they were then. */
async function openTest(
  path: string,
  sources: readonly OpenedSource[],
  open: OpenSources,
  how: OpenHow,
): Promise<OpenedSource> {
  const test = await openSource({ kind: "data", path }, open, how);
  const part = partsOf(sources).find(({ data }) => data === test.content?.data);
  if (!part) return test;
  const { seed, ...split } = part.split;
  const options = { ...how.options, groupFrom: undefined, splitBy: undefined, gap: undefined, ...split };
  return openSource({ kind: "data", path }, open, { ...how, seed, options });
}

/** @throws DataError without a sample to score the model on */
function requireTest(
  items: readonly SourceItem[],
  sources: readonly OpenedSource[],
  test: OpenedSource | undefined,
): void {
  if (items.some(({ part }) => part === "test")) return;
  const data = sources.filter((one) => one.data).length;
  throw new EngraftError(
    "DataError",
    test
      ? `the sources have every sample of ${JSON.stringify(test.name)}, or its class is taken out`
      : data === 0
        ? "there are no samples to score the model on"
        : "no source has a test split",
    {
      help: test
        ? "give samples to --test that took no part in the sums"
        : "give labelled samples that took no part in the sums: --test DATA",
    },
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
  /** Hashes of the samples that --without names. */
  readonly #without: ReadonlySet<string>;
  #known: Record<string, Part> = {};
  /** Samples that a file of a source counts or tests. */
  readonly #inFiles: ReadonlySet<string>;
  /** True if sums are taken out whose samples are not known. */
  readonly #unknownOut: boolean;
  /** Samples of data that are not added up. */
  #dropped = 0;
  /** Samples that a source adds besides those of its file. */
  readonly #learntOf = new Map<OpenedSource, number>();
  #repeated = 0;
  #leaked = 0;

  constructor(
    private readonly sources: readonly OpenedSource[],
    private readonly withoutSources: readonly OpenedSource[],
    private readonly how: ExtendManifest & Pick<United, "names" | "allNames">,
  ) {
    const outOf = ({ data, file, samples }: OpenedSource): readonly string[] =>
      file ? Object.keys(samples ?? {}) : (data?.items ?? []).flatMap(entriesOf);
    this.#without = new Set(withoutSources.flatMap(outOf));
    this.#inFiles = new Set(sources.flatMap(({ file, samples }) => (file ? Object.keys(samples ?? {}) : [])));
    this.#unknownOut = withoutSources.some(({ file, samples }) => file && !samples);
    const unknown = sources.find(({ samples }) => samples === undefined);
    if (withoutSources.some(({ file }) => !file) && unknown)
      throw new EngraftError(
        "DataError",
        `which samples ${JSON.stringify(unknown.name)} counts is not known, so data cannot be taken out of it`,
        { help: "give the sums of these samples to --without, as they were added" },
      );
  }

  /** Adds the samples of a source. Of two sources with the same sample, the first keeps it. @throws DataError if it adds none */
  add(source: OpenedSource): void {
    const { data, file, samples = {}, name: from } = source;
    if (file)
      for (const [sha256, part] of Object.entries(samples))
        if (!this.#without.has(sha256)) this.#known[sha256] = part;
    if (!data) return;
    this.#data.push(data);
    // Samples that a file counts or tests are those of its source. It may count copies in another spelling.
    const isElsewhere = (item: SourceItem): boolean =>
      file
        ? this.#seen.has(item.sha256)
        : entriesOf(item).some((entry) => this.#seen.has(entry) || this.#inFiles.has(entry));
    const fresh = data.items.filter((item) => !isElsewhere(item));
    if (!file) this.#repeated += data.items.length - fresh.length;
    if (fresh.length === 0)
      throw new EngraftError("DataError", `another source has every sample of ${JSON.stringify(from)}`, {
        help: "leave it out",
      });
    for (const item of fresh) {
      for (const entry of entriesOf(item)) this.#seen.add(entry);
      const name = data.targets ? undefined : namesIn(data)[item.label]!;
      const isLearnt = item.part !== "test" && !(item.part === "validation" && source.validationHeld);
      const isCounted = file !== undefined && isLearnt;
      if (this.#without.has(item.sha256)) {
        if (!file && item.part !== "test") this.#dropped++;
        continue;
      }
      if (name !== undefined && !this.how.names.includes(name)) {
        for (const entry of entriesOf(item)) delete this.#known[entry];
        // A class that has no sums of its own is added up again, to be taken out.
        const own = file && classesOf(file.sums).find((one) => one.name === name);
        if (isCounted && own && !own.scatter) this.#removed.add(this.#push(item, data, "train"));
        continue;
      }
      if (item.part === "test" && this.#countedByFile(item)) {
        this.#leaked++;
        continue;
      }
      // The samples that the file counts are needed for a joint training, or for the model without the validation split.
      if (file && item.part === "train" && this.how.joint !== true) continue;
      // Which samples a file took out is not known, so the validation split may hold some of them.
      if (isCounted && item.part === "validation" && this.#unknownOut) continue;
      const added = this.#push(item, data, item.part);
      for (const entry of entriesOf(item)) delete this.#known[entry];
      if (isCounted) this.#counted.add(added);
      else if (item.part !== "test") this.#learntOf.set(source, (this.#learntOf.get(source) ?? 0) + 1);
      if (source === this.sources[0]) this.#first.add(added);
    }
  }

  #countedByFile(item: SourceItem): boolean {
    return this.sources.some(
      (one) => one.file && entriesOf(item).some((sha256) => countsIn(one, { sha256 })),
    );
  }

  /** Adds the samples that are taken out, as far as files count them. @throws DataError if no source has one of them */
  takeOut({ name, data, file }: OpenedSource): void {
    if (file || !data) return;
    const known = data.items.filter((item) =>
      this.sources.some(({ samples }) => samples?.[item.sha256] !== undefined),
    );
    this.#requireSameTargets(data, known, name);
    if (known.length === 0)
      throw new EngraftError("DataError", `no source has a sample of ${JSON.stringify(name)}`, {
        help: "take out only samples that are in the sums; their files must be unchanged",
      });
    const seen = new Set<string>();
    for (const item of known) {
      if (seen.has(item.sha256) || !this.sources.some((one) => one.file && countsIn(one, item))) continue;
      seen.add(item.sha256);
      this.#removed.add(this.#push(item, data, "train"));
    }
  }

  /** @throws DataError for a sample that is in a source with another class or other numbers */
  #requireSameTargets(data: SourceData, known: readonly SourceItem[], name: string): void {
    const targetOf = (own: SourceData, item: SourceItem): string =>
      own.targets ? (item as unknown as TargetItem).values.join(" ") : namesIn(own)[item.label]!;
    const there = new Map(
      this.#data.flatMap((own) => own.items.map((item) => [item.sha256, targetOf(own, item)] as const)),
    );
    const other = known.find(
      (item) => (there.get(item.sha256) ?? targetOf(data, item)) !== targetOf(data, item),
    );
    if (other)
      throw new EngraftError(
        "DataError",
        `${JSON.stringify(other.id)} of ${JSON.stringify(name)} is ${JSON.stringify(targetOf(data, other))}, and was learnt as ${JSON.stringify(there.get(other.sha256))}`,
        { help: "take samples out with the targets that were learnt", details: { item: other.id } },
      );
  }

  /** Adds the samples that only score the model: all of them, or of data that were added up their test split. */
  addTest(source: OpenedSource & { readonly data: SourceData }): void {
    const { data, content } = source;
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
    const isOwn = partsOf(this.sources).some((part) => part.data === content?.data);
    this.#data.push(data);
    const tested = new Set<SourceItem>();
    for (const item of data.items) {
      if (isOwn && item.part !== "test") continue;
      if (!data.targets && !this.how.names.includes(own[item.label]!)) continue;
      if (entriesOf(item).some((entry) => this.#seen.has(entry) || this.#inFiles.has(entry))) {
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
    const copy = copySample(item, { id, label, part });
    this.items.push(copy);
    return copy;
  }

  /** True if it is known which samples the sums count in the end. */
  #allKnown(): boolean {
    const forgets = this.sources.some(
      ({ file, data, names }) => file && !data && names.some((name) => !this.how.names.includes(name)),
    );
    return this.sources.every(({ samples }) => samples) && !this.#unknownOut && !forgets;
  }

  /** Returns the number of samples that the head learns from. */
  #learnt(): number {
    const { names } = this.how;
    const countOf = ({ sums }: NonNullable<OpenedSource["file"]>): number =>
      "numbers" in sums.targets
        ? sums.count
        : classesOf(sums).reduce((sum, { name, count }) => sum + (names.includes(name) ? count : 0), 0);
    const ofFiles = (all: readonly OpenedSource[]): number =>
      all.reduce((sum, { file }) => sum + (file ? countOf(file) : 0), 0);
    const areNumbers = this.#data[0]!.targets !== undefined;
    const removed = [...this.#removed].filter(({ label }) => areNumbers || label < names.length);
    const own = this.items.filter(
      (item) => item.part !== "test" && !this.#counted.has(item) && !this.#removed.has(item),
    );
    return ofFiles(this.sources) - ofFiles(this.withoutSources) - removed.length + own.length;
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
    const items = await testFingerprint(platform, this.items);
    const lines = [parts, out, this.how.forget ?? [], [test?.data?.fingerprint ?? "", items]].map((own) =>
      own.join(" "),
    );
    const shown = this.items.filter((item) => !this.#removed.has(item));
    const data = {
      ...first!,
      // The name of the model: no source is it.
      ...(how.run !== "" && { root: how.run }),
      ...(first!.targets ? {} : { classes: this.how.names }),
      items: this.items,
      seed,
      ...splitOrigin([message("splits-of-sources", { datasets: this.#data.length })]),
      skipped: this.#data.flatMap(({ skipped }) => skipped),
      leaks: [],
      warnings: [],
      duplicates: { exact: this.#repeated, near: 0, acrossParts: 0 },
      fingerprint: await platform.sha256(lines),
      testFingerprint: await testFingerprint(
        platform,
        shown.filter(({ part }) => part === "test"),
      ),
    } as SourceData;
    const event = dataEvent({ ...data, classes: data.targets ? [] : this.how.names, items: shown });
    const train = this.#learnt() - event.split.validation;
    onEvent({
      ...event,
      split: { ...event.split, train },
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
      samples: this.#allKnown() ? this.#known : undefined,
      dropped: this.#dropped,
      learntOf: (source) => (source.file?.sums.count ?? 0) + (this.#learntOf.get(source) ?? 0),
    };
  }
}
