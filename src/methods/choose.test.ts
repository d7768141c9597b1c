import { describe, expect, test } from "vitest";
import { inEnglish } from "../core/messages/message.js";
import { chooseByRules, chooseByTrials, type Known, triedOf } from "./choose.js";

const pictures = (examples: number, classes: number): Known => ({
  unit: "pictures",
  examples,
  fewest: { name: "ant", count: Math.floor(examples / classes) },
  classes,
  validation: Math.round(examples / 5),
  probe: { accuracy: 0.8, n: examples },
});
const nameOf = (known: Known): string => chooseByRules(known).name;

test("fine-tunes from 40 samples on, if there are 8 a class", () => {
  expect([nameOf(pictures(39, 2)), nameOf(pictures(40, 2)), nameOf(pictures(40, 5))]).toEqual([
    "probe",
    "finetune",
    "finetune",
  ]);
  expect([nameOf(pictures(79, 10)), nameOf(pictures(80, 10))]).toEqual(["probe", "finetune"]);
});

test("a rare class alone does not prevent fine-tuning: the mean number of samples decides", () => {
  const known = { ...pictures(300, 3), fewest: { name: "rare", count: 2 } };
  expect(nameOf(known)).toBe("finetune");
});

test("the reason names the samples and the number from which all weights train", () => {
  const [first] = chooseByRules(pictures(40, 10)).reasons;
  expect(first).toEqual({
    code: "few-samples-of-classes",
    values: { samples: 40, unit: "pictures", fewest: 4, class: "ant", from: 80 },
  });
});

describe("a short training that diverged counts as the worst", () => {
  const choice = { name: "finetune", reasons: [], trials: true } as const;
  const chosen = (
    unit: Known["unit"],
    discriminative: number | null,
    finetune: number | null,
    ngrams: readonly number[] = [],
  ) =>
    chooseByTrials(
      choice,
      [
        { strategy: "probe", validation_accuracy: 0.8 },
        ...ngrams.map((accuracy) => ({ strategy: "ngram-probe", validation_accuracy: accuracy }) as const),
        { strategy: "discriminative", validation_accuracy: discriminative },
        { strategy: "finetune", validation_accuracy: finetune },
      ],
      { unit, validation: 100 },
    );

  test("both of pictures or sounds: the weights stay frozen", () => {
    expect(chosen("pictures", null, null).name).toBe("probe");
    expect(chosen("clips", null, null).name).toBe("probe");
    expect(chosen("texts", null, null, [0.85]).name).toBe("ngram-probe");
  });

  test("one of them: the other decides, by the same rules", () => {
    expect(chosen("pictures", null, 0.81).name).toBe("finetune");
    // √(0.8 · 0.2 / 100) = 0.04
    expect(chosen("pictures", null, 0.75).name).toBe("probe");
    expect(chosen("pictures", 0.9, null).name).toBe("discriminative");
    expect(chosen("clips", null, 0.83).name).toBe("probe");
    expect(chosen("texts", null, 0.82, [0.8]).name).toBe("ngram-probe");
    expect(chosen("texts", null, 0.9, [0.8]).name).toBe("finetune");
  });

  test("texts have no trial of rates that stay high, which they could not choose", () => {
    const trials = [
      { strategy: "probe", validation_accuracy: 0.8 },
      { strategy: "finetune", validation_accuracy: 0.9 },
    ] as const;
    expect(triedOf("texts")).toEqual(["finetune"]);
    const { name, reasons } = chooseByTrials(choice, trials, { unit: "texts", validation: 100 });
    expect(name).toBe("finetune");
    expect(reasons[0]).toMatchObject({ code: "short-trainings", values: { finetune: 0.9, probe: 0.8 } });
    expect(reasons[0]).not.toHaveProperty("values.discriminative");
  });

  test("the reason names it", () => {
    expect(inEnglish(chosen("pictures", null, 0.75).reasons)).toContain(
      "discriminative diverged, finetune 75.0 %, the linear probe 80.0 %",
    );
  });
});

describe("sounds", () => {
  const choice = { name: "finetune", reasons: [], trials: true } as const;
  const trials = (probe: number, finetune: number) =>
    [
      { strategy: "probe", validation_accuracy: probe },
      { strategy: "discriminative", validation_accuracy: 0.5 },
      { strategy: "finetune", validation_accuracy: finetune },
    ] as const;
  const how = { unit: "clips", validation: 100 } as const;

  test("of few speakers or recordings keep the probe without short trainings", () => {
    const known = { ...pictures(300, 3), unit: "clips", validation: 200, validationGroups: 9 } as const;
    const { name, trials, reasons } = chooseByRules(known);
    expect([name, trials]).toEqual(["probe", undefined]);
    expect(inEnglish(reasons)).toContain("the validation clips are of 9 groups: too few");
    expect(chooseByRules({ ...known, validationGroups: 10 }).trials).toBe(true);
    const ofPictures = chooseByRules({ ...known, unit: "pictures" });
    expect([ofPictures.name, ofPictures.trials]).toEqual(["finetune", undefined]);
    expect(inEnglish(ofPictures.reasons)).toContain("the validation pictures are of 9 groups: too few");
  });

  test("keep the probe unless a short training beats it by more than one standard error", () => {
    // √(0.8 · 0.2 / 100) = 0.04
    expect(chooseByTrials(choice, trials(0.8, 0.835), how).name).toBe("probe");
    expect(chooseByTrials(choice, trials(0.8, 0.845), how).name).toBe("finetune");
  });
});
