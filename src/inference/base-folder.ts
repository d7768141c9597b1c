// A base as a model folder: its network as it is, with the files that open it. Loaded on demand: most exports are of trained models.

import { bodyOf, oldScoresOf } from "../bases/body.js";
import { modalityOfBase } from "../bases/modality-of-base.js";
import { modelConfig, readLabels } from "../bases/model-folder/model-folder.js";
import { locateBase } from "../bases/open/locate.js";
import type { LocatedBase } from "../bases/open/located.js";
import type { Base } from "../bases/open/open-base.js";
import { readJson } from "../bases/open/read-json.js";
import { type PreprocessingOptions, writePreprocessing } from "../bases/preprocessing.js";
import { mostTokens } from "../bases/text/text-base.js";
import { poolingFile } from "../bases/text/text-poolings.js";
import { roundedAs, storedAs } from "../bases/weight-storage.js";
import type { WeightStorage } from "../bases/weight-storages.js";
import { EngraftError } from "../core/errors.js";
import { modelJsonLimit } from "../core/file-limits.js";
import type { BaseModality } from "../core/modalities.js";
import { baseFacts } from "../core/results/base-facts.js";
import { classificationOf, taskWith } from "../core/results/task.js";
import { Graph } from "../graph/graph.js";
import type { Value } from "../graph/node.js";
import { extract, inline } from "../graph/surgery/index.js";
import { toOnnx } from "../graph/to-onnx.js";
import type { Platform } from "../platform/platform.js";
import { type BaseCard, baseCard } from "../report/cards/base-card.js";
import { filesOf, soundConfig, soundFilesOf, textConfig } from "../run/exported.js";

/** Facts about an exported base. */
export type ExportedBase = BaseCard;

interface BaseFolder {
  readonly onnx: Uint8Array;
  /** Further files by name. */
  readonly files: readonly (readonly [path: string, content: Uint8Array | string])[];
  readonly base: ExportedBase;
}

type Json = Readonly<Record<string, unknown>>;

/** The parts of a folder that depend on the modality. */
interface Parts {
  readonly graph: Graph;
  readonly task: ExportedBase["task"];
  readonly config: Json;
  readonly files: Json;
}

/**
 * Returns the model folder of a base: anything that `--base` takes.
 * @throws OptionError, FileError, NetworkError; ModelError as opening the base does
 */
export async function baseFolder(
  platform: Platform,
  ref: string,
  { weights, ...pixels }: PreprocessingOptions & { readonly weights?: Exclude<WeightStorage, "same"> },
): Promise<BaseFolder> {
  const located = await locateBase(ref, { platform });
  const modality = await modalityOfBase(ref, { platform });
  const base = await openers[modality](ref, { platform, ...pixels }, located);
  const { graph, task, config, files } = await parts[modality](base, located, platform);
  const { notes, storedAs: cameAs } = base.imported;
  const facts: ExportedBase = { ...baseFacts(base), modality, task, notes };
  const stored = storedAs(graph, weights ?? "same", cameAs);
  const all: Json = {
    "config.json": config,
    ...files,
    "README.md": baseCard(facts),
    ...(base.licenseText !== undefined && { LICENSE: base.licenseText }),
  };
  return {
    onnx: toOnnx(roundedAs(graph, stored), { storeAs: stored }),
    files: Object.entries(all).map(([name, value]) => [
      name,
      typeof value === "string" || value instanceof Uint8Array
        ? value
        : `${JSON.stringify(value, null, 2)}\n`,
    ]),
    base: facts,
  };
}

type OpenOptions = PreprocessingOptions & { readonly platform: Platform };

const openers: Readonly<
  Record<BaseModality, (ref: string, options: OpenOptions, located: LocatedBase) => Promise<Base>>
> = {
  // An ONNX file keeps its symbolic sizes. The borders of other forms are those of one size.
  image: async (ref, options, { format }) =>
    (await import("../bases/open/open-base.js")).openBase(ref, {
      ...options,
      keepSizes: format === undefined,
    }),
  text: async (ref, { platform }) =>
    (await import("../bases/text/text-base.js")).openTextBase(ref, { platform }),
  audio: async (ref, { platform }) =>
    (await import("../bases/audio/audio-base.js")).openAudioBase(ref, { platform }),
};

const parts: Readonly<
  Record<BaseModality, (base: Base, located: LocatedBase, platform: Platform) => Promise<Parts>>
> = { image: imageParts, text: textParts, audio: audioParts };

/** Returns config.json of a base; undefined if it has none. */
const configOf = async ({ config }: LocatedBase, platform: Platform): Promise<Json | undefined> =>
  config === undefined ? undefined : (((await readJson(platform, config)) ?? {}) as Json);

