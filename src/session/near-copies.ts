import type { OnEvent } from "../core/events/events.js";
import type { Platform } from "../platform/platform.js";
import type { Content } from "../tasks/inputs/read-content.js";

/** A sample as near copies are found. */
export interface ComparedSample {
  /** What is compared of its content. */
  readonly print: unknown;
  readonly label: string;
  readonly group?: string | undefined;
  /** float32[D]: its features. */
  readonly row: Float32Array;
}

/** Finds near copies among samples that come and go. */
export interface NearCopies {
  /** Returns the print of each content: what is compared. It is made once, and kept with the features. */
  printsOf(contents: readonly Content[]): Promise<readonly unknown[]>;
  /**
   * Finds near copies, in whatever order the samples come.
   * @returns the lowest position of each sample's near copies and group
   */
  groupsOf(samples: readonly ComparedSample[]): Promise<Int32Array>;
  close(): Promise<void>;
}

/** What finding near copies needs. */
export interface NearCopiesOptions {
  readonly platform: Platform;
  /** False: prints are neither read from the cache nor written into it. */
  readonly cache: boolean;
  readonly onEvent: OnEvent;
  readonly signal: AbortSignal | undefined;
}

/** Opens the search for near copies. */
export type OpenNearCopies = (options: NearCopiesOptions) => Promise<NearCopies>;
