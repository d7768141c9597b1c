import {
  findModelFolder,
  readLabels,
  readManifest,
  taskOfModel,
} from "../bases/model-folder/model-folder.js";
import { writeFolder } from "../bases/model-folder/write-folder.js";
import { readJson } from "../bases/open/read-json.js";
import type { WeightStorage } from "../bases/weight-storages.js";
import { EngraftError } from "../core/errors.js";
import { isBaseClassification, type ModelTask } from "../core/results/task.js";
import type { Platform } from "../platform/platform.js";
import { type Machine, openMachine } from "../run/machine.js";

export interface ExportOptions {
  /** Folder to write; it must not exist. */
  readonly out: string;
  /** Number format of the weights in the file. Default: unchanged; for an adapter float32. */
  readonly weights?: Exclude<WeightStorage, "same">;
  /** Path of the base of an adapter. Default: its path when the adapter was trained. */
  readonly base?: string;
  /** "temperature": the new model divides its logits by the fitted temperature. Default "none". */
  readonly calibrate?: "none" | "temperature";
  /** CPU threads. Default: all cores. */
  readonly threads?: number;
}

/** Result of an export. */
export interface Exported {
  /** The model folder, and its ONNX file. */
  readonly model: string;
  readonly file: string;
  readonly bytes: number;
  /** SHA-256 of the file, hex. */
  readonly sha256: string;
  readonly task: ModelTask;
  /** Facts on the merge of an adapter with its base. */
  readonly adapter?: {
    readonly strategy: string;
    readonly base: { readonly name: string; readonly sha256: string };
    /** Largest difference of a score from base and adapter unmerged, relative to the largest score (at least 1). */
    readonly difference: number;
  };
  /** Temperature by which the model now divides its logits, if requested. */
  readonly temperature?: number;
}

const onnxFile = "onnx/model.onnx";
const manifestFile = "engraft.json";
/** Size limit of files other than the model, in bytes; the model may have 2 GB. */
const maxFileBytes = 2 ** 28;

/**
 * Writes a complete model folder: a model, unchanged or with weights in another format, or an adapter merged with its
 * base. The new folder needs neither base nor adapter.
 *
 * @param model a model folder, an adapter's folder, or its run folder
 * @throws ModelError if it is none, or an adapter's base is another one (with both hashes); FileError if `out` exists
 * @example const { model } = await exportModel("runs/2026-01-31-flowers", { out: "flowers-model" });
 */
export async function exportModel(model: string, options: ExportOptions): Promise<Exported> {
  return exportModelOn(await openMachine(), model, options);
}

/** Runs {@link exportModel} on a given machine. */
export async function exportModelOn(
  machine: Machine,
  model: string,
  options: ExportOptions,
): Promise<Exported> {
  const { platform } = machine;
  const { files } = platform;
  checkOptions(options);
  const dir = await findModelFolder(platform, model);
  const out = files.resolve(options.out);
  if (await files.stat(out))
    throw new EngraftError("FileError", `"${options.out}" is there already, and nothing is overwritten`, {
      help: "give another --out",
    });
  const task = await taskOfModel(platform, dir);
  const whole = (await files.stat(files.join(dir, ...onnxFile.split("/")))) !== undefined;
  if (whole && options.base !== undefined)
    throw new EngraftError("OptionError", `"${model}" is a whole model: it needs no base`, {
      help: "leave --base out; it says where the base of an adapter is",
    });
  const calibrated =
    options.calibrate === "temperature"
      ? await (await import("./calibrated-export.js")).calibration(platform, dir)
      : undefined;
  const made = whole ? await wholeFile(platform, dir, options) : await ofAdapter(machine, dir, options);
  const onnx = calibrated ? await calibrated.model(made.onnx) : made.onnx;
  const parts: [string, Uint8Array | string][] = [[onnxFile, onnx]];
  for (const path of await modelFolderFiles(platform, dir))
    parts.push([path, await files.read(files.join(dir, ...path.split("/")), { limit: maxFileBytes })]);
  // Later files replace earlier ones of the same name.
  if (calibrated) parts.push([manifestFile, calibrated.manifest]);
  if (made.adapter) parts.push(["README.md", await cardOfMerged(platform, dir)]);
  await writeFolder(platform, out, parts);
  return {
    model: out,
    file: files.join(out, ...onnxFile.split("/")),
    bytes: onnx.length,
    sha256: await platform.sha256(onnx),
    task,
    ...(made.adapter && { adapter: made.adapter }),
    ...(calibrated && { temperature: calibrated.temperature }),
  };
}

