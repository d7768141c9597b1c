import { type Message, message } from "../../core/messages/message.js";
import { hashString } from "../../core/random.js";
import { float32, type Tensor } from "../../core/tensor.js";
import type { Augmentation, Sample } from "../../data/index.js";
import type { Distillation } from "../../methods/distillation/distillation.js";
import { augmentOptionsOf } from "../../options/augment-options.js";
import type { Context } from "../../run/context.js";
import { featureKeyOf, fedBy } from "../../run/setup.js";
import type { RowsOf } from "../../run/training/train-source.js";
import { openSession } from "../../runtime/open.js";
import type { Session } from "../../runtime/runtime.js";
import type { ClassUnit } from "../../tasks/inputs/open-class-data.js";
import { type CachedRows, openFeatureCache } from "../../train/feature-cache/feature-cache.js";
import { extractFeatures, withoutFeatures } from "../../train/features.js";
import type { OpenedTeacher } from "./open-teacher.js";
import { withResizedPixels } from "./resized-pixels.js";

/** Outputs of a teacher for the training pictures, as feeds of the loop. */
export interface TeacherRows {
  /** Returns the rows for a seed, which decides the draws of augmentation. */
  rowsOf(seed: number): RowsOf;
  /** How the teacher's outputs are computed. */
  readonly how: Message;
  /** Seconds of the teacher before the first step. */
  readonly seconds: number;
  /** Returns the seconds of the teacher per batch: the shortest so far, 0 before the first batch. */
  perBatch(): number;
  close(): Promise<void>;
}

/** Most bytes of stored rows for augmented pictures per run: enough for logits of a small dataset, not for feature maps. */
const mostStoredBytes = 2 ** 28;

interface RowsOptions {
  /** Name of the training samples. Missing: pictures. */
  readonly unit?: ClassUnit;
  readonly context: Context;
  readonly teacher: OpenedTeacher;
  readonly distillation: Distillation;
  readonly train: readonly Sample[];
  readonly augmentation: Augmentation;
  readonly epochs: number;
}

/**
 * Returns the outputs of the frozen teacher.
 *
 * Without augmentation, they are computed once before the first step, at the teacher's image size, and cached on disk. With
 * augmentation, the teacher runs during the training on the same crops as the student. Its outputs are stored for each draw,
 * so that another student or a resumed run can reuse them.
 */
export function teacherRows(options: RowsOptions): Promise<TeacherRows> {
  return options.augmentation === "none" ? predictedBefore(options) : predictedPerBatch(options);
}

async function storeOf(
  { context, teacher, distillation, augmentation }: RowsOptions,
  enabled: boolean,
): Promise<CachedRows> {
  const { machine, options, opened, onEvent } = context;
  const { height, width } = opened.base.preprocessing;
  const augment = augmentOptionsOf(options.option);
  const drawn = Object.keys(augment).length > 0 ? ` ${JSON.stringify(augment)}` : "";
  const cache = openFeatureCache({
    platform: machine.platform,
    enabled: enabled && options.cache !== false,
    onWarning: (one) => onEvent({ event: "warning", ...one }),
  });
  const key = await cache.key({
    ...(await featureKeyOf(teacher, machine.runtime, machine.platform)),
    pooling: `teacher ${JSON.stringify([distillation.parts, distillation.asks])}`,
    augmentation: augmentation === "none" ? "none" : `${augmentation}${drawn} at ${width} x ${height}`,
  });
  return cache.open(key, distillation.width);
}

async function predictedBefore(options: RowsOptions): Promise<TeacherRows> {
  const { context, teacher, distillation, train, unit } = options;
  const named = unit && { unit };
  const { machine, run, onEvent } = context;
  const begin = performance.now();
  const store = await storeOf(options, true);
  const missing = (await withoutFeatures(train, store)).length;
  let session: Promise<Session> | undefined;
  const load = (): Promise<Session> => {
    session ??= openSession(machine.runtime, fedBy(teacher, distillation.teacher), {
      label: `teacher "${teacher.name}"`,
    });
    return session;
  };
  const { signal } = context.options;
  const { rows } = await extractFeatures(train, {
    session: load,
    width: distillation.width,
    inputs: await teacher.inputs(),
    platform: machine.platform,
    store,
    scratch: () => machine.platform.files.scratch?.(run.path),
    onEvent,
    signal,
  });
  await store.close();
  await (await session)?.dispose();
  const row = new Float32Array(distillation.width);
  return {
    rowsOf:
      () =>
      async ({ indices }) =>
        splitRows(distillation, indices.length, (i) => {
          rows.read(indices[i]!, row);
          return row;
        }),
    how:
      missing === 0
        ? message("teacher-answers-cached", { pictures: train.length, ...named })
        : message("teacher-answers-before", { some: missing, pictures: train.length, ...named }),
    seconds: (performance.now() - begin) / 1000,
    perBatch: () => 0,
    close: async () => rows.close(),
  };
}

async function predictedPerBatch(options: RowsOptions): Promise<TeacherRows> {
  const { context, teacher, distillation, train, augmentation, epochs } = options;
  const { machine, opened } = context;
  const store = await storeOf(options, 4 * distillation.width * train.length * epochs <= mostStoredBytes);
  const { preprocessing } = teacher.base;
  const graph = withResizedPixels(distillation.teacher, preprocessing, opened.base.preprocessing);
  let session: Promise<Session> | undefined;
  let shortest = Number.POSITIVE_INFINITY;
  const load = (): Promise<Session> => {
    session ??= openSession(machine.runtime, graph, { label: `teacher "${teacher.name}"`, spinning: false });
    return session;
  };
  return {
    rowsOf:
      (seed) =>
      async ({ epoch, indices, pixels }) => {
        const names = indices.map((i) => {
          const { sha256, id } = train[i]!;
          return `${sha256} ${hashString(id)} ${seed} ${epoch}`;
        });
        const known = await store.get(names);
        if (known.every((row) => row !== undefined))
          return splitRows(distillation, indices.length, (i) => known[i]!);
        const loaded = await load();
        const begin = performance.now();
        const out = await loaded.run({ [loaded.inputs[0]!.name]: pixels });
        shortest = Math.min(shortest, (performance.now() - begin) / 1000);
        const all = Object.values(out)[0]!.data as Float32Array;
        await store.put(names, all);
        return splitRows(distillation, indices.length, (i) =>
          all.subarray(i * distillation.width, (i + 1) * distillation.width),
        );
      },
    how: message("teacher-answers-augmented", { augmentation }),
    seconds: 0,
    perBatch: () => (Number.isFinite(shortest) ? shortest : 0),
    close: async () => {
      await store.close();
      await (await session)?.dispose();
    },
  };
}

/** Splits rows into named tensors: `teacher` float32[B, C], `hint` float32[B, C, h, w], … */
function splitRows(
  { parts }: Distillation,
  count: number,
  row: (i: number) => Float32Array,
): Record<string, Tensor> {
  const data = parts.map(({ size }) => new Float32Array(count * size));
  for (let i = 0; i < count; i++) {
    const one = row(i);
    for (const [k, { first, size }] of parts.entries())
      data[k]!.set(one.subarray(first, first + size), i * size);
  }
  return Object.fromEntries(parts.map(({ name, shape }, k) => [name, float32([count, ...shape], data[k]!)]));
}
