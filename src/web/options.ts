import type { Part } from "../core/events/events.js";
import type { EvaluateOptions } from "../inference/evaluation.js";
import type { TrainOptions } from "../options/options.js";
import type { DeviceChoice } from "../runtime/device.js";
import type { SessionOptions } from "../session/live-session.js";
import type { ExplainOptions } from "../tasks/explain/explanation.js";
import type { InspectDataOptions } from "../tasks/inspect-data.js";

/** Picture or sound with its class, or with other columns to predict. */
export interface LabelledPicture {
  /** Its file: a `File` from an input, a drop or a recording, or another blob. It is read on demand. */
  readonly file: Blob;
  /** Class. For several labels give `labels: ["red", "round"]`; for numbers, fields with their names. */
  readonly label?: string;
  /** Name in lists and reports. Default: name of the file. */
  readonly name?: string;
  /** Split, if you give one. */
  readonly part?: Part;
}

/** File of a folder that the user chose: `<input type="file" webkitdirectory>`. */
export type FolderFile = Blob & { readonly name: string; readonly webkitRelativePath: string };

/** File or folder that the user opened with `showOpenFilePicker()`, `showDirectoryPicker()` or a drop. */
export interface WebHandle {
  readonly kind: "file" | "directory";
  readonly name: string;
  getFile?(): Promise<Blob>;
  values?(): AsyncIterable<{ readonly kind: string; readonly name: string }>;
}

/**
 * Data of a training, in one of these forms:
 * - rows as objects: `[{ text, label }, …]`, `[{ rooms, price }, …]`, `[{ file, label }, …]`
 * - a list: a `File`, a `Blob` or a text that holds CSV, TSV, JSON or JSONL, or a file handle
 * - files: those of a chosen folder, several lists (`train.csv`, `test.csv`), `{ path, content }` for each, or a folder handle
 *
 * The layout is that of Node: a folder for each class, or `train`, `val` and `test`, or a list.
 */
export type WebData =
  | readonly object[]
  | Iterable<FolderFile>
  | ArrayLike<FolderFile>
  | Blob
  | string
  | ModelFile
  | WebHandle;

/** File of a model folder or of data. */
export interface ModelFile {
  /** Path with "/" between its parts: "onnx/model.onnx". */
  readonly path: string;
  readonly content: Blob | Uint8Array | string;
}

/**
 * Location of a model: a name of the catalogue ("vision-open"), `hf:org/name`, the address of its folder or `.onnx` file, its
 * files, or an earlier run in this browser. An address has a "/" or ends in ".onnx".
 */
export type ModelSource =
  | string
  | URL
  | { readonly name?: string; readonly files: readonly ModelFile[] }
  | { readonly run: string };

/** Options of the worker and its runtime. */
export interface WebSetup {
  /**
   * Address of the module of onnxruntime-web, "…/ort.wasm.min.mjs", with its `.wasm` in the same folder. Not needed if
   * `worker` includes the runtime.
   */
  readonly ort?: string | URL;
  /** Starts your own worker, which calls `serve` of `engraft/web/worker`: for bundlers. Default: the bundled worker. */
  readonly worker?: () => WorkerLike;
  /**
   * Where it computes: "cpu" (WebAssembly), "webgpu", or "auto", the faster of both in a short measurement. A GPU needs the module
   * `ort.webgpu.min.mjs`. Default "cpu".
   */
  readonly device?: DeviceChoice;
  /** CPU threads; more than one needs a cross-origin isolated page. Default: all cores, or 1. */
  readonly threads?: number;
}

/** Options of a call on a connection, whose worker is set up already. */
export type OnConnection<Options> = Omit<Options, keyof WebSetup>;

/** Part of `Worker` that is used: the DOM type exists only in projects with DOM types. */
export interface WorkerLike {
  postMessage(message: unknown): void;
  addEventListener(kind: string, listener: (event: object) => void): void;
  terminate(): void;
}

/**
 * Options of `train`. Options without a comment here are as in Node. A chat template is a file of the base: `chat_template.jinja`, or
 * `chat_template` in `tokenizer_config.json`.
 */
export interface WebTrainOptions
  extends Omit<TrainOptions, "base" | "out" | "test" | "initFrom" | "with" | "template">,
    WebSetup {
  /** Base model. Default: the bundled base for the task, from `assets/` of the package. */
  readonly base?: ModelSource;
  /** Another model, whose weights are copied by name and shape. Default: none. */
  readonly initFrom?: ModelSource;
  /** Another list of texts to test on, with the same classes. Default: none. */
  readonly test?: WebData;
  /** Name of the run in the storage of the browser. Default: the date. */
  readonly name?: string;
  /** True to make an HTML report of the run; its code is loaded on demand. Default false. */
  readonly report?: boolean;
}

/** Options of `resume`. The run records all others. */
export interface WebResumeOptions
  extends Pick<TrainOptions, "onEvent" | "signal" | "threads">,
    Pick<WebTrainOptions, "base" | "initFrom" | "test" | "report">,
    WebSetup {}

/** Options of `inspectData`, as in Node. */
export interface WebInspectOptions extends InspectDataOptions, Pick<WebSetup, "worker"> {}

/** Options of `evaluate`, as in Node. */
export interface WebEvaluateOptions extends Omit<EvaluateOptions, "run">, WebSetup {}

/** Options of `openSession`, as in Node. */
export interface WebSessionOptions extends SessionOptions, WebSetup {}

/** Options of `explain`, as in Node. */
export interface WebExplainOptions extends ExplainOptions, WebSetup {}
