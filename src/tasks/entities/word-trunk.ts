import { messageOf } from "../../core/errors.js";
import { message, warningText } from "../../core/messages/message.js";
import type { SentenceItem } from "../../data/entities/open-entities.js";
import { defaults, memoryOf } from "../../options/options.js";
import { openFeatures, type Trunk } from "../../run/setup.js";
import { requireMemory } from "../../run/training/memory.js";
import { openSession } from "../../runtime/open.js";
import type { Session } from "../../runtime/runtime.js";
import type { CachedRows } from "../../train/feature-cache/feature-cache.js";
import type { FeatureStore } from "../../train/features.js";
import { rowTable } from "../../train/objectives/row-table.js";
import { partOf, type Tagging } from "./tag-head.js";
import {
  missingSentences,
  sampleSentences,
  wordFeatures,
  wordsToSolve,
  wordsToStart,
} from "./word-features.js";

/** The frozen body, and the sentences whose words it computes. */
export interface WordTrunk extends Trunk {
  readonly session: () => Promise<Session>;
  /** Stored rows of words. */
  readonly store: CachedRows;
  /** Sentences on whose words the head is solved, and its regularisation chosen. */
  readonly train: readonly SentenceItem[];
  readonly validation: readonly SentenceItem[];
  /** Sentences of `train` and `validation` as items of a dataset. */
  readonly items: readonly (SentenceItem & { readonly path: string })[];
}

/** Opens the frozen body of a run on entities. @param headOnly true if only the head is learned, on more words */
export async function openWordTrunk(
  { context, data, inputs }: Tagging,
  headOnly: boolean,
): Promise<WordTrunk> {
  const { machine, opened, options, onEvent } = context;
  const { seed = defaults.seed } = options;
  const { width, graph } = opened.body;
  let session: Promise<Session> | undefined;
  const load = (): Promise<Session> => {
    session ??= openSession(machine.runtime, graph, { label: `base "${opened.base.name}"`, spinning: false });
    return session;
  };
  const most = headOnly ? wordsToSolve : wordsToStart;
  const train = sampleSentences(partOf(data, "train"), inputs, most, seed);
  const validation = sampleSentences(partOf(data, "validation"), inputs, most / 2, seed);
  const all = [...train, ...validation];
  // The words of the test split go through the body too, with the head behind it.
  const passed = [...all, ...partOf(data, "test")].map((item) => ({ ...item, path: data.root }));
  const bySha = new Map(passed.map((item) => [item.sha256, item]));
  const items = passed.slice(0, all.length);
  const store = await openFeatures(opened, machine.runtime, machine.platform, { ...options, onEvent });
  // The rows of the test split are not stored: its words are predicted with the head behind the body.
  const stored = new Set(all.map(({ sha256 }) => sha256));
  const measured: FeatureStore = {
    forEach: async () => undefined,
    async put(names, rows) {
      for (const [i, name] of names.entries())
        if (stored.has(name.slice(0, name.indexOf(" "))))
          await store.put([name], rows.subarray(i * width, (i + 1) * width));
    },
  };
  const words = all.reduce((n, item) => n + inputs.placesOf(item).length, 0);
  requireMemory(
    { items: words, examples: words, width, classes: data.labels.length },
    memoryOf(options, machine.platform.memoryBytes()),
  );
  return {
    session: load,
    store,
    train,
    validation,
    items,
    missing: async () => [
      ...(await missingSentences(all, inputs, store)).map((i) => passed[i]!),
      ...passed.slice(all.length),
    ],
    features: async (some, { signal }) => {
      const rows = some.map(({ sha256 }) => bySha.get(sha256)!);
      const table = await wordFeatures(rows, {
        session: load,
        inputs,
        width,
        store: measured,
        signal,
      });
      table.rows.close();
      return rowTable(0, width);
    },
    close: async () => {
      try {
        await store.close();
      } catch (error) {
        const lost = message("features-not-kept", { why: messageOf(error) });
        onEvent({ event: "warning", ...warningText("cache", lost) });
      }
      await (await session)?.dispose();
      session = undefined;
    },
  };
}
