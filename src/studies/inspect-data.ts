import { requireBase } from "../bases/open/locate.js";
import type { OnEvent } from "../core/events/events.js";
import { classificationOf, defaultTask, isTaskWith, type Task } from "../core/results/task.js";
import { defaults, type TrainOptions } from "../options/options.js";
import type { Machine } from "../run/machine.js";
import { openBody, openData, splitCounts } from "../run/setup.js";

/** What many trainings will work on. */
export interface InspectedData {
  /** Of the data with its split. */
  readonly fingerprint: string;
  /** Of the base, or of the model that weights come from; empty where a table has neither. */
  readonly baseSha256: string;
  /** Of the data: to learn from, and how many classes; 0 where numbers are learnt. */
  readonly train: number;
  readonly classes: number;
  /** Of several labels: what has them. */
  readonly unit?: "texts" | "pictures";
}

/**
 * Look at data and base before any process starts: what nobody can use is told once, and a base is downloaded once.
 * @throws what the trainings would throw on opening them
 */
export async function inspectData(
  { platform }: Machine,
  data: string,
  options: Readonly<Partial<TrainOptions>> & { readonly seed: number },
  {
    onEvent = () => undefined,
    signal,
  }: { readonly onEvent?: OnEvent | undefined; readonly signal?: AbortSignal | undefined },
): Promise<InspectedData> {
  if (options.base !== undefined) await requireBase(options.base, platform);
  const told = { ...options, onEvent, ...(signal && { signal }) };
  const opening = { platform, onEvent, seed: options.seed, signal };
  const looked = (
    dataset: Parameters<typeof splitCounts>[0] & {
      readonly fingerprint: string;
      readonly classes?: readonly string[];
      readonly unit?: "texts" | "pictures";
    },
    baseSha256: string,
  ): InspectedData => ({
    fingerprint: dataset.fingerprint,
    baseSha256,
    train: splitCounts(dataset).train,
    classes: dataset.classes?.length ?? 0,
    ...(dataset.unit && { unit: dataset.unit }),
  });
  const pictures = async (): Promise<string> =>
    (await openBody(options.base ?? defaults.base, told, platform)).base.sha256;
  const task = (options.task ?? defaultTask) as Task;
  if (task === classificationOf.image) return looked(await openData(data, told, platform), await pictures());
  if (task === classificationOf.text) {
    const { arePairs, openTextBody, openTextDataset, textBaseOf } = await import(
      "../tasks/texts/open-texts.js"
    );
    const ref = textBaseOf(options);
    const dataset = await openTextDataset(data, { platform, onEvent, seed: options.seed, options });
    return looked(
      dataset,
      (await openTextBody(ref, options, { platform, onEvent, pairs: arePairs(dataset) })).base.sha256,
    );
  }
  if (isTaskWith(task, { head: "tags" })) {
    const { lookAtEntities, openEntityBody } = await import("../tasks/entities/execute-entities.js");
    const { textBaseOf } = await import("../tasks/texts/open-texts.js");
    const entities = await lookAtEntities(platform, data, { seed: options.seed, options, onEvent });
    const { base } = await openEntityBody(textBaseOf(options), options, platform, onEvent);
    return looked({ ...entities, classes: entities.types }, base.sha256);
  }
  if (isTaskWith(task, { head: "labels" })) {
    const { lookAtLabels } = await import("../tasks/labels/open-labels.js");
    const unheard = signal ?? new AbortController().signal;
    const items = await lookAtLabels(data, {
      platform,
      seed: options.seed,
      options,
      onEvent,
      signal: unheard,
    });
    if (items.unit === "pictures") return looked(items, await pictures());
    const { arePairs, openTextBody, textBaseOf } = await import("../tasks/texts/open-texts.js");
    const how = { platform, onEvent, pairs: arePairs(items) };
    return looked(items, (await openTextBody(textBaseOf(options), options, how)).base.sha256);
  }
  const { openNumbers, openRows } = await import("../tasks/numbers/open-task-data.js");
  if (isTaskWith(task, { input: "image" }))
    return looked(await openNumbers(data, options, opening), await pictures());
  const rows = await openRows(data, options, task, opening);
  if (options.initFrom === undefined) return looked(rows, "");
  const { readTableFolder } = await import("../bases/model-folder/table-folder.js");
  return looked(rows, (await readTableFolder(platform, options.initFrom)).sha256);
}
