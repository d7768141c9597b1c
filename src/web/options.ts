import type { Part } from "../core/events/events.js";
import type { EvaluateOptions } from "../inference/evaluation.js";
import type { TrainOptions } from "../options/options.js";
import type { ExplainOptions } from "../tasks/explain/explanation.js";

/** A picture with what is learnt of it: a class, or other columns. */
export interface LabelledPicture {
  /** A `File` from an input or a drop, or any blob that holds a picture file. It is read when it is needed. */
  readonly file: Blob;
  /** Its class. Several labels are `labels: ["red", "round"]`, and numbers have names of their own. */
  readonly label?: string;
  /** How it is called in lists and reports. Default: the file's name. */
  readonly name?: string;
  /** The part it belongs to, where the split is given. */
  readonly part?: Part;
}

/** One of the files of a folder that the user chose: `<input type="file" webkitdirectory>`. */
export type FolderFile = Blob & { readonly name: string; readonly webkitRelativePath: string };

/** A file or a folder that the user opened: `showOpenFilePicker()`, `showDirectoryPicker()`, or a drop. */
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
 * Files are laid out as in Node: a folder a class, or `train`, `val` and `test`, or a list.
 */
export type WebData =
  | readonly object[]
  | Iterable<FolderFile>
  | ArrayLike<FolderFile>
  | Blob
  | string
  | ModelFile
  | WebHandle;

/** A file of a model folder, or of data. */
export interface ModelFile {
  /** With "/" between the parts: "onnx/model.onnx". */
  readonly path: string;
  readonly content: Blob | Uint8Array | string;
}

/**
 * Where a model is: a name of the catalogue ("vision-mini"), `hf:org/name`, the address of its folder or of its `.onnx`; its
 * files; or what an earlier run in this browser trained. An address has a "/" or ends in ".onnx".
 */
export type ModelSource =
  | string
  | URL
  | { readonly name?: string; readonly files: readonly ModelFile[] }
  | { readonly run: string };

/** How the worker is started, and what it computes with. */
export interface WebSetup {
  /**
   * Address of onnxruntime-web's module, "…/ort.wasm.min.mjs", which its `.wasm` lies beside. Not needed where `worker`
   * brings the runtime.
   */
  readonly ort?: string | URL;
  /** A worker of your own, in which `serve` of `engraft/web/worker` was called: for bundlers. */
  readonly worker?: () => WorkerLike;
  /** Where operators run, best first, as onnxruntime-web names them. Default: `["wasm"]`. */
  readonly device?: "wasm" | "webgpu";
}

/** The part of `Worker` that is used: its own type exists only in projects with DOM types. */
export interface WorkerLike {
  postMessage(message: unknown): void;
  addEventListener(kind: string, listener: (event: object) => void): void;
  terminate(): void;
}

/** What `train` may be told; the rest as in Node. */
export interface WebTrainOptions extends Omit<TrainOptions, "base" | "out" | "test" | "initFrom">, WebSetup {
  /** Default: the task's bundled base, from the package's `assets/`. */
  readonly base?: ModelSource;
  /** A model to take weights from. */
  readonly initFrom?: ModelSource;
  /** Of texts with classes: other data of the same classes, which the model is tested on too. */
  readonly test?: WebData;
  /** Name of the run in this browser's storage. Default: the date. */
  readonly name?: string;
  /** Make an HTML page about the run. Default false: the code for it is loaded only then. */
  readonly report?: boolean;
}

/** What `resume` may be told; everything else the run knows. */
export interface WebResumeOptions
  extends Pick<TrainOptions, "onEvent" | "signal" | "threads">,
    Pick<WebTrainOptions, "base" | "initFrom" | "test" | "report">,
    WebSetup {}

/** What `evaluate` may be told; as in Node. */
export interface WebEvaluateOptions extends Omit<EvaluateOptions, "run">, WebSetup {}

/** What `explain` may be told; as in Node. */
export interface WebExplainOptions extends ExplainOptions, WebSetup {}
