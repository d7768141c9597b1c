import type { Task } from "../core/results/task.js";
import type { PredictImages } from "../inference/image-input.js";
import type { ModelByTask } from "../tasks/task-table.js";

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

/** Options without a signal, which does not reach a worker. A page that leaves the loop over `generate` stops it. */
type WithoutSignals<Rest extends readonly unknown[]> = {
  [I in keyof Rest]: "signal" extends keyof NonNullable<Rest[I]>
    ? Omit<NonNullable<Rest[I]>, "signal">
    : Rest[I];
};

/** Method that takes blobs instead of files. */
type TakingBlobs<F> =
  F extends PredictImages<infer Result, infer Options>
    ? PredictPictures<Result, Options>
    : F extends (input: infer Input, ...rest: infer Rest) => AsyncGenerator<infer Piece, infer Result>
      ? (input: Input, ...rest: WithoutSignals<Rest>) => AsyncGenerator<Piece, Result>
      : F extends (inputs: readonly (infer Input)[], ...rest: infer Rest) => infer Result
        ? (
            inputs: readonly (Input | (Uint8Array extends Input ? Blob | PagePixels : never))[],
            ...rest: WithoutSignals<Rest>
          ) => Result
        : F;

/** Model in a tab. */
type InTab<Model> = Model extends unknown
  ? { readonly [K in Exclude<keyof Model, NodeOnly>]: TakingBlobs<Model[K]> } & {
      /** Frees the model. Without a connection it ends the worker. */
      close(): void;
    }
  : never;

/** A trained model in a worker, ready to predict: a union that the field `task` narrows. */
export type WebModel<T extends Task = Task> = InTab<ModelByTask[T]>;
