import { EngraftError } from "../core/errors.js";
import { didYouMean } from "../core/nearest.js";
import { classificationOf, factsOf } from "../core/results/task.js";
import { defaultPlatform } from "../data/images/decode.js";
import type { Platform } from "../platform/platform.js";
import type { BaseRow } from "./base-row.js";
import { parseHubRef } from "./hub/hub-ref.js";
import { hubRows } from "./hub/hub-rows.js";
import { readJson } from "./open/read-json.js";
import { readPreprocessing, writePreprocessing } from "./preprocessing.js";

/** Row of the catalogue, with facts from this machine. */
export interface BaseInfo extends BaseRow {
  readonly available: boolean;
  /** Bytes of the ONNX file, if it is on this machine. */
  readonly bytes?: number;
  readonly path?: string;
}

/** All bases with a name. Any ONNX file, model folder or repository can be used instead. */
export const catalog: readonly BaseRow[] = [
  {
    name: "vision-open",
    task: classificationOf.image,
    kind: "bundled",
    opened_by_project: true,
    ref: "vision-open",
    input: "128 x 128",
    parameters: 0.3,
    work: 0.02,
    license: "apache-2.0",
    paper: "Sandler et al. 2018, MobileNetV2, arXiv:1801.04381",
    note: "small, a shortened MobileNetV2 of Google's, trained further by this project: the default for pictures",
  },
  {
    name: "vision-mini",
    task: classificationOf.image,
    kind: "bundled",
    opened_by_project: true,
    ref: "vision-mini",
    input: "64 x 64",
    parameters: 1.7,
    work: 0.1,
    license: "research only (see its LICENSE)",
    paper: "He et al. 2016, Deep residual learning, arXiv:1512.03385",
    note: "small, pretrained by this project on 64 x 64 pictures: for small pictures and research",
  },
  {
    name: "text-mini",
    task: classificationOf.text,
    kind: "bundled",
    opened_by_project: true,
    ref: "text-mini",
    input: "256 tokens",
    parameters: 5.1,
    work: 0.1,
    languages: "English and Chinese",
    license: "cc-by-sa-4.0",
    paper: "Devlin et al. 2019, BERT, arXiv:1810.04805",
    note: "small, English and Chinese, pretrained by this project",
  },
  {
    name: "audio-mini",
    task: classificationOf.audio,
    kind: "bundled",
    opened_by_project: true,
    ref: "audio-mini",
    input: "16 kHz",
    parameters: 0.4,
    work: 0.05,
    license: "cc-by-4.0",
    paper: "Warden 2018, Speech Commands, arXiv:1804.03209 (part of its data)",
    note: "small, pretrained by this project on words and sounds that it made: the default for sounds and speech",
  },
  ...hubRows,
];

/** Returns the catalogue in order, with what is on this machine. */
export async function listBases(platform?: Platform): Promise<BaseInfo[]> {
  const machine = platform ?? (await defaultPlatform());
  return Promise.all(catalog.map((row) => describe(row, machine)));
}

/** Returns one row. @throws OptionError for a name that is not in the catalogue */
export async function showBase(name: string, platform?: Platform): Promise<BaseInfo> {
  return describe(baseNamed(name), platform ?? (await defaultPlatform()));
}

/** @throws OptionError for a name that is not in the catalogue */
export function baseNamed(name: string): BaseRow {
  const row = catalog.find((r) => r.name === name);
  if (row) return row;
  throw new EngraftError("OptionError", `there is no base called "${name}"`, {
    help: `${didYouMean(
      name,
      catalog.map((r) => r.name),
    )}see engraft bases; or give file.onnx, a model folder, or hf:org/name`,
    details: { base: name },
  });
}

/**
 * Returns the address of a base on the Hugging Face hub, from its name in the catalogue or `hf:org/name`, and files with what the
 * catalogue knows of it: its licence, and its preprocessing if its repository states none. There is no address for any other name.
 */
export function addressOf(named: string): {
  readonly url?: string;
  readonly files: readonly { readonly path: string; readonly content: Blob }[];
} {
  const row = catalog.find(({ name }) => name === named);
  const hub = parseHubRef(row?.ref ?? named);
  if (!hub) return { files: [] };
  const files = row
    ? [{ path: "README.md", content: new Blob([`---\nlicense: ${row.license}\n---\n`]) }]
    : [];
  if (row?.preprocessing)
    files.push({
      path: "preprocessor_config.json",
      content: new Blob([JSON.stringify(writePreprocessing(row.preprocessing))]),
    });
  return { url: `https://huggingface.co/${hub.repo}/resolve/${hub.revision}/${hub.file ?? ""}`, files };
}

/** Returns the folder of a bundled base. */
export function bundledFolder(row: BaseRow, { files, assetsDir }: Platform): string {
  return files.join(assetsDir(), row.ref);
}

async function describe(row: BaseRow, platform: Platform): Promise<BaseInfo> {
  if (row.kind === "hub") return { ...row, available: true };
  const { files } = platform;
  const folder = bundledFolder(row, platform);
  const onnx = files.join(folder, "onnx", "model.onnx");
  const state = await files.stat(onnx);
  if (!state) return { ...row, available: false, note: "not in this copy of the package: scripts/ makes it" };
  const parameters = (await countedParameters(folder, platform)) ?? row.parameters;
  const input = factsOf(row.task).input === "image" ? await picturesOf(folder, platform) : row.input;
  return { ...row, input, parameters, available: true, bytes: state.size, path: folder };
}

/** Returns the size of images that a bundled base takes. */
async function picturesOf(folder: string, platform: Platform): Promise<string> {
  const file = platform.files.join(folder, "preprocessor_config.json");
  const { height, width } = readPreprocessing(await readJson(platform, file));
  return `${height} x ${width}`;
}

/** Returns the millions of weights that the script of a bundled base counted. */
async function countedParameters(folder: string, platform: Platform): Promise<number | undefined> {
  const path = platform.files.join(folder, "facts.json");
  if (!(await platform.files.stat(path))) return undefined;
  const { parameters } = (await readJson(platform, path)) as { readonly parameters?: unknown };
  return typeof parameters === "number" ? Math.round(parameters / 1e4) / 100 : undefined;
}
