import type { SentenceItem } from "../../data/entities/open-entities.js";
import { openSession } from "../../runtime/open.js";
import type { Session } from "../../runtime/runtime.js";
import { rowTable } from "../../train/row-table.js";
import { defaults } from "../options.js";
import type { Trunk } from "../setup.js";
import { partOf, type Tagging } from "./stage.js";
import { fewerWords, wordFeatures, wordsToSolve, wordsToStart } from "./word-features.js";

/** The frozen body, and the sentences whose words go through it. */
export interface WordTrunk extends Trunk {
  readonly session: () => Promise<Session>;
  /** Whose words solve the head, and choose its strength. */
  readonly train: readonly SentenceItem[];
  readonly validation: readonly SentenceItem[];
  /** Both as items of a data set, and their words. */
  readonly items: readonly (SentenceItem & { readonly path: string })[];
  readonly words: number;
}

/** @param alone whether the head is all that is learnt: then it is solved on more words */
export function openWordTrunk({ context, data, inputs }: Tagging, alone: boolean): WordTrunk {
  const { runtime, opened, options } = context;
  const { seed = defaults.seed } = options;
  const { width, graph } = opened.body;
  let session: Promise<Session> | undefined;
  const load = (): Promise<Session> => {
    session ??= openSession(runtime, graph, { label: `base "${opened.base.name}"`, spinning: false });
    return session;
  };
  const most = alone ? wordsToSolve : wordsToStart;
  const train = fewerWords(partOf(data, "train"), inputs, most, seed);
  const validation = fewerWords(partOf(data, "validation"), inputs, most / 2, seed);
  const all = [...train, ...validation];
  // The words of the test part go through the body as well, with the head behind it.
  const passed = [...all, ...partOf(data, "test")].map((item) => ({ ...item, path: data.root }));
  const bySha = new Map(passed.map((item) => [item.sha256, item]));
  const items = passed.slice(0, all.length);
  return {
    session: load,
    train,
    validation,
    items,
    words: all.reduce((n, item) => n + inputs.placesOf(item).length, 0),
    missing: async () => passed,
    features: async (some, { signal }) => {
      const rows = some.map(({ sha256 }) => bySha.get(sha256)!);
      const measured = await wordFeatures(rows, {
        session: await load(),
        inputs,
        width,
        ...(signal && { signal }),
      });
      measured.rows.close();
      return rowTable(0, width);
    },
    close: async () => {
      await (await session)?.dispose();
      session = undefined;
    },
  };
}
