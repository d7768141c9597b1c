import { expect, test, vi } from "vitest";
import { scoredBy } from "../../evaluate/metric-sums.js";
import type { TrainableTask } from "../trainable-task.js";
import { keepBest, type MadeModel } from "./keep-best.js";

vi.mock("./with-rival.js", () => ({
  withRival: (decided: unknown) => decided,
  withHeadOnTrained: () => undefined,
}));

interface Right {
  readonly held: readonly number[];
}
type Task = TrainableTask<Right, never, object, never>;
type Made = MadeModel<Right, never, object>;

/** A fine-tuned model that is right on the first `own` of 80 validation clips, and another model that is right on the others. */
function models(
  own: number,
  losses: Readonly<Record<string, number>>,
  { speakers, rival }: { readonly speakers: number; readonly rival: string },
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
    ...{ validation: { score: 0, loss: losses[name] }, ...(name === "probe" && { staysIfUnsure: true }) },
  });
  const trained = {
    context,
    planned: { strategy: { name: "finetune", reasons: [] } },
    solved: { rivals: [modelOf(rival, (i) => i >= own)] },
    fitted: { seconds: 1 },
  };
  const task = { score: "accuracy", scoredOnValidation: scored } as unknown as Task;
  return [task, { trained, model: modelOf("finetune", (i) => i < own) } as unknown as Made];
}

/** Returns the kept model, and the standard error that decided. */
const keptOf = async (
  own: number,
  { losses = { finetune: 0.4, probe: 0.5, head: 0.5 }, speakers = 80, rival = "probe" } = {},
) => {
  const [task, made] = models(own, losses, { speakers, rival });
  const { kept } = await keepBest(task, made, async () => made.model);
  const { name, reasons } = kept.trained.planned.strategy;
  return [name, Number(/"error":([\d.]+)/.exec(JSON.stringify(reasons))?.[1])] as const;
};

test("the training is kept if it is better by more than one standard error", async () => {
  // Differences of 1 on 56 clips and −1 on 24: mean 0.4, standard error √((1 − 0.4²) / 79) = 0.103.
  const [name, error] = await keptOf(56);
  expect(name).toBe("finetune");
  expect(error).toBeCloseTo(0.103, 2);
});

test("of fewer than 10 groups, the error of single samples decides, but the probe of sounds stays", async () => {
  expect((await keptOf(56, { speakers: 9, rival: "head" }))[0]).toBe("finetune");
  expect((await keptOf(56, { speakers: 9 }))[0]).toBe("probe");
  expect((await keptOf(56, { speakers: 10 }))[0]).toBe("finetune");
});

test("the probe stays if the training is better by less than one standard error", async () => {
  // Differences of 1 on 42 clips and −1 on 38: mean 0.05, standard error √((1 − 0.05²) / 79) = 0.112.
  expect((await keptOf(42))[0]).toBe("probe");
});

test("the probe stays if the training has the better score and the higher loss", async () => {
  expect((await keptOf(56, { losses: { finetune: 0.6, probe: 0.5, head: 1 } }))[0]).toBe("probe");
  expect((await keptOf(56, { losses: { finetune: 0.5, probe: 0.6, head: 1 } }))[0]).toBe("finetune");
});
