import type { Explanation } from "../core/results/explanation.js";
import type { defaultTask, Task } from "../core/results/task.js";
import type { Evaluation } from "../inference/evaluation.js";
import type { PredictImages } from "../inference/image-input.js";
import type { ModelByTask } from "../tasks/task-table.js";
import type { ModelSource, WebData, WebEvaluateOptions, WebExplainOptions, WebSetup } from "./options.js";
import { sentData } from "./sent-data.js";
import { inWorker, sentSetup, sentSource, WorkerClient } from "./worker-client.js";

/** Pixels of a page: an `ImageBitmap`, such as a frame of a camera, or `ImageData`. */
export interface PagePixels {
  readonly width: number;
  readonly height: number;
}

/** A picture in a tab: a `File`, another blob, its bytes, or pixels. */
export type PagePicture = Blob | Uint8Array | PagePixels;

/** Predicts for one picture, or for each of several. */
export interface PredictPictures<Result, Options> {
  (picture: PagePicture, options?: Options): Promise<Result>;
  (pictures: readonly PagePicture[], options?: Options): Promise<Result[]>;
}

/** Fields of models in Node that are paths, need paths, or are deprecated. */
type NodeOnly = "dir" | "close" | "useAdapter" | "classify" | "mark";

/** Method that takes blobs instead of files. */
type TakingBlobs<F> =
  F extends PredictImages<infer Result, infer Options>
    ? PredictPictures<Result, Options>
    : F extends (inputs: readonly (infer Input)[], ...rest: infer Rest) => infer Result
      ? (
          inputs: readonly (Input | (Uint8Array extends Input ? Blob | PagePixels : never))[],
          ...rest: Rest
        ) => Result
      : F;

/** Model in a tab. */
type InTab<Model> = Model extends unknown
  ? { readonly [K in Exclude<keyof Model, NodeOnly>]: TakingBlobs<Model[K]> } & {
      /** Ends the worker. */
      close(): void;
    }
  : never;

/** A trained model in a worker, ready to predict: a union that the field `task` narrows. */
export type WebModel<T extends Task = Task> = InTab<ModelByTask[T]>;

/**
 * Loads a model that `train` made, in a browser or in Node, for any task.
 * @returns the model; its `task` says what `predict` takes and returns, as in Node. Pictures are blobs or pixels.
 * @throws ModelError for a folder without a model, and for a task that this version does not know
 * @example
 * const model = await load({ run: "flowers" }, { ort: "/ort/ort.wasm.min.mjs" });
 * if (model.task === "image-classification") console.log(await model.predict(file, { top: 3 }));
 * if (model.task === "text-classification") console.log(await model.predict(["a book I could not put down"]));
 * model.close();
 */
export async function load(
  source: ModelSource,
  options: WebSetup & { readonly threads?: number },
): Promise<WebModel> {
  const request = { setup: sentSetup(options), source: sentSource(source), threads: options.threads };
  const client = new WorkerClient(options);
  try {
    const { facts, methods } = await client.request("load", request);
    const calls = methods.map((method) => [
      method,
      (...given: readonly unknown[]) => client.request("callModel", { method, given }),
    ]);
    return { ...facts, ...Object.fromEntries(calls), close: () => client.close() } as WebModel;
  } catch (error) {
    client.close();
    throw error;
  }
}

/** Loads a model of image classification. @deprecated use `load(source, options)` */
export const loadModel = load as (
  ...given: Parameters<typeof load>
) => Promise<Extract<WebModel, { readonly task: typeof defaultTask }>>;

/**
 * Scores a model on data, as `evaluate` in Node does: on samples that were not used for training or validation.
 * @throws ModelError if the data do not fit the model; DataError if no sample is left to score
 * @example
 * const { test } = await evaluate({ run: "houses" }, moreHouses, { ort });
 */
export async function evaluate(
  source: ModelSource,
  data: WebData,
  options: WebEvaluateOptions,
): Promise<Evaluation> {
  const { ort, worker, device, threads, onEvent, signal, ...others } = options;
  const setup = sentSetup({ ort, worker, device });
  const request = {
    setup,
    threads,
    options: others,
    source: sentSource(source),
    data: await sentData(data),
  };
  const scored = await inWorker(options, (client) =>
    client.request("evaluate", request, { onEvent, signal }),
  );
  return scored as Evaluation;
}

/**
 * Explains predictions of a model, as `explain` in Node does.
 * @param items pictures as blobs; texts; rows as objects
 * @example
 * for await (const { label, columns } of explain({ run: "houses" }, rows, { ort })) console.log(label, columns);
 */
export async function* explain(
  source: ModelSource,
  items: Iterable<unknown>,
  options: WebExplainOptions,
): AsyncGenerator<Explanation> {
  const { ort, worker, device, threads, signal, ...others } = options;
  const setup = sentSetup({ ort, worker, device });
  const request = {
    setup,
    threads,
    options: others,
    source: sentSource(source),
    items: Array.from(items),
  };
  yield* await inWorker(options, (client) => client.request("explain", request, { signal }));
}
