import type { Part } from "../core/events/events.js";
import type { TrainOptions } from "../options/options.js";

/** A picture with its class. */
export interface LabelledPicture {
  /** A `File` from an input or a drop, or any blob that holds a picture file. It is read when it is needed. */
  readonly file: Blob;
  readonly label: string;
  /** How it is called in lists and reports. Default: the file's name. */
  readonly name?: string;
  /** The part it belongs to, where the split is given. */
  readonly part?: Part;
}

/** One of the files of a folder that the user chose: `<input type="file" webkitdirectory>`. */
export type FolderFile = Blob & { readonly name: string; readonly webkitRelativePath: string };

/**
 * Pictures with labels, or the files of a folder as Node takes it: a folder a class, or `train`, `val` and `test`
 * with a folder a class each, or a list (`labels.jsonl`).
 */
export type WebData = readonly LabelledPicture[] | Iterable<FolderFile> | ArrayLike<FolderFile>;

/** A file of a model folder. */
export interface ModelFile {
  /** With "/" between the parts: "onnx/model.onnx". */
  readonly path: string;
  readonly content: Blob | Uint8Array;
}

/**
 * Where a model is: the address of its folder (`https://huggingface.co/org/name/resolve/main/` is one) or of its
 * `.onnx`; its files; or what an earlier run in this browser trained.
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

/** Other tasks than pictures with classes, and weights from other models: not in a tab. */
type OnlyInNode =
  | "task"
  | "target"
  | "ignore"
  | "categories"
  | "loss"
  | "huberDelta"
  | "initFrom"
  | "initHead";

/** What `train` may be told; the rest as in Node. */
export interface WebTrainOptions extends Omit<TrainOptions, "base" | "out" | OnlyInNode>, WebSetup {
  /** Default: "vision-mini", from the package's `assets/`. */
  readonly base?: ModelSource;
  /** Name of the run in this browser's storage. Default: the date. */
  readonly name?: string;
  /** Make an HTML page about the run. Default false: the code for it is loaded only then. */
  readonly report?: boolean;
}

/** What `resume` may be told; everything else the run knows. */
export interface WebResumeOptions extends Pick<TrainOptions, "onEvent" | "signal" | "threads">, WebSetup {
  /** Needed when the run was started with a base of its own: the same again. */
  readonly base?: ModelSource;
  /** Make an HTML page about the run. Default false. */
  readonly report?: boolean;
}
