/** Adapters of a run and of a folder: one file to load, when there are any. */

export { keepAdapter } from "../run/keep-adapter.js";
export { mergedAdapter } from "./adapter-check.js";
export { mergedFile } from "./adapter-folder.js";
export { AdapterHost } from "./adapter-session.js";
