import type { Answer } from "../inference/answer.js";
import type { LiveSession, SessionSample } from "../session/live-session.js";
import type { TrainedFile } from "./messages.js";
import type { PagePicture } from "./model.js";

/**
 * Input of a sample in a tab: a picture as a blob, its bytes or pixels; a sound as a blob, its bytes, or its samples as float32[n] at the
 * rate of the base; a text.
 */
export type WebSampleInput = PagePicture | Float32Array | string;

/** A sample with its class. */
export interface WebSample extends Omit<SessionSample, "input"> {
  /** It is copied: a bitmap stays usable. */
  readonly input: WebSampleInput;
}

/** A live session in a worker. Its calls are those of `openSession` in Node. */
export interface WebSession extends Pick<LiveSession, "task" | "base" | "fit"> {
  add(samples: readonly WebSample[]): ReturnType<LiveSession["add"]>;
  /** Removes samples after earlier calls of `add` have ended. @returns the number of removed samples */
  remove(ids: readonly string[]): Promise<number>;
  predict(input: WebSampleInput): Promise<Answer[]>;
  predict(inputs: readonly WebSampleInput[]): Promise<Answer[][]>;
  /**
   * Writes the model of the last `fit` into the storage of the browser, for `load({ run: name })`. It replaces an older model of a session
   * with this name. `listRuns` lists it, and `removeRun` removes it.
   * @returns the files of the model folder, for a download
   * @throws OptionError before a `fit` with two classes, and for the name of a run
   */
  save(name: string): Promise<readonly TrainedFile[]>;
  /** Writes the cached features, and frees the base. Without a connection it ends the worker. */
  close(): Promise<void>;
}
