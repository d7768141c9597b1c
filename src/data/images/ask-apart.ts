import type { EngraftEvent, OnEvent } from "../../core/events/events.js";
import type { Platform } from "../../platform/platform.js";
import type { Dataset, ImageItem } from "../dataset.js";

/** What open-images-apart.ts tells on its way. */
export type Told = { readonly event: EngraftEvent } | { readonly items: readonly ImageItem[] };

/** `openImages(root, task)` in a process of its own. */
export async function askApart(
  apart: NonNullable<Platform["apart"]>,
  root: string,
  task: object,
  { signal, onEvent }: { readonly signal?: AbortSignal | undefined; readonly onEvent?: OnEvent | undefined },
): Promise<Dataset> {
  const items: ImageItem[] = [];
  const dataset = await apart({
    module: "data/images/open-images-apart.js",
    input: { root, task },
    onMessage: (message) => {
      const told = message as Told;
      if ("event" in told) onEvent?.(told.event);
      else items.push(...told.items);
    },
    ...(signal && { signal }),
    what: "the look at the data",
    small: true,
  });
  return { ...(dataset as Dataset), items };
}
