import { expect, test, vi } from "vitest";
import { inEnglish } from "../../core/messages/message.js";
import { scoredBy } from "../../evaluate/metric-sums.js";
import type { Extension } from "../../train/fit.js";
import { commandLine } from "../command-line.js";
import type { Context } from "../context.js";
import type { TrainableTask } from "../trainable-task.js";
import { keepBest, type MadeModel, warnOfScratch } from "./keep-best.js";

vi.mock("./with-rival.js", () => ({
  withRival: (decided: unknown) => decided,
  withHeadOnTrained: () => undefined,
}));

interface Right {
  readonly held: readonly number[];
}
/** Epochs of a training whose second one is the best. @param beside score of the others */
function trainedBy(beside: readonly number[], score: number) {
  const scores = beside.length === 0 ? [score] : [beside[0]!, score, ...beside.slice(1)];
  const epochs = scores.map((own, i) => ({ epoch: i + 1, validation: { score: own, loss: 1 } }));
  return { epochs, bestEpoch: Math.min(2, scores.length), best: { score, loss: 1 } };
}

type Task = TrainableTask<Right, never, object, never>;
type Made = MadeModel<Right, never, object>;

/** A fine-tuned model that is right on the first `own` of 80 validation clips, and another model that is right on the others. */
function models(
  own: number,
  losses: Readonly<Record<string, number>>,
  {
    speakers,
    rival,
    epochs,
  }: { readonly speakers: number; readonly rival: string; readonly epochs: readonly number[] },
): readonly [Task, Made] {
  const items = Array.from({ length: 80 }, (_, i) => ({
    ...{ id: `${i}`, part: "validation", group: `${i % speakers}` },
  }));
  const answers = (isRight: (i: number) => boolean): Right => ({
    held: items.map((_, i) => Number(isRight(i))),
  });
  const scored = ({ held }: Right) => scoredBy({ metric: "accuracy", k: 1, values: held });
  const context = { options: {}, opened: {}, dataset: { items } };
  const modelOf = (name: string, isRight: (i: number) => boolean) => ({
    ...{ name, context, answers: answers(isRight), recipe: [], seconds: 1 },
    validation: { score: scored(answers(isRight)).value, loss: losses[name] },
    ...(name === "probe" && { staysIfLossRises: true }),
  });
  const trained = {
    context,
    planned: { strategy: { name: "finetune", reasons: [] } },
    solved: { rivals: [modelOf(rival, (i) => i >= own)] },
    fitted: { seconds: 1, ...trainedBy(epochs, own / 80) },
  };
  const task = { score: "accuracy", scoredOnValidation: scored } as unknown as Task;
  return [task, { trained, model: modelOf("finetune", (i) => i < own) } as unknown as Made];
}

/** Returns the kept model, and the standard error that decided. */
const keptOf = async (
  own: number,
  {
    losses = { finetune: 0.4, probe: 0.5, head: 0.5 },
    speakers = 80,
    rival = "probe",
    epochs = [] as readonly number[],
  } = {},
) => {
  const [task, made] = models(own, losses, { speakers, rival, epochs });
  const { kept } = await keepBest(task, made, async () => made.model);
  const { name, reasons } = kept.trained.planned.strategy;
  return [name, Number(/"error":([\d.]+)/.exec(JSON.stringify(reasons))?.[1])] as const;
};

/** Returns the reason in English. */
const reasonOf = async (own: number, { speakers }: { readonly speakers: number }): Promise<string> => {
  const losses = { finetune: 0.4, probe: 0.5 };
  const [task, made] = models(own, losses, { speakers, rival: "probe", epochs: [0.66, 0.68] });
  const { kept } = await keepBest(task, made, async () => made.model);
  return inEnglish([kept.trained.planned.strategy.reasons.at(-1)!]);
};

test("the training is kept if it is better by more than one standard error", async () => {
  // Differences of 1 on 56 clips and −1 on 24: mean 0.4, standard error √((1 − 0.4²) / 79) = 0.103.
  const [name, error] = await keptOf(56);
  expect(name).toBe("finetune");
  expect(error).toBeCloseTo(0.103, 2);
});

