import type { EntitiesResultEvent, OnEvent } from "../../core/events/events.js";
import { firstOf } from "../../core/messages/counted.js";
import { message, warningText } from "../../core/messages/message.js";
import { baseFacts } from "../../core/results/base-facts.js";
import { type EntityData, openEntities } from "../../data/entities/open-entities.js";
import { taggedTable } from "../../data/entities/tagged-table.js";
import type { Samples } from "../../data/index.js";
import { splitFields, withSplitMessages } from "../../data/split/split-origin.js";
import { trainSubset } from "../../data/split/train-subset.js";
import { scriptField } from "../../data/texts/script-of-texts.js";
import type { TrainOptions } from "../../options/options.js";
import type { Platform } from "../../platform/platform.js";
import type { Context } from "../../run/context.js";
import { mostLeaks, type OpenedBase, splitCounts } from "../../run/setup.js";
import { trainTask } from "../../run/train-task.js";
import type { TaskRun } from "../task-run.js";
import { textBaseOf } from "../texts/open-texts.js";
import { textDefaults } from "../texts/text-defaults.js";
import { tagHead } from "./tag-head.js";
import { tagsTask } from "./tags-task.js";

/** Runs of token classification. */
export const entitiesRun: TaskRun<EntityData, Pick<Context, "opened">, EntitiesResultEvent> = {
  open: (path, how) => openEntityData(how.platform, path, how),
  base: async (_, { options, platform, onEvent }) => ({
    opened: await openEntityBody(textBaseOf(options), options, platform, onEvent),
  }),
  recorded: (data) => ({
    ...data,
    classes: ["", ...data.types],
    items: data.items.map((item) => ({ ...item, sha256: `${item.sha256} ${item.tags.join(" ")}` })),
  }),
  counted: ({ types }) => ({ samples: "sentences", classes: types.length }),
  async bind(data, { opened }, { options: { signal }, onEvent }) {
    const { tokenizer, fixed } = opened.base.text!;
    const inputs = taggedTable(data.items, tokenizer, { ...(fixed !== undefined && { fixed }), signal });
    if (inputs.cut.count > 0)
      onEvent({
        event: "warning",
        code: "truncated",
        message: `${inputs.cut.count} of ${data.items.length} sentences have more than ${tokenizer.longest} tokens: ${inputs.unseen} words behind are not seen, and count as answered O`,
      });
    return {
      bound: {
        dataset: asSamples(data),
        inputs,
        taskDefaults: (runOptions) => textDefaults(runOptions, opened.body, "word"),
        head: tagHead(data, inputs),
      },
      train: (context, ...begun) => trainTask(context, tagsTask(data, inputs), ...begun),
    };
  },
};

/** Returns the sentences for steps that do not read tags. */
const asSamples = (data: EntityData): Samples => ({
  ...data,
  classes: data.labels,
  items: data.items.map((item) => ({ ...item, path: data.root })),
});

/** Opens sentences with tags, and reports them. @throws DataError for unusable data */
export async function openEntityData(
  platform: Platform,
  path: string,
  {
    seed,
    options: { trainSize, classNames, groupFrom },
    onEvent,
  }: { readonly seed: number; readonly options: TrainOptions; readonly onEvent: OnEvent },
): Promise<EntityData> {
  const whole = await openEntities(platform, path, { seed, classNames, groupFrom });
  const data =
    trainSize === undefined
      ? whole
      : {
          ...whole,
          items: trainSubset(whole.items, trainSize, seed),
          ...withSplitMessages(
            whole,
            message("training-subset", { some: trainSize, all: splitCounts(whole).train }),
          ),
        };
  const missing = whole.types.filter(
    (type) =>
      !data.items.some(
        ({ part, tags }) => part === "train" && tags.some((t) => data.labels[t]!.slice(2) === type),
      ),
  );
  onEvent({
    event: "data",
    task: "token-classification",
    classes: data.types,
    split: splitCounts(data),
    ...splitFields(withSplitMessages(data, message("tag-scheme", { scheme: data.scheme }))),
    skipped: data.skipped,
    duplicates: {
      exact: data.duplicates,
      near: data.near,
      across_parts: data.acrossParts + data.nearAcross,
    },
    ...(data.leaks.length > 0 && { leaks: data.leaks.slice(0, mostLeaks) }),
    fingerprint: data.fingerprint,
    ...scriptField(data.items),
  });
  for (const one of data.warnings) onEvent({ event: "warning", ...one });
  if (missing.length > 0)
    onEvent({
      event: "warning",
      ...warningText("unlearnt_types", message("types-without-training", firstOf(missing, missing.length))),
    });
  return data;
}

/** Opens a text encoder, cut at the features of its tokens, and reports it. */
export async function openEntityBody(
  ref: string,
  { cut, maxLength }: TrainOptions,
  platform: Platform,
  onEvent: OnEvent,
): Promise<OpenedBase> {
  const { openTextBase } = await import("../../bases/text/text-base.js");
  const { textBody } = await import("../../bases/text/text-body.js");
  const base = await openTextBase(ref, {
    platform,
    onEvent,
    ...(cut !== undefined && { cut }),
    ...(maxLength !== undefined && { maxLength }),
  });
  const { tokenizer } = base.text;
  const body = textBody(base.imported.graph, {
    pooling: "each",
    pad: tokenizer.pad,
    ...(base.cut !== undefined && { cut: base.cut }),
  });
  onEvent({
    event: "base",
    ...baseFacts(base),
    input: `sentences of up to ${tokenizer.longest} of ${tokenizer.vocabulary} tokens`,
    cut: `${body.cut.value}: ${body.cut.because}; a row a token, words at their first`,
    features: body.width,
    notes: base.imported.notes,
  });
  return { base, body };
}
