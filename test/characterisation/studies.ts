// The cases of what is not one training of one task: other regimes, and studies over many runs.
import {
  adapt,
  compare,
  diagnose,
  distill,
  learningCurve,
  pretrain,
  rank,
  reportRuns,
  train,
} from "../../src/index.js";
import { type Case, type CasePlace, repeatable } from "./case.js";
import { type ToyTask, tasks } from "./tasks.js";

const brief = { epochs: 2, option: { keep: "last" } } as const;

/** Options of one training of a toy task. */
async function options(name: ToyTask, { toy }: CasePlace) {
  const row = tasks[name];
  const base = "base" in row ? { base: await toy(row.base) } : {};
  const target = "target" in row ? { target: row.target } : {};
  return { data: await toy(row.data), given: { ...repeatable, ...base, ...target } };
}

/** Distillation: a teacher of another family, with and without seeds. */
export const distillations: readonly Case[] = [
  ["soft", { method: "soft" }],
  ["hints", { method: "hints,attention,relational" }],
  ["seeds", { method: "soft", seeds: 2 }],
  ["alone", { method: "soft", comparison: false }],
].map(([name, more]) => ({
  name: `distillation-${name}`,
  run: async (place) => {
    const { data, given } = await options("picture-classes", place);
    const { out, onEvent, toy } = place;
    const teacher = await toy("teacher");
    const result = await distill(data, { ...given, ...brief, ...(more as object), teacher, out, onEvent });
    return { result, scoredOn: [data], inputs: await tasks["picture-classes"].inputs(toy) };
  },
}));

/** Adaptation: several methods on pictures, one on texts. */
export const adaptations: readonly Case[] = [
  ...(["source-only", "dann", "deep-coral"] as const).map(
    (method): Case => ({
      name: `adaptation-pictures-${method}`,
      run: async ({ toy, out, onEvent }) => {
        const [source, target] = [await toy("light-bars"), await toy("dark-bars")];
        const small = { base: "lenet", imageSize: 16, epochs: 2, batchSize: 8 };
        const result = await adapt(source, target, {
          ...small,
          method,
          threads: 1,
          cache: false,
          out,
          onEvent,
        });
        return { result, scoredOn: [target], inputs: [`${target}/lying/0.png`, `${target}/standing/0.png`] };
      },
    }),
  ),
  {
    name: "adaptation-texts-dann",
    run: async ({ toy, out, onEvent }) => {
      const [source, target] = [await toy("texts"), await toy("other-texts")];
      const result = await adapt(source, target, {
        ...{ method: "dann", epochs: 2, batchSize: 8, threads: 1, cache: false },
        ...{ out, onEvent },
      });
      return { result, scoredOn: [target], inputs: await tasks["text-classes"].inputs() };
    },
  },
];

/** Pretraining: hidden words, and next words. */
export const pretrainings: readonly Case[] = (
  [
    ["masked", "text-base"],
    ["causal", "decoder"],
  ] as const
).map(([name, base]) => ({
  name: `pretraining-${name}`,
  run: async ({ toy, out, onEvent }) => {
    const length = { epochs: 2, batchSize: 4, maxLength: 24, lr: 1e-3, threads: 1 } as const;
    return {
      result: await pretrain(await toy("plain-texts"), { ...length, base: await toy(base), out, onEvent }),
    };
  },
}));

/** Comparisons of strategies. */
export const comparisons: readonly Case[] = (
  ["picture-classes", "picture-numbers", "text-labels", "entities", "table-classes"] as const
).map((task) => ({
  name: `comparison-${task}`,
  run: async (place) => {
    const { data, given } = await options(task, place);
    const { out, onEvent } = place;
    const strategies = ["probe", "finetune"];
    return { result: await compare(data, { ...given, strategies, epochs: 1, seeds: 2, out, onEvent }) };
  },
}));

/** Learning curves. */
export const curves: readonly Case[] = (
  ["picture-classes", "text-classes", "text-labels", "entities", "table-classes"] as const
).map((task) => ({
  name: `curve-${task}`,
  run: async (place) => {
    const { data, given } = await options(task, place);
    const { out, onEvent } = place;
    return {
      result: await learningCurve(data, {
        ...{ ...given, epochs: 1, sizes: [10, 30], seeds: 1, out, onEvent },
        ...("base" in given && { scratchSteps: 24 }),
      }),
    };
  },
}));

/** Dry runs, rankings and diagnoses. */
export const inspections: readonly Case[] = [
  ...(["picture-classes", "text-classes", "entities", "table-classes"] as const).map(
    (task): Case => ({
      name: `dry-run-${task}`,
      run: async (place) => {
        const { data, given } = await options(task, place);
        return {
          result: await train(data, { ...given, out: place.out, dryRun: true, onEvent: place.onEvent }),
        };
      },
    }),
  ),
  ...(["picture-classes", "text-classes"] as const).map(
    (task): Case => ({
      name: `rank-${task}`,
      run: async (place) => {
        const { data } = await options(task, place);
        const bases = [await place.toy("picture-base"), await place.toy("other-picture-base")];
        const source = await place.toy("other-pictures");
        const { onEvent } = place;
        return { result: await rank(data, { bases, source, threads: 1, cache: false, onEvent }) };
      },
    }),
  ),
  ...(["picture-classes", "text-classes", "table-classes"] as const).map(
    (task): Case => ({
      name: `diagnosis-${task}`,
      run: async (place) => {
        const { data, given } = await options(task, place);
        const { base, target } = given as { readonly base?: string; readonly target?: string };
        const { out, onEvent } = place;
        const small = { groups: 2, seeds: 1, epochs: 1, threads: 1, cache: false };
        return {
          result: await diagnose(data, {
            ...(base && { base }),
            ...(target && { target }),
            ...small,
            out,
            onEvent,
          }),
        };
      },
    }),
  ),
];

/** Two runs on one page. */
export const pairs: readonly Case[] = (["picture-classes", "entities", "table-classes"] as const).map(
  (task) => ({
    name: `side-by-side-${task}`,
    run: async (place) => {
      const { data, given } = await options(task, place);
      const { out } = place;
      const runs = [0, 1].map((seed) => `${out}-of-seed-${seed}`);
      for (const [seed, run] of runs.entries())
        await train(data, { ...given, ...brief, seed, ...(seed === 1 && { epochs: 1 }), out: run });
      const pages = { en: `${out}-en.html`, zh: `${out}-zh.html` };
      const result = await reportRuns(runs, { out: pages.en });
      await reportRuns(runs, { out: pages.zh, lang: "zh" });
      return { result, pages };
    },
  }),
);
