import { effect } from "@preact/signals";
import { sampleKindFacts } from "../../src/studio/project-kinds.js";
import type { Store } from "../store/store.js";
import { runtimeFiles } from "../store/web.js";

/** The page's own files load first, for this long, in milliseconds. */
const wait = 3000;

/**
 * Loads the files that an open project needs on any page: library, runtime, and the base of its quick model. The service
 * worker keeps it, so the project works without a connection from then on.
 */
export function keepOffline(store: Store): void {
  const requested = new Set<string>();
  effect(() => {
    const kind = store.project.value?.kind;
    if (kind === undefined || requested.has(kind) || !navigator.serviceWorker?.controller) return;
    requested.add(kind);
    // Without a connection, the next project of this kind tries again.
    setTimeout(() => void load(kind).catch(() => requested.delete(kind)), wait);
  });
}

async function load(kind: string): Promise<void> {
  const base = sampleKindFacts(kind)?.base ?? "";
  const [bases, library] = await Promise.all(
    ["bases.json", "library.json"].map(async (path) => (await fetch(path)).json()),
  );
  const paths = [
    ...((bases as Readonly<Record<string, readonly string[]>>)[base] ?? []),
    ...(library as readonly string[]).map((name) => `package/dist/browser/${name}`),
    ...runtimeFiles.map((name) => `ort/${name}`),
  ];
  // Read to the end: Firefox reports an answer of the worker that nobody reads as an error.
  for (const path of paths) await (await fetch(path)).blob();
}
