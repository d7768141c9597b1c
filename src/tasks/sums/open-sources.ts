import { headValues, type LinearHead } from "../../bases/heads.js";
import {
  readSampleParts,
  type SampleParts,
  samplePartsOf,
  sumsInFolder,
} from "../../bases/model-folder/sample-parts.js";
import { readJson } from "../../bases/open/read-json.js";
import { EngraftError } from "../../core/errors.js";
import type { OnWork } from "../../core/events/work-events.js";
import { message, warningText } from "../../core/messages/message.js";
import type { Dataset, Sample, TargetDataset } from "../../data/index.js";
import { fromOnnx } from "../../graph/from-onnx.js";
import { isSolved } from "../../methods/registry.js";
import { namesOf } from "../../methods/sums/feature-sums.js";
import type { CollectedPart, SumsFile } from "../../methods/sums/sums-file.js";
import { defaults } from "../../options/options.js";
import { leadsOut } from "../../platform/leads-out.js";
import { RunFolder } from "../../run/folder/run-folder.js";
import type { RunManifest } from "../../run/folder/run-manifest.js";
import {
  contentOf,
  type ExtendManifest,
  readSums,
  type SumsSource,
  splitOf,
} from "../../run/folder/sums-in-folder.js";
import type { OpenHow } from "../task-run.js";

/** Opened data of classes or numbers. */
export type SourceData = (
  | (Omit<Dataset, "items"> & { readonly items: readonly SourceItem[] })
  | (Omit<TargetDataset, "items"> & { readonly items: readonly SourceItem[] })
) & { readonly classes?: readonly string[]; readonly targets?: readonly string[] };
/** A sample of a source: of a class, or with numbers. */
export interface SourceItem extends Sample {
  readonly label: number;
}

/** A source of an extended model. */
export interface OpenedSource {
  /** As messages name it. */
  readonly name: string;
  readonly kind: SumsSource["kind"];
  /** Missing: the sums are collected from the data. */
  readonly file?: SumsFile;
  /** Missing: the data are not here. */
  readonly data?: SourceData;
  /** Its data: hashes of their content, and how they are divided. */
  readonly content?: Pick<CollectedPart, "data" | "held" | "split">;
  /** Splits of its samples, by the hash of their content. Missing: they are not known. */
  readonly samples?: SampleParts;
  /** True if the sums of the file do not count the validation split. Default false. */
  readonly validationHeld?: boolean;
  /** Classes, or numbers. */
  readonly names: readonly string[];
  /** Head of the model of a run. */
  readonly head?: LinearHead;
}

/** How the data of sources are opened. */
export interface OpenSources {
  /** Opens the data at a path. */
  readonly data: (path: string, how: OpenHow) => Promise<SourceData>;
  /** Opens the sources of an extended run again, as one dataset. */
  readonly united: (extend: ExtendManifest, how: OpenHow) => Promise<SourceData>;
}

export const namesIn = ({ classes, targets }: SourceData): readonly string[] => targets ?? classes ?? [];

/** Opens a source of feature sums. @throws DataError or RunError for a source without sums whose data are missing */
export async function openSource(source: SumsSource, open: OpenSources, how: OpenHow): Promise<OpenedSource> {
  const { files } = how.platform;
  const name = files.relative(files.resolve("."), source.path) || source.path;
  const about = { name: leadsOut(name) ? source.path : name, kind: source.kind };
  if (source.kind === "sums") {
    const file = await readSums(how.platform, source.path);
    return { ...about, file, names: namesOf(file.sums) };
  }
  if (source.kind === "data") {
    const data = await open.data(source.path, {
      ...how,
      emptyParts: true,
      onEvent: withoutData(how.onEvent),
    });
    const content = {
      ...(await contentOf(how.platform, data.items)),
      split: splitOf(how.options, how.seed),
    };
    return { ...about, data, content, names: namesIn(data), samples: samplePartsOf(data.items) };
  }
  return { ...about, ...(await openRun(source.path, open, how)) };
}

