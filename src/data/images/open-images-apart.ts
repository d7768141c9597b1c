// Many pictures are looked at in a process of its own: the work of {@link Platform.apart} that openImages asks for.
import type { EngraftEvent } from "../../core/events/events.js";
import type { Apart } from "../../platform/apart.js";
import type { Dataset } from "../dataset.js";
import type { Told } from "./ask-apart.js";
import { defaultPlatform } from "./decode.js";
import { type OpenImagesOptions, openImages } from "./open-images.js";

type Task = Omit<OpenImagesOptions, "signal" | "onEvent" | "platform">;
/** Items cross a few at a time: 20,000 in one message would take 20 MB on each side. */
const itemsAtOnce = 500;

const openImagesApart: Apart<{ readonly root: string; readonly task: Task }, Dataset> = async (
  { root, task },
  { tell, signal },
) => {
  const { apart: _here, ...platform } = await defaultPlatform();
  const onEvent = (event: EngraftEvent) => tell({ event } satisfies Told);
  const dataset = await openImages(root, { ...task, platform, signal, onEvent });
  for (let first = 0; first < dataset.items.length; first += itemsAtOnce)
    await tell({ items: dataset.items.slice(first, first + itemsAtOnce) } satisfies Told);
  return { ...dataset, items: [] };
};
export default openImagesApart;
