import type { FeatureMap } from "../../bases/dense/dense-head.js";
import type { OnProgress } from "../../core/events/progress-events.js";
import { viewOf } from "../../data/augment/views.js";
import { batches, requirePictures } from "../../data/index.js";
import type { Context } from "../../run/context.js";
import { fedBy, type Trunk } from "../../run/setup.js";
import type { HeldSource } from "../../run/training/train-source.js";
import { openSession } from "../../runtime/open.js";
import type { Session } from "../../runtime/runtime.js";
import { rowTable } from "../../train/objectives/row-table.js";

/** A frozen backbone with maps of features. */
export interface DenseTrunk extends Trunk {
  /**
   * Computes the maps of each picture, as it is and mirrored.
   * @param read maps: float32[C, h, w] of each map. If it returns true, no other picture follows
   */
  eachView(
    held: HeldSource,
    how: { readonly onEvent?: OnProgress; readonly signal?: AbortSignal },
    read: (maps: readonly Float32Array[], index: number, mirrored: boolean) => Promise<boolean>,
  ): Promise<void>;
}

/** Position of the mirrored picture among the views. */
const mirrored = 1;

/** Opens the frozen backbone. Its maps are not stored: a picture has up to a megabyte of them, and they are read once. */
export async function openDenseTrunk(
  { opened, machine, dataset, inputs }: Context,
  maps: readonly FeatureMap[],
): Promise<DenseTrunk> {
  let session: Promise<Session> | undefined;
  const load = (): Promise<Session> => {
    const label = `base "${opened.base.name}"`;
    session ??= openSession(machine.runtime, fedBy(opened, opened.body.graph), { label });
    return session;
  };
  const { preprocessing, decoded, platform } = requirePictures(inputs);
  const { height, width } = preprocessing;
  const run = async (pixels: Uint8Array): Promise<Float32Array[]> => {
    const input = { dtype: "uint8", dims: [1, height, width, 3], data: pixels } as const;
    const values = Object.values(await (await load()).run({ pixels: input }));
    return joinedMaps(
      values.map(({ data }) => data as Float32Array),
      maps,
    );
  };
  const eachPicture = async (
    items: HeldSource["items"],
    views: readonly number[],
    read: (maps: Float32Array[], index: number, view: number) => Promise<boolean>,
    signal: AbortSignal | undefined,
  ): Promise<void> => {
    const how = { batchSize: 1, preprocessing, decoded, platform, signal };
    for await (const { pixels, indices } of batches(items, how))
      for (const view of views)
        if (await read(await run(viewOf({ height, width, data: pixels }, view).data), indices[0]!, view))
          return;
  };
  return {
    missing: async () => dataset.items.filter(({ part }) => part === "train"),
    features: async (items, { signal }) => {
      await eachPicture(items, [0, mirrored], async () => false, signal);
      return rowTable(0, opened.body.width);
    },
    async eachView({ items }, { onEvent, signal }, read) {
      const total = items.length;
      let done = 0;
      const report = (): void =>
        onEvent?.({ event: "progress", phase: "features", done, total, unit: "pictures" });
      await eachPicture(
        items,
        [0, mirrored],
        async (found, index, view) => {
          const isLast = await read(found, index, view === mirrored);
          if (view === mirrored) {
            done++;
            report();
          }
          return isLast;
        },
        signal,
      );
    },
    close: async () => {
      await (await session)?.dispose();
      session = undefined;
    },
  };
}

/** Joins the values of each map along their channels. */
function joinedMaps(values: readonly Float32Array[], maps: readonly FeatureMap[]): Float32Array[] {
  let next = 0;
  return maps.map((map) => {
    const own = values.slice(next, next + map.values.length);
    next += own.length;
    if (own.length === 1) return own[0]!;
    const all = new Float32Array(own.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const one of own) {
      all.set(one, at);
      at += one.length;
    }
    return all;
  });
}
