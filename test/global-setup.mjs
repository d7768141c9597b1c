import { buildAll, isFresh } from "../scripts/build.mjs";

/**
 * The runtime's worker thread and the command line run the built files: build them when a source is newer. A file
 * that does not compile is reported by the test that reads it.
 */
export default async function setup() {
  if (!isFresh()) await buildAll().catch((error) => console.error(error.message));
}
