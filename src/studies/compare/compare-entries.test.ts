import { expect, test } from "vitest";
import { strategies } from "../../methods/registry.js";
import { entriesOf, optionsOfEntry } from "./compare-entries.js";

test("parses a name, and a name with options", () => {
  expect(entriesOf(["probe", " last-n:last=2:label-smoothing=0.1"])).toEqual([
    { label: "probe", strategy: "probe" },
    {
      label: "last-n:last=2:label-smoothing=0.1",
      strategy: "last-n",
      option: { last: 2, labelSmoothing: 0.1 },
    },
  ]);
});

test("an entry may have its own augmentation", () => {
  const [typo, both] = entriesOf(["finetune:augment=typo", "finetune:augment=delete+swap:noise=0.2"]);
  expect(typo).toEqual({ label: "finetune:augment=typo", strategy: "finetune", augment: "typo" });
  expect(both).toMatchObject({ augment: "delete,swap", option: { noise: 0.2 } });
  expect(optionsOfEntry(both!, { augment: "typo" }, [both!])).toEqual({
    strategy: "finetune",
    augment: "delete,swap",
    option: { noise: 0.2 },
  });
});

test("a probe gets no options of training steps if another entry uses them", () => {
  const ofSteps = { epochs: 3, batchSize: 8, lr: 0.01, optimizer: "sgd", augment: "strong" } as const;
  const shared = { ...ofSteps, tta: 3 };
  const entries = entriesOf(["probe", "full"]);
  const [probe, full] = entries;
  expect(optionsOfEntry(probe!, shared, entries)).toEqual({ strategy: "probe", tta: 3 });
  expect(optionsOfEntry(full!, shared, entries)).toEqual({ ...shared, strategy: "full" });
  // No entry uses them: the run refuses them.
  expect(optionsOfEntry(probe!, shared, [probe!])).toEqual({ ...shared, strategy: "probe" });
});

test("all stands for every strategy of the registry except auto", () => {
  const names = Object.keys(strategies).filter((name) => name !== "auto");
  expect(entriesOf(["all"]).map(({ strategy }) => strategy)).toEqual(names);
});

test("a shared option applies to entries that have it; an entry's own value has priority", () => {
  const shared = { last: 3, labelSmoothing: 0.1 };
  expect(entriesOf(["probe", "full", "last-n", "last-n:last=1"], shared)).toEqual([
    { label: "probe", strategy: "probe" },
    { label: "full", strategy: "full", option: { labelSmoothing: 0.1 } },
    { label: "last-n", strategy: "last-n", option: { last: 3, labelSmoothing: 0.1 } },
    { label: "last-n:last=1", strategy: "last-n", option: { last: 1, labelSmoothing: 0.1 } },
  ]);
});

test("an unknown or repeated strategy is refused, with the known ones", () => {
  expect(() => entriesOf(["probe", "finetun"])).toThrow('there is no strategy "finetun"');
  expect(() => entriesOf([""])).toThrow(expect.objectContaining({ details: { strategy: "" } }));
  expect(() => entriesOf([])).toThrow("there is nothing to compare");
  expect(() => entriesOf(["probe", "full", "probe"])).toThrow('"probe" is to be compared with itself');
  expect(() => entriesOf(["last-n:last"])).toThrow('"last" is no option of a strategy');
  try {
    entriesOf(["finetun"]);
  } catch (error) {
    expect((error as { help: string }).help).toMatch(
      /^did you mean finetune\? give strategies with commas between, of auto, probe, /,
    );
  }
});

test("an option that no entry has is refused", () => {
  expect(() => entriesOf(["probe", "full"], { last: 2 })).toThrow(
    "none of the strategies to compare has an option last",
  );
});