async function imageParts(base: Base, located: LocatedBase, platform: Platform): Promise<Parts> {
  const { graph } = base.imported;
  const own = await configOf(located, platform);
  const body = bodyIfAny(base);
  const scores = graph.outputs.includes("logits") ? "logits" : body && oldScoresOf(graph, body);
  const count = scores === undefined ? undefined : graph.typeOf(scores).shape?.[1];
  const given =
    located.labels ?? (own?.id2label === undefined ? undefined : readLabels(own, located.config ?? ""));
  const unnamed = Array.from({ length: Number(count ?? 0) }, (_, i) => `LABEL_${i}`);
  const labels = given !== undefined && given.length === count ? given : unnamed;
  const { model_type, architectures, ...labelled } = modelConfig(labels, "classes");
  const config = scores === undefined ? featureConfig : { model_type, architectures };
  const { graph: named, names } = namedEnds(graph, scores);
  return {
    graph: named,
    task: scores === undefined ? "image-feature-extraction" : classificationOf.image,
    config: {
      ...{ ...config, ...own, ...(scores !== undefined && labelled) },
      // The folder as a base has the features of the base that it is made from.
      ...(body && { engraft_cut: names.get(passedOn(graph, body.cut.value)) }),
    },
    files: { "preprocessor_config.json": writePreprocessing(base.preprocessing) },
  };
}

/** A type that Transformers.js knows: it refuses others. */
const featureConfig = { model_type: "resnet", architectures: ["ResNetModel"] } as const;

/** Returns the base up to its features; undefined if it has none in one row, as detectors. */
function bodyIfAny({ imported: { graph }, cut, classes }: Base) {
  try {
    return bodyOf(graph, { ...(cut !== undefined && { cut }), ...(classes !== undefined && { classes }) });
  } catch (error) {
    if (error instanceof EngraftError && cut === undefined) return undefined;
    throw error;
  }
}

/** Returns the value that Identity nodes pass on: an import removes such nodes. */
function passedOn(graph: Graph, value: Value): Value {
  const producers = graph.producers();
  let from = value;
  for (let node = producers.get(from); node?.op === "Identity"; node = producers.get(from))
    from = node.inputs[0]!;
  return from;
}

/**
 * Returns a network of pictures whose input and only output have the names of Transformers, and the names of its values. Inner values
 * keep theirs. Of several outputs the names are kept.
 */
function namedEnds(
  graph: Graph,
  scores: Value | undefined,
): { readonly graph: Graph; readonly names: ReadonlyMap<Value, Value> } {
  const wanted = scores === undefined ? "last_hidden_state" : "logits";
  const [input = ""] = graph.inputs;
  const all = scores === undefined ? graph.outputs : [scores];
  const isAlone = all.length === 1;
  const outputs = isAlone ? [passedOn(graph, all[0]!)] : all;
  const named = new Graph(graph.name);
  named.input("pixel_values", graph.typeOf(input));
  const hint = (value: Value): Value => {
    if (!isAlone) return value;
    return value === outputs[0] ? wanted : value === wanted ? `${value}_inside` : value;
  };
  const names = inline(named, extract(graph, outputs), new Map([[input, "pixel_values"]]), hint);
  named.outputs.push(...outputs.map((output) => names.get(output)!));
  for (const [domain, version] of graph.opsets) named.opsets.set(domain, version);
  return { graph: named, names };
}

/** Returns the parts of an encoder: its network has the usual names, and its tokenizer keeps all its tokens. */
async function textParts(base: Base, located: LocatedBase, platform: Platform): Promise<Parts> {
  const text = base.text!;
  const { graph } = base.imported;
  const own = (await configOf(located, platform)) ?? textConfig;
  const classes = graph.outputs.includes("logits");
  const most = mostTokens(text.config, text.files.config);
  const { "tokenizer_config.json": settings, ...files } = filesOf(text);
  const { model_max_length: _, ...rest } = JSON.parse(settings!) as Json;
  const { architectures } = own;
  return {
    graph,
    task: classes ? classificationOf.text : "feature-extraction",
    config: {
      ...own,
      // The head that its weights had is left out.
      ...(located.format !== undefined &&
        Array.isArray(architectures) && {
          architectures: architectures.map((name) => String(name).replace(/For[A-Z]\w*$/, "Model")),
        }),
    },
    files: {
      ...files,
      "tokenizer_config.json": { ...rest, ...(most < 1e6 && { model_max_length: most }) },
      "1_Pooling/config.json": poolingFile(text.pooling),
    },
  };
}

async function audioParts(base: Base, located: LocatedBase, platform: Platform): Promise<Parts> {
  const audio = base.audio!;
  const { graph } = base.imported;
  const own = await configOf(located, platform);
  const { files } = platform;
  const copied: Record<string, Uint8Array> = {};
  const vocabulary = files.join(
    files.dirname(located.config ?? located.preprocessor ?? located.onnx),
    "vocab.json",
  );
  for (const [name, path] of Object.entries({ ...located.texts, "vocab.json": vocabulary }))
    if (await files.stat(path)) copied[name] = await files.read(path, { limit: modelJsonLimit });
  const spoken = /ForCTC/.test(String(own?.architectures));
  const classes = spoken ? taskWith({ head: "transcript" }) : classificationOf.audio;
  return {
    graph,
    task: graph.outputs.includes("logits") ? classes : "feature-extraction",
    config: own ?? soundConfig(audio),
    files: { ...soundFilesOf(audio), ...copied },
  };
}
