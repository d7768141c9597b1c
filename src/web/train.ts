import { EngraftError } from "../core/errors.js";
import type { TrainResultEvent } from "../core/events/events.js";
import type { KeptRun, SentData, SentSource, Trained } from "./messages.js";
import type {
  FolderFile,
  LabelledPicture,
  ModelFile,
  ModelSource,
  WebData,
  WebResumeOptions,
  WebSetup,
  WebTrainOptions,
} from "./options.js";
import { absolute, sentSetup, siblingUrl, WorkerClient } from "./worker-client.js";

/** The result of a run, with what it made. */
export interface WebTraining extends TrainResultEvent {
  /** The model folder: ONNX, config, preprocessing, card. Also kept in the run, for `loadModel({ run })`. */
  readonly files: readonly ModelFile[];
  /** One HTML page about the run. */
  readonly report: string | undefined;
}

/**
 * Fine-tune a base on labelled pictures in a worker of this tab: the same run as in Node, kept in the browser's private
 * storage, where `resume` finds it after the tab was closed.
 *
 * @param data pictures with labels, or the files of a folder; each is read when it is needed
 * @throws EngraftError as in Node; `Interrupted` after an abort, with the state saved
 * @example
 * const run = await train(pictures, { ort: "/ort/ort.wasm.min.mjs", base: "/vision-mini/", name: "flowers" });
 * console.log(run.test.accuracy, run.files);
 */
export async function train(data: WebData, options: WebTrainOptions): Promise<WebTraining> {
  const { base, name, report, ort, worker, device, onEvent, signal, ...others } = options;
  const setup = sentSetup({ ort, worker, device }, report);
  const request = { setup, data: sentData(data), base: sentSource(base), name, options: others };
  return inWorker(options, (client) => client.ask("train", request, { onEvent, signal }));
}

/**
 * Resumes a run that was stopped, or whose tab was closed. A finished run returns its result again.
 * @param name of the run
 * @param data the same pictures as before, because a browser keeps no access to them; their folder may be renamed
 * @throws RunError when there is no such run, or data or base are not the ones it was started with
 */
export async function resume(name: string, data: WebData, options: WebResumeOptions): Promise<WebTraining> {
  const { base, threads, report, onEvent, signal } = options;
  const setup = sentSetup(options, report);
  const request = { setup, data: sentData(data), base: sentSource(base), name, threads };
  return inWorker(options, (client) => client.ask("resume", request, { onEvent, signal }));
}

/** The runs in this browser's storage, the newest first. */
export function listRuns(setup: Pick<WebSetup, "worker"> = {}): Promise<readonly KeptRun[]> {
  return alone(setup, (client) => client.ask("runs", {}));
}

/**
 * Removes a run and its model from this browser's storage.
 * @throws RunError when another tab works on it
 */
export function removeRun(name: string, setup: Pick<WebSetup, "worker"> = {}): Promise<void> {
  return alone(setup, (client) => client.ask("remove", { name }));
}

async function inWorker(
  setup: WebSetup,
  work: (client: WorkerClient) => Promise<Trained>,
): Promise<WebTraining> {
  const { result, files, report } = await alone(setup, work);
  return { ...result, files, report };
}

/** Work in a worker of its own: ended afterwards, since wasm gives no memory back before. */
async function alone<T>(setup: WebSetup, work: (client: WorkerClient) => Promise<T>): Promise<T> {
  const client = new WorkerClient(setup);
  try {
    return await work(client);
  } finally {
    client.close();
  }
}

/** A source as the worker understands it. */
export function sentSource(source: ModelSource = "vision-mini"): SentSource {
  // ExtraTrainings dist/ in the package, two folders up from this file and from the bundle's.
  if (source === "vision-mini")
    return { url: siblingUrl("../../assets/vision-mini/").href, bundled: "vision-mini" };
  if (typeof source === "string" || source instanceof URL) return { url: absolute(source) };
  if ("run" in source) return source;
  return { name: source.name ?? "model", files: source.files };
}

function sentData(data: WebData): SentData {
  const all = Array.from(data as ArrayLike<LabelledPicture | FolderFile>);
  if (all.length === 0)
    throw new EngraftError("DataError", "there are no pictures", {
      help: "give some for each of at least two classes",
    });
  const labelled = all.filter((one): one is LabelledPicture => "label" in one);
  if (labelled.length === all.length) return { labelled };
  const files = (all as FolderFile[]).map((file) => [file.webkitRelativePath ?? "", file] as const);
  const loose = files.filter(([path]) => !path.includes("/"));
  if (labelled.length > 0 || loose.length > 0)
    throw new EngraftError(
      "DataError",
      `${labelled.length || loose.length} of ${all.length} pictures have no label`,
      {
        help: "give { file, label } for each picture, or the files of an input with webkitdirectory",
      },
    );
  return { files };
}
