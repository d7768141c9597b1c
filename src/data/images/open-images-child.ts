// Many pictures are looked at in a process of its own: the work of {@link Platform.apart} that openImages asks for.
import type { EngraftEvent } from "../../core/events/events.js";
import type { ChildWork } from "../../platform/child-work.js";
import type { Dataset } from "../dataset.js";
import { defaultPlatform } from "./decode.js";
import { type OpenImagesOptions, openImages } from "./open-images.js";
import type { ChildMessage } from "./open-in-child.js";

type Task = Omit<OpenImagesOptions, "signal" | "onEvent" | "platform">;
/** Items cross a few at a time: 20,000 in one message would take 20 MB on each side. */
const itemsAtOnce = 500;

const openImagesApart: ChildWork<{ readonly root: string; readonly task: Task }, Dataset> = async (
  { root, task },
  { sendMessage: tell, signal },
) => {
  const { runInChildProcess: _here, ...platform } = await defaultPlatform();
  const onEvent = (event: EngraftEvent) => tell({ event } satisfies ChildMessage);
  const dataset = await openImages(root, { ...task, platform, signal, onEvent });
  for (let first = 0; first < dataset.items.length; first += itemsAtOnce)
    await tell({ items: dataset.items.slice(first, first + itemsAtOnce) } satisfies ChildMessage);
  return { ...dataset, items: [] };
};
export default openImagesApart;
