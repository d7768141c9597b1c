import type { EntitiesResultEvent, OnEvent } from "../../core/events/events.js";
import { firstOf } from "../../core/messages/counted.js";
import { message, warningText } from "../../core/messages/message.js";
import { baseFacts } from "../../core/results/base-facts.js";
import { type EntityData, openEntities } from "../../data/entities/open-entities.js";
import { taggedTable } from "../../data/entities/tagged-table.js";
import { originOf, splitFields, withSplitMessages } from "../../data/split/split-origin.js";
import { trainSubset } from "../../data/split/train-subset.js";
import { scriptField } from "../../data/texts/script-of-texts.js";
import { defaults, type TrainOptions } from "../../options/options.js";
import type { Platform } from "../../platform/platform.js";
import type { Context } from "../../run/context.js";
import { type LoadData, withOpenedRun } from "../../run/execute-run.js";
import { requireSameBase, requireSameData } from "../../run/folder/require-same.js";
import type { RunFolder } from "../../run/folder/run-folder.js";
import type { Machine } from "../../run/machine.js";
import { mostLeaks, type OpenedBase, splitCounts } from "../../run/setup.js";
import { trainTask } from "../../run/train-task.js";
import { startFrom } from "../../run/training/start-from.js";
import { textBaseOf } from "../texts/open-texts.js";
import { textDefaults } from "../texts/text-defaults.js";
import { tagHead } from "./tag-head.js";
import { tagsTask } from "./tags-task.js";

/** Executes a run of token classification, from the first step or from the last checkpoint. */
export async function executeEntities(
  machine: Machine,
  run: RunFolder,
  options: TrainOptions,
): Promise<EntitiesResultEvent> {
  const { platform } = machine;
  const { signal } = options;
  const ref = textBaseOf(options);
  const seed = run.manifest.split_seed ?? options.seed ?? defaults.seed;
  const load: LoadData<EntityData> = (onEvent) =>
    openEntityData(platform, run.manifest.data, { seed, options, onEvent });
  return withOpenedRun(machine, run, options, load, async ({ given, runtime, begin, events, onEvent }) => {
    await requireSameData(run, {
      ...given,
      classes: ["", ...given.types],
      items: given.items.map((item) => ({ ...item, sha256: `${item.sha256} ${item.tags.join(" ")}` })),
    });
    const plain = await openEntityBody(ref, options, platform, onEvent);
    const { opened, ...init } = await startFrom({ run, options, platform, onEvent }, plain);
    await requireSameBase(run, opened);
    const { tokenizer, fixed } = opened.base.text!;
    const inputs = taggedTable(given.items, tokenizer, {
      ...(fixed !== undefined && { fixed }),
      signal,
    });
    if (inputs.cut.count > 0)
      onEvent({
        event: "warning",
        code: "truncated",
        message: `${inputs.cut.count} of ${given.items.length} sentences have more than ${tokenizer.longest} tokens: ${inputs.unseen} words behind are not seen, and count as answered O`,
      });
    const context: Context = {
      run,
      options,
      machine,
      platform,
      runtime,
      dataset: {
        task: "text-classification",
        root: given.root,
        classes: given.labels,
        items: given.items.map((item) => ({ ...item, path: given.root })),
        seed: given.seed,
        ...originOf(given),
        skipped: given.skipped,
        duplicates: {
          exact: given.duplicates,
          near: given.near,
          acrossParts: given.acrossParts + given.nearAcross,
        },
        leaks: given.leaks,
        warnings: given.warnings,
        fingerprint: given.fingerprint,
        testFingerprint: given.testFingerprint,
      },
      opened,
      ...init,
      inputs,
      taskDefaults: (runOptions) => textDefaults(runOptions, opened.body, "word"),
      head: tagHead(given, inputs),
      onEvent,
    };
    return trainTask(context, tagsTask(given, inputs), begin, events);
  });
}

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
