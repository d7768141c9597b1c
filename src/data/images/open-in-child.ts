import type { OnProgress } from "../../core/events/progress-events.js";
import type { Platform } from "../../platform/platform.js";
import type { ClassSample, Dataset } from "../dataset.js";

/** Messages of open-images-child.ts. */
export type ChildMessage =
  | { readonly event: Parameters<OnProgress>[0] }
  | { readonly items: readonly ClassSample[] };

/** Runs `openImages(root, task)` in a child process. */
export async function openInChild(
  { runInChildProcess, cacheDir }: Pick<Platform, "runInChildProcess" | "cacheDir">,
  root: string,
  task: object,
  {
    signal,
    onEvent,
  }: { readonly signal?: AbortSignal | undefined; readonly onEvent?: OnProgress | undefined },
): Promise<Dataset> {
  const items: ClassSample[] = [];
  const dataset = await runInChildProcess!({
    module: "data/images/open-images-child.js",
    input: { root, task, cacheDir: cacheDir() },
    onMessage: (message) => {
      const sent = message as ChildMessage;
      if ("event" in sent) onEvent?.(sent.event);
      else items.push(...sent.items);
    },
    signal,
    what: "the look at the data",
    small: true,
  });
  return { ...(dataset as Dataset), items };
}
