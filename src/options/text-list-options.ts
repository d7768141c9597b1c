import { EngraftError } from "../core/errors.js";
import { quoted } from "../data/split/found.js";
import { columnNames } from "../data/tables/table-columns.js";
import type { RecipeOptions } from "./options.js";

/** Options for reading a list of texts. */
export const listOptions = ["text", "target", "quotes", "classNames", "groupFrom"] as const;
export type ListOption = (typeof listOptions)[number];

/** Returns these options as `openTexts` takes them. @throws OptionError for several columns of classes */
export function textListOptions({
  text,
  target,
  quotes,
  groupFrom,
  classNames,
}: Pick<RecipeOptions, ListOption>) {
  const labels = target === undefined ? undefined : columnNames("target", target);
  if (labels && labels.length > 1)
    throw new EngraftError("OptionError", `${labels.length} columns of classes: ${quoted(labels)}`, {
      help: "classes are learnt one column at a time: name one --target; for several labels a text see --labels",
    });
  return {
    quotes,
    classNames,
    groupFrom,
    ...(text !== undefined && { texts: columnNames("text", text) }),
    ...(labels && { label: labels[0]! }),
  };
}