interface Made {
  readonly onnx: Uint8Array;
  readonly adapter?: NonNullable<Exported["adapter"]>;
}

/** Returns the file unchanged, or with its weights stored in another precision. */
async function wholeFile({ files }: Platform, dir: string, { weights }: ExportOptions): Promise<Made> {
  const bytes = await files.read(files.join(dir, ...onnxFile.split("/")));
  if (weights === undefined) return { onnx: bytes };
  const [{ fromOnnx }, { toOnnx }, { roundedAs, storedAs }] = await Promise.all([
    import("../graph/from-onnx.js"),
    import("../graph/to-onnx.js"),
    import("../bases/weight-storage.js"),
  ]);
  const { graph, storedAs: cameAs } = fromOnnx(bytes);
  const stored = storedAs(graph, weights, cameAs);
  return { onnx: toOnnx(roundedAs(graph, stored), { storeAs: stored }) };
}

async function ofAdapter(machine: Machine, dir: string, options: ExportOptions): Promise<Made> {
  const { platform } = machine;
  const runtime = await machine.openRuntime(options);
  try {
    const { mergedAdapter } = await import("./adapters.js");
    const { onnx, kind, ...rest } = await mergedAdapter(platform, runtime, dir, options);
    return { onnx, adapter: { strategy: kind, base: rest.base, difference: rest.difference } };
  } finally {
    await runtime.close();
  }
}

/** Converts the card of an adapter's folder to that of the merged model. */
async function cardOfMerged(platform: Platform, dir: string): Promise<string> {
  const { files } = platform;
  const { mergedCard } = await import("../report/cards/card-usage.js");
  const card = new TextDecoder().decode(
    await files.read(files.join(dir, "README.md"), { limit: maxFileBytes }),
  );
  const at = (name: string): string => files.join(dir, name);
  const { task, base, strategy } = readManifest(
    await readJson(platform, at("engraft.json")),
    at("engraft.json"),
  );
  if (!isBaseClassification(task)) return card;
  const classes = readLabels(await readJson(platform, at("config.json")), at("config.json"));
  return mergedCard(card, { task, base, strategy: strategy.name, classes });
}

/** Returns the files that belong to the model, without those of a merged adapter. */
async function modelFolderFiles({ files }: Platform, dir: string): Promise<string[]> {
  const { adapterFiles } = await import("../methods/peft/adapter-file.js");
  const adapters = new Set<string>(Object.values(adapterFiles));
  const beside = (await files.list(dir)).filter((e) => e.kind === "file" && !adapters.has(e.name));
  return beside.map((e) => e.name);
}

function checkOptions({ out, weights, calibrate }: ExportOptions): void {
  if (calibrate !== undefined && calibrate !== "none" && calibrate !== "temperature")
    throw new EngraftError("OptionError", `calibrate is ${JSON.stringify(calibrate)}`, {
      help: "use none or temperature",
    });
  if (typeof out !== "string" || out === "")
    throw new EngraftError("OptionError", "export needs a folder to write into", { help: "give --out DIR" });
  if (weights !== undefined && weights !== "fp32" && weights !== "fp16")
    throw new EngraftError("OptionError", `weights is ${JSON.stringify(weights)}`, {
      help: "use fp32 or fp16",
    });
}