/** Passes on progress and warnings: the data of all sources are reported once. */
const withoutData =
  (onEvent: OnWork): OnWork =>
  (event) => {
    if (event.event !== "data") onEvent(event);
  };

async function openRun(
  path: string,
  open: OpenSources,
  how: OpenHow,
): Promise<Omit<OpenedSource, "name" | "kind">> {
  const { platform } = how;
  const { files } = platform;
  const { manifest } = await RunFolder.open(platform, path);
  if (manifest.status !== "done")
    throw new EngraftError("RunError", `the run "${path}" is not finished`, {
      help: `finish it first: engraft train --resume ${path}`,
    });
  const hasSums = (await files.stat(files.join(path, sumsInFolder))) !== undefined;
  const file = hasSums ? await readSums(platform, files.join(path, sumsInFolder)) : undefined;
  const data = await dataOfRun(manifest, open, how);
  if (!file && !data)
    throw new EngraftError(
      "RunError",
      `the run "${path}" keeps no feature sums, and its data are not there`,
      {
        at: manifest.data,
        help: `bring the data back to where they were; or give their feature sums: engraft sums DATA --base ${isSolved(nameOfStrategy(manifest)) ? "BASE" : path}`,
      },
    );
  const model = files.join(path, "model");
  const samples = await readSampleParts(
    platform,
    model,
    (await readJson(platform, files.join(model, "engraft.json"))) as object,
  );
  const head = await headOf(model, how);
  return {
    ...(file && { file }),
    ...(data && {
      data,
      content: {
        ...(await contentOf(platform, data.items)),
        split: splitOf(manifest.options, seedOf(manifest)),
      },
    }),
    names: file ? namesOf(file.sums) : namesIn(data!),
    ...(samples && { samples }),
    ...(head && { head }),
    validationHeld:
      manifest.options.trainSize !== undefined ||
      manifest.options.shots !== undefined ||
      manifest.options.initHead === "reuse",
  };
}

/** Returns the strategy of a finished run. */
export const nameOfStrategy = ({ result, options }: RunManifest): string | undefined =>
  result?.event === "result" && "strategy" in result && typeof result.strategy === "object"
    ? (result.strategy as { readonly name: string }).name
    : options.strategy;

const seedOf = ({ split_seed: seed, options }: RunManifest): number => seed ?? options.seed ?? defaults.seed;

/** Opens the data of a finished run as the run did; undefined if they are gone, or were changed. */
export async function dataOfRun(
  manifest: RunManifest,
  open: OpenSources,
  how: OpenHow,
): Promise<SourceData | undefined> {
  const { data, options, fingerprint, extend } = manifest;
  const { onEvent } = how;
  const asThen: OpenHow = {
    ...how,
    options: { ...options, signal: how.signal },
    seed: seedOf(manifest),
    onEvent: (event) => {
      if (event.event === "progress") onEvent(event);
    },
  };
  const openAgain = async (): Promise<SourceData | undefined> => {
    if (extend) return open.united(extend, asThen);
    if (await how.platform.files.stat(data)) return open.data(data, asThen);
    onEvent({ event: "warning", ...warningText("missing_data", message("data-of-run-gone", { data })) });
    return undefined;
  };
  const opened = await openAgain().catch(() => undefined);
  if (opened === undefined || opened.fingerprint === fingerprint) return opened;
  onEvent({
    event: "warning",
    ...warningText("changed_data", message("data-of-run-changed", { data })),
  });
  return undefined;
}

/** Reads the linear head of a model; undefined if it has another one. */
async function headOf(model: string, { platform: { files } }: OpenHow): Promise<LinearHead | undefined> {
  const path = files.join(model, "onnx", "model.onnx");
  if (!(await files.stat(path))) return undefined;
  const { initializers } = fromOnnx(await files.read(path)).graph;
  const [weight, bias] = [initializers.get(headValues.weight), initializers.get(headValues.bias)];
  return weight?.dtype === "float32" && bias?.dtype === "float32"
    ? { weight: weight.data as Float32Array, bias: bias.data as Float32Array }
    : undefined;
}
