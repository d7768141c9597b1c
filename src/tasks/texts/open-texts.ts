import { type OpenTextBaseOptions, openTextBase } from "../../bases/text/text-base.js";
import { hasSegments, textBody } from "../../bases/text/text-body.js";
import type { OnWork } from "../../core/events/work-events.js";
import { firstOf } from "../../core/messages/counted.js";
import { message, warningText } from "../../core/messages/message.js";
import { baseFacts } from "../../core/results/base-facts.js";
import type { OpenScratch } from "../../data/byte-store.js";
import { testFingerprint } from "../../data/fingerprints.js";
import type { Dataset } from "../../data/index.js";
import { classNameWarnings } from "../../data/lists/class-names.js";
import { withSplitMessages } from "../../data/split/split-origin.js";
import { openTexts, type TextData } from "../../data/texts/index.js";
import { scriptField } from "../../data/texts/script-of-texts.js";
import { type TokenTable, tokenTable } from "../../data/texts/token-table.js";
import { type RecipeOptions, usualBases } from "../../options/options.js";
import { type ListOption, textListOptions } from "../../options/text-list-options.js";
import type { Platform } from "../../platform/platform.js";
import { dataEvent, manyItems, type OpenedBase, withTrainSubset } from "../../run/setup.js";
import type { TextChange } from "./text-change.js";

/** Texts with classes as a dataset. */
export interface TextDataset extends Dataset {
  readonly items: readonly (Dataset["items"][number] & { readonly text: string; readonly pair?: string })[];
}

/** Opens a list of texts, and reports it. @throws DataError if it cannot be used */
export async function openTextDataset(
  path: string,
  {
    seed,
    platform,
    options,
    scratch,
    emptyParts,
    unscored,
    taskColumns,
    onEvent,
  }: {
    readonly seed: number;
    readonly platform: Platform;
    readonly options: Pick<RecipeOptions, ListOption | "trainSize" | "shots" | "seed">;
    /** Temporary file for many texts. Default: in memory. */
    readonly scratch?: OpenScratch;
    /** Allows empty splits and a single class. */
    readonly emptyParts?: boolean;
    readonly unscored?: boolean | undefined;
    /** Label columns of several tasks. No column of them gives the groups, and any number of rows may lack a label. */
    readonly taskColumns?: readonly string[] | undefined;
    readonly onEvent: OnWork;
  },
): Promise<TextDataset> {
  const data = await openTexts(platform, path, {
    seed,
    labelled: true,
    ...textListOptions(options),
    emptyParts,
    unscored,
    taskColumns,
    scratch,
  });
  const [first, second] = data.columns;
  const pairs = second === undefined ? [] : [message("text-pairs", { first: first!, second })];
  // Here, because memory of the reader is free only after it has returned.
  if (data.items.length > manyItems) platform.releaseMemory({ compact: true });
  const test = data.items.filter(({ part }) => part === "test");
  const whole: TextDataset = {
    task: "text-classification",
    root: data.root,
    classes: data.classes,
    items: data.items,
    seed,
    ...withSplitMessages(data, ...pairs),
    skipped: data.skipped,
    duplicates: data.duplicates,
    leaks: data.leaks,
    warnings: warningsOf(data),
    fingerprint: data.fingerprint,
    testFingerprint: await testFingerprint(platform, test),
  };
  const dataset = await withTrainSubset(whole, options, { split: seed, draw: options.seed ?? seed });
  onEvent({ ...dataEvent(dataset), ...scriptField(dataset.items) });
  for (const one of dataset.warnings) onEvent({ event: "warning", ...one });
  return dataset;
}

function warningsOf({ classes, untested, warnings }: TextData): Dataset["warnings"] {
  return [
    ...warnings,
    ...classNameWarnings(classes),
    ...(untested.length > 0
      ? [warningText("untested_labels", message("labels-without-test", firstOf(untested)))]
      : []),
  ];
}

/** Returns the given base, or the bundled one. */
export function textBaseOf({ base = usualBases.text }: Pick<RecipeOptions, "base">): string {
  return base;
}

/** Opens a text encoder, cut at its features, and reports it. */
export async function openTextBody(
  ref: string,
  { cut, pooling: requested, maxLength }: Pick<RecipeOptions, "cut" | "pooling" | "maxLength">,
  {
    platform,
    onEvent,
    pairs = false,
    whole = false,
  }: {
    readonly platform: Platform;
    readonly onEvent: OnWork;
    /** True if the inputs are pairs of texts. */
    readonly pairs?: boolean;
    /** Long texts are read as a whole, although the encoder reads only their beginning. */
    readonly whole?: boolean;
  },
): Promise<OpenedBase> {
  const options = {
    platform,
    onEvent,
    cut,
    pooling: requested,
    maxLength,
    // The longer text of a pair is cut first, so the encoder's part is not a beginning.
    whole: whole && !pairs,
  };
  // Loaded on demand: few runs join bases.
  const refs = ref.includes("+")
    ? await (await import("../../bases/open/base-refs.js")).baseRefs(ref, platform)
    : [ref];
  const { base, body } =
    refs.length > 1
      ? await (await import("../../bases/text/joined-texts.js")).openJoinedTexts(refs, options, pairs)
      : await openOneBase(refs[0]!, options, pairs);
  const encoders = base.joined?.map((part) => part.base) ?? [base];
  const { pooling, because } = base.text;
  const sizes = (base.text.parts ?? [base.text]).map(
    ({ tokenizer, window }) =>
      `up to ${window?.length ?? tokenizer.longest} of ${tokenizer.vocabulary} tokens`,
  );
  onEvent({
    event: "base",
    ...baseFacts(base),
    input: `${pairs ? "pairs of texts" : "texts"} of ${[...new Set(sizes)].join(" and ")}`,
    cut: `${body.cut.value}: ${body.cut.because}; ${body.pooling === "none" ? "one row a text" : `pooling ${pooling}, ${because}`}`,
    features: body.width,
    notes: base.imported.notes,
  });
  const encoding = encoders.some(({ imported }) => hasSegments(imported.graph)) ? "segments" : "joined";
  return { base: pairs ? { ...base, text: { ...base.text, pairs: encoding } } : base, body };
}

async function openOneBase(ref: string, options: OpenTextBaseOptions, pairs: boolean) {
  const base = await openTextBase(ref, options);
  const { tokenizer, pooling, window } = base.text;
  const body = textBody(base.imported.graph, { pooling, pad: tokenizer.pad, pairs, window, cut: base.cut });
  return { base, body };
}

/** True if the inputs are pairs of texts. */
export const arePairs = ({ items }: { readonly items: readonly object[] }): boolean =>
  items[0] !== undefined && "pair" in items[0];

/** Returns the tokens of all texts. */
export function tokensOf(
  { items }: TextDataset,
  { base }: OpenedBase,
  signal: AbortSignal | undefined,
  {
    platform,
    scratch,
    change,
  }: { readonly platform?: Platform; readonly scratch?: OpenScratch; readonly change?: TextChange } = {},
): TokenTable {
  const { tokenizer, fixed } = base.text!;
  return tokenTable(items, tokenizer, {
    scratch,
    collect: () => platform?.releaseMemory(),
    change,
    fixed,
    signal,
  });
}
