// What a training would learn from the files of a project, as the library's `inspectData` says it.
import type { Project } from "../../src/studio/project.js";
import type { DataInspection } from "../../src/web/index.js";
import type { Store } from "../store/store.js";
import { loadWeb } from "../store/web.js";

/** Options of `train` that say what is learnt. */
const dataOptions = "task target labels text groupFrom quotes classNames ignore categories inputs".split(" ");
/** The last inspection: both pages beside each other share it. */
let last: { readonly key: string; readonly found: Promise<DataInspection> } | undefined;

/** Returns what a training would learn from the files of a project with its options. @throws DataError for files that cannot be used */
export function inspect(store: Store, { id, files, options }: Project): Promise<DataInspection> {
  const chosen = Object.fromEntries(Object.entries(options).filter(([name]) => dataOptions.includes(name)));
  const key = JSON.stringify([id, files, chosen]);
  if (last?.key === key) return last.found;
  const read = files.map(async ({ path, hash }) => ({ path, content: await store.content(hash) }));
  const found = Promise.all(read).then(async (data) => (await loadWeb()).inspectData(data, chosen));
  last = { key, found };
  return found;
}