test("of fewer than 10 groups there is no standard error, so the simpler model stays, and the reason says so", async () => {
  for (const rival of ["head", "probe"]) {
    expect(await keptOf(56, { speakers: 9, rival })).toEqual([rival, Number.NaN]);
    expect((await keptOf(56, { speakers: 10, rival }))[0]).toBe("finetune");
  }
  expect(await reasonOf(56, { speakers: 9 })).toBe(
    "kept probe by validation: finetune 70.0 % (best of 3 epochs), probe 30.0 % on 80 validation samples: these are of 9 groups, too few to tell for other groups, so the simpler model is kept",
  );
});

test("the probe stays if the training is better by less than one standard error", async () => {
  // Differences of 1 on 42 clips and −1 on 38: mean 0.05, standard error √((1 − 0.05²) / 79) = 0.112.
  expect((await keptOf(42))[0]).toBe("probe");
});

test("the epochs about as good as the best one decide, not its own score", async () => {
  // 60 % against 40 %, standard error √((1 − 0.2²) / 79) = 11.0 points: a mean of 0.52 leads by 12 points, 0.5 by 10.
  for (const rival of ["probe", "head"]) {
    expect((await keptOf(48, { rival, epochs: [0.51, 0.53] }))[0]).toBe("finetune");
    expect((await keptOf(48, { rival, epochs: [0.49, 0.51] }))[0]).toBe(rival);
  }
  // 70 % against 30 %, 10.3 points: a steep rise takes off at most Φ⁻¹(2.625 / 3.25) = 0.87 of them, which leaves 31 points.
  expect((await keptOf(56, { rival: "head", epochs: [0, 0.1] }))[0]).toBe("finetune");
});

test("the probe of sounds stays if the training has the better score and the higher loss", async () => {
  const losses = (finetune: number) => ({ finetune, probe: 0.5, head: 0.5 });
  expect((await keptOf(56, { losses: losses(0.6) }))[0]).toBe("probe");
  expect((await keptOf(56, { losses: losses(0.4) }))[0]).toBe("finetune");
  expect((await keptOf(56, { rival: "head", losses: losses(0.6) }))[0]).toBe("finetune");
});

test("the command for the better model from scratch also makes the extensions of the run", () => {
  const commandFor = (extensions?: readonly Extension[]): string => {
    const said: string[] = [];
    const context = {
      options: { strategy: "full" },
      run: { path: "runs/hard", manifest: { data: "hard", options: { strategy: "full" }, extensions } },
      machine: { command: commandLine },
      onEvent: ({ message }: { readonly message: string }) => void said.push(message),
    } as unknown as Context;
    const validation = { transfer: 0.6, scratch: 0.9 };
    const difference = { gain: -0.3, n: 30, models_ci95: [-0.4, -0.2] as const };
    warnOfScratch(context, { kept: "scratch", words: "", other: 0.6, validation, difference });
    return said.join().split("For from scratch: ")[1]!;
  };
  const first = 'engraft train "hard" --strategy full --safe --out "runs/hard-safe"';
  const more = 'engraft train --resume "runs/hard-safe" --more';
  expect(commandFor()).toBe(first);
  expect(commandFor([{ epochs: 5 }, { seconds: 60 }])).toBe(`${first} && ${more} 5 && ${more} 60s`);
});

test("a training that is not kept is a baseline by the mean of its epochs about as good, not by its best one", async () => {
  // 42 of 80 and 38 of 80 right: within one standard error, so the simpler model stays.
  const [task, made] = models(
    42,
    { finetune: 0.4, probe: 0.5 },
    {
      ...{ speakers: 80, rival: "probe", epochs: [0.45, 0.475] },
    },
  );
  const { kept } = await keepBest(task, made, async () => made.model);
  expect(kept.trained.planned.strategy.name).toBe("probe");
  const [network] = kept.model.others!;
  expect(network!.validation.score).toBeCloseTo((0.45 + 0.475) / 2, 12);
});
