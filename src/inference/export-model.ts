import {
  findModelFolder,
  readLabels,
  readManifest,
  taskOfModel,
} from "../bases/model-folder/model-folder.js";
import { writeFolder } from "../bases/model-folder/write-folder.js";
import { readJson } from "../bases/open/read-json.js";
import type { PreprocessingOptions } from "../bases/preprocessing.js";
import type { WeightStorage } from "../bases/weight-storages.js";
import { EngraftError } from "../core/errors.js";
import { isBaseClassification, type ModelTask } from "../core/results/task.js";
import type { Platform } from "../platform/platform.js";
import { type Machine, openMachine } from "../run/machine.js";
import type { ExportedBase } from "./base-folder.js";

/** Options of an export. How pixels become the input can be said for a base only. */
export interface ExportOptions extends PreprocessingOptions {
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
  /** Missing for a base. */
  readonly task?: ModelTask;
  /** Facts on a base that was exported as it is. */
  readonly base?: ExportedBase;
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

const ofPixels = ["imageSize", "mean", "std", "rescale", "channels"] as const;
const onnxFile = "onnx/model.onnx";
const manifestFile = "engraft.json";
/** Size limit of files other than the model, in bytes; the model may have 2 GB. */
const maxFileBytes = 2 ** 28;

/**
 * Writes a complete model folder: a model, unchanged or with weights in another format, an adapter merged with its
 * base, or a base as it is. The new folder needs neither base nor adapter.
 *
 * @param model a model folder, an adapter's folder, its run folder, or a base: what `--base` takes
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
  const out = files.resolve(options.out);
  if (await files.stat(out))
    throw new EngraftError("FileError", `"${options.out}" is there already, and nothing is overwritten`, {
      help: "give another --out",
    });
  const { parts, onnx, ...facts } = (await isBase(platform, model))
    ? await ofBase(platform, model, options)
    : await ofModel(machine, model, options);
  await writeFolder(platform, out, [[onnxFile, onnx], ...parts]);
  return {
    model: out,
    file: files.join(out, ...onnxFile.split("/")),
    bytes: onnx.length,
    sha256: await platform.sha256(onnx),
    ...facts,
  };
}

/** What is exported: the ONNX file, the files beside it, and the facts of the result. */
interface Contents extends Pick<Exported, "task" | "base" | "adapter" | "temperature"> {
  readonly onnx: Uint8Array;
  /** Later files replace earlier ones of the same name. */
  readonly parts: readonly (readonly [path: string, content: Uint8Array | string])[];
}

/** True for a name, a file or a folder that is a base and no model folder. @throws ModelError if it is neither */
async function isBase(platform: Platform, ref: string): Promise<boolean> {
  const noModel = await findModelFolder(platform, ref).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (noModel === undefined) return false;
  const { files } = platform;
  const isThere = (await files.stat(files.resolve(ref))) !== undefined;
  const { locateBase } = await import("../bases/open/locate.js");
  try {
    await locateBase(ref, { platform });
    return true;
  } catch (error) {
    const { kind, details } = error instanceof EngraftError ? error : { kind: "", details: {} };
    // A folder without any model: what a model folder has is the better answer.
    if (isThere && "files" in details) throw noModel;
    if (isThere || !/^(Option|File)Error$/.test(kind)) throw error;
    throw new EngraftError("ModelError", `${JSON.stringify(ref)} is neither a model nor a base`, {
      at: files.resolve(ref),
      help: "give the folder of a run or of a model, or a base: a name (`engraft bases`), a file, a folder or hf:org/name",
      cause: error,
    });
  }
}

async function ofBase(platform: Platform, ref: string, options: ExportOptions): Promise<Contents> {
  if (options.base !== undefined) throw needsNoBase(ref);
  if (options.calibrate === "temperature")
    throw new EngraftError(
      "OptionError",
      `${JSON.stringify(ref)} is a base: no temperature was fitted for it`,
      {
        help: "leave --calibrate out",
      },
    );
  const { baseFolder } = await import("./base-folder.js");
  const { onnx, files, base } = await baseFolder(platform, ref, options);
  return { onnx, parts: files, base };
}

const needsNoBase = (ref: string): EngraftError =>
  new EngraftError("OptionError", `"${ref}" is a whole model: it needs no base`, {
    help: "leave --base out; it says where the base of an adapter is",
  });

async function ofModel(machine: Machine, model: string, options: ExportOptions): Promise<Contents> {
  const given = ofPixels.find((name) => options[name] !== undefined);
  if (given !== undefined)
    throw new EngraftError(
      "OptionError",
      `the option ${given} is for a base, and ${JSON.stringify(model)} is a model`,
      {
        help: "leave it out: its preprocessor_config.json goes with it",
        details: { option: given },
      },
    );
  const { platform } = machine;
  const { files } = platform;
  const dir = await findModelFolder(platform, model);
  const task = await taskOfModel(platform, dir);
  const whole = (await files.stat(files.join(dir, ...onnxFile.split("/")))) !== undefined;
  if (whole && options.base !== undefined) throw needsNoBase(model);
  const calibrated =
    options.calibrate === "temperature"
      ? await (await import("./calibrated-export.js")).calibration(platform, dir)
      : undefined;
  const made = whole ? await wholeFile(platform, dir, options) : await ofAdapter(machine, dir, options);
  const onnx = calibrated ? await calibrated.model(made.onnx) : made.onnx;
  const parts: [string, Uint8Array | string][] = [];
  for (const path of await modelFolderFiles(platform, dir))
    parts.push([path, await files.read(files.join(dir, ...path.split("/")), { limit: maxFileBytes })]);
  if (calibrated) parts.push([manifestFile, calibrated.manifest]);
  if (made.adapter) parts.push(["README.md", await cardOfMerged(platform, dir)]);
  return {
    ...{ onnx, parts, task },
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
  const filesIn = async (folder: string) =>
    (await files.list(folder)).filter((e) => e.kind === "file").map((e) => e.name);
  const beside = (await filesIn(dir)).filter((name) => !adapters.has(name));
  const pooling = "1_Pooling/config.json";
  return (await files.stat(files.join(dir, ...pooling.split("/")))) ? [...beside, pooling] : beside;
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
