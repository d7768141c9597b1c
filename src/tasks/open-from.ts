import { EngraftError } from "../core/errors.js";
import { message, warningText } from "../core/messages/message.js";
import type { Source } from "../data/source.js";
import { splitFields, splitOrigin } from "../data/split/split-origin.js";
import type { OpenedData, OpenedWith, OpenHow, TaskRun } from "./task-run.js";

/** Opens the data at a path, or of a source, which is forgotten then. Lists are divided by time if the options say so. */
export async function openFrom<Data extends OpenedData, Base extends OpenedWith>(
  task: Pick<TaskRun<Data, Base, unknown>, "open">,
  given: string | Source,
  how: OpenHow,
): Promise<Data> {
  const { splitBy, gap, target } = how.options;
  const { divisionOf, sourceOf } = await import("../data/source.js");
  const source = sourceOf(how.platform, given, { splitBy, gap });
  const division = divisionOf(source.platform);
  // The splits of a divided list are "given" only to whoever opens its samples.
  const origin = splitOrigin([message("split-by-column", { column: splitBy ?? "", gap: gap ?? 0 })]);
  const onEvent: OpenHow["onEvent"] = (event) =>
    how.onEvent(event.event === "data" && division?.divided ? { ...event, ...splitFields(origin) } : event);
  const opened = await task.open(source.path, { ...how, onEvent, platform: source.platform });
  const data = division?.divided ? { ...opened, ...origin } : opened;
  source.forget();
  const targets = "targets" in opened ? (opened.targets as readonly unknown[]) : [target ?? []].flat();
  if (splitBy !== undefined && targets.includes(splitBy))
    throw new EngraftError(
      "OptionError",
      `split-by names ${JSON.stringify(splitBy)}, the target: the test split would hold the largest targets only`,
      { help: "name a column of times, or leave --split-by out" },
    );
  if (splitBy !== undefined && division?.divided !== true) {
    const name = JSON.stringify(splitBy);
    const areChats = "form" in opened && opened.form === "chats";
    throw new EngraftError(
      "OptionError",
      areChats
        ? `split-by divides rows of lists, and "${source.path}" holds chats, which have no column ${name}`
        : `split-by is for lists without splits, and "${source.path}" has no rows to divide by ${name}`,
      {
        help: areChats
          ? 'write the split of each chat into a field "split", or leave --split-by out'
          : "give one list with this column, or leave --split-by out",
        details: { option: "split-by", value: splitBy },
      },
    );
  }
  const isDrawn = data.splitMessages?.some(({ code }) => code === "split-shares") === true;
  const [column] = division?.dates ?? [];
  if (isDrawn && column !== undefined)
    how.onEvent({
      event: "warning",
      ...warningText("random_split", message("split-ignores-dates", { column })),
    });
  return data;
}
