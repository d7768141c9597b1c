/** A build that failed. It has changed nothing in dist/. Its message names each place. */
export class BuildError extends Error {
  readonly what: string;
  /** Lines of the form "src/file.ts:12:5: message". */
  readonly places: readonly string[];
  readonly help: string;
}
/** True if dist/ has a complete build of the present sources. */
export function isFresh(): boolean;
/** @throws BuildError if dist/ was left as it was */
export function buildAll(options?: { readonly types?: boolean }): Promise<void>;
/** Builds if a source changed; prints why it cannot. @returns false if there is no build to run */
export function ensureBuilt(): Promise<boolean>;
