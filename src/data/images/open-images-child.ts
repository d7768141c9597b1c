// Scans many images in a child process: the work that openImages gives to {@link Platform.runInChildProcess}.
import type { OnProgress } from "../../core/events/progress-events.js";
import type { ChildWork } from "../../platform/child-work.js";
import type { Dataset } from "../dataset.js";
import { defaultPlatform } from "./decode.js";
import { type OpenImagesOptions, openImages } from "./open-images.js";
import type { ChildMessage } from "./open-in-child.js";

type Task = Omit<OpenImagesOptions, "signal" | "onEvent" | "platform">;
/** Number of items in a message. 20,000 items in one message would take 20 MB in both processes. */
const itemsPerMessage = 500;

/** What the parent sends. */
interface Input {
  readonly root: string;
  readonly task: Task;
  readonly cacheDir: string;
}

const openImagesInChild: ChildWork<Input, Dataset> = async (
  { root, task, cacheDir },
  { sendMessage: send, signal },
) => {
  const { runInChildProcess: _here, ...own } = await defaultPlatform();
  const platform = { ...own, cacheDir: () => cacheDir };
  const onEvent: OnProgress = (event) => void send({ event } satisfies ChildMessage);
  const dataset = await openImages(root, { ...task, platform, signal, onEvent });
  for (let first = 0; first < dataset.items.length; first += itemsPerMessage)
    await send({ items: dataset.items.slice(first, first + itemsPerMessage) } satisfies ChildMessage);
  return { ...dataset, items: [] };
};
export default openImagesInChild;
