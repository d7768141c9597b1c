/** Adapters of a model folder: one file, loaded if there are any. */

export { mergedAdapter } from "./adapter-check.js";
export { mergedFile } from "./adapter-folder.js";
export { AdapterHost } from "./adapter-session.js";
