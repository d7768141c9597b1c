/** The tests cannot run here. The message is one sentence with the cure. */
export class TestPlaceError extends Error {}

/** Where one run of the tests keeps its files. */
export interface TestPlace {
  readonly cache: string;
  readonly temporary: string;
  readonly report: string;
  /** Removes all of it, and unlocks the checkout. */
  close(): Promise<void>;
}

/**
 * Opens the place of one run of the tests of a checkout.
 * @param needed free bytes that the disk must have. Default 2 GB
 */
export function openTestPlace(root: string, needed?: number): Promise<TestPlace>;
/** True if the folder's disk has less than `bytes` left. Default 50 MB. */
export function isFull(folder: string, bytes?: number): boolean;
