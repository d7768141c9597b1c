import { classificationOf } from "../core/results/task.js";
import type { Answer } from "../inference/answer.js";
import type { ModelSource, WebSetup } from "./options.js";
import { sentSource } from "./train.js";
import { sentSetup, WorkerClient } from "./worker-client.js";

/** A trained model in a worker, ready to answer. */
export interface WebModel {
  /** The one task that a page knows. */
  readonly task: typeof classificationOf.image;
  readonly classes: readonly string[];
  /**
   * Classes of one picture, the most probable first.
   * @throws DataError when it cannot be read as a picture.
   */
  predict(picture: Blob, options?: { readonly top?: number }): Promise<readonly Answer[]>;
  /** End the worker. */
  close(): void;
}

/**
 * Loads a model of image classification that `train` made, here or in Node.
 * @throws ModelError for a model of another task
 * @example
 * const model = await load({ run: "flowers" }, { ort: "/ort/ort.wasm.min.mjs" });
 * const [best] = await model.predict(file);
 */
export async function load(
  source: ModelSource,
  options: WebSetup & { readonly threads?: number },
): Promise<WebModel> {
  const request = { setup: sentSetup(options), source: sentSource(source), threads: options.threads };
  const client = new WorkerClient(options);
  try {
    const { classes } = await client.ask("load", request);
    return {
      task: classificationOf.image,
      classes,
      predict: (picture, { top } = {}) => client.ask("predict", { picture, top }),
      close: () => client.close(),
    };
  } catch (error) {
    client.close();
    throw error;
  }
}

/** Loads a model of image classification. @deprecated use `load(source, options)` */
export const loadModel = load;
