// Another table as source of a table: what is chosen, saved, reported and refused.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { draws } from "../../src/core/random.js";
import {
  type EngraftEvent,
  evaluate,
  explain,
  load,
  resume,
  type TrainOptions,
  train,
} from "../../src/index.js";
import { engraft } from "../support/fixtures.js";
import { stopRun } from "../support/stop-run.js";

const root = mkdtempSync(join(tmpdir(), "engraft-with-source-"));
const path = (...parts: string[]): string => join(root, ...parts);
const write = (name: string, lines: readonly string[]): void =>
  writeFileSync(path(name), `${lines.join("\n")}\n`);
let runs = 0;

const { uniform } = draws(1, "with-source-test");
const sides = ["north", "south", "east"];
/** A row whose price needs a threshold of two columns: few rows do not show it. @param slope −1: the opposite relation */
const row = (shift: number, slope = 1): readonly string[] => {
  const [rooms, age, side] = [10 * uniform(), 5 * uniform(), sides[Math.floor(3 * uniform())]!];
  const worth = 3 * rooms + (rooms > 5 && age > 2 ? 12 : 0) + (side === "north" ? 4 : 0);
  return [rooms.toFixed(3), age.toFixed(3), side, (slope * worth + shift + uniform()).toFixed(3)];
};
const rows = (count: number, shift: number, slope?: number) =>
  Array.from({ length: count }, () => row(shift, slope));
const csv = (table: readonly (readonly string[])[], target = "price"): string[] => [
  `rooms,age,side,${target}`,
  ...table.map((cells) => cells.join(",")),
];
/** The same rows with a class: few large rooms, or many old ones. @param flipped exchange the classes */
const classes = (table: readonly (readonly string[])[], flipped = false) =>
  csv(
    table.map(([rooms, age, side]) => {
      const isDear = Number(rooms) > 5 !== Number(age) > 2.5;
      return [rooms!, age!, side!, isDear === flipped ? "cheap" : "dear"];
    }),
    "label",
  );

const target = rows(180, 5);
const source = rows(700, 0);
beforeAll(() => {
  process.env.ENGRAFT_CACHE = path("cache");
  write("target.csv", csv(target));
  write("source.csv", csv(source));
  write("opposite.csv", csv(rows(700, 40, -1)));
  write("target-classes.csv", classes(target));
  write("source-classes.csv", classes(source));
  write("flipped-classes.csv", classes(source, true));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function trained(data: string, other: string, options: TrainOptions = {}) {
  const warnings: string[] = [];
  const onEvent = (event: EngraftEvent) => {
    if (event.event === "warning") warnings.push(event.message);
  };
  const out = path(`run-${runs++}`);
  const result = await train(path(data), {
    threads: 1,
    ...{ trainSize: 30, ...(!data.includes("classes") && { target: "price" }) },
    ...options,
    with: path(other),
    out,
    onEvent,
  });
  return { result, warnings, out };
}
const refusal = async (data: string, other: string, options: TrainOptions = {}): Promise<string> => {
  const error: unknown = await trained(data, other, options).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ help: expect.stringMatching(/\w/) });
  return (error as Error).message;
};

test.each([
  ["numbers", "target.csv", "source.csv"],
  ["classes", "target-classes.csv", "source-classes.csv"],
])(
  "a source with the same relation is used for %s, and the run says by how much it helped",
  { tags: ["thorough"] },
  async (_, data, other) => {
    const { result, out } = await trained(data, other);
    const {
      with_source: facts,
      baselines,
      verdict,
    } = result as typeof result & {
      readonly baselines: { readonly target_alone?: object };
    };
    expect(facts).toMatchObject({ source: other, rows: 700, left_out: 0, folds: 5, chosen_on: 30 });
    expect(facts!.scores.map(({ name }) => name)).toEqual(["alone", "pooled", "residual", "source"]);
    expect(facts!.kept).not.toBe("alone");
    expect(facts!.gain.of).toBe(facts!.kept);
    const [alone, kept] = ["alone", facts!.kept].map(
      (name) => facts!.scores.find((one) => one.name === name)!,
    );
    expect(facts!.gain.value).toBeCloseTo(kept!.test - alone!.test, 6);
    expect(kept!.test).toBeGreaterThan(alone!.test);
    // The difference of the verdict is the paired one of the same two models.
    expect(baselines.target_alone).toBeDefined();
    expect(verdict!.against).toBe("a model of the target alone");
    expect(verdict!.gain).toBeCloseTo(facts!.gain.value, 6);
    for (const file of ["report.html", "model/README.md"])
      expect(readFileSync(join(out, file), "utf8")).toMatch(/Source and correction/);
  },
);

test.each([
  ["numbers", "target.csv", "source.csv", "r2"],
  ["classes", "target-classes.csv", "source-classes.csv", "accuracy"],
] as const)(
  "the saved file has the reported score for %s, and reads rows of the target",
  { tags: ["thorough"] },
  async (_, data, other, score) => {
    for (const strategy of ["linear", "trees"] as const) {
      const { result } = await trained(data, other, { strategy });
      const { with_source: facts } = result as unknown as {
        readonly with_source: {
          readonly kept: string;
          readonly scores: readonly { name: string; test: number }[];
        };
      };
      const again = await evaluate(result.model, path(data));
      const [own, saved] = [result.test, again.test].map(
        (one) => (one as unknown as Record<string, number>)[score]!,
      );
      expect(saved).toBeCloseTo(own!, 6);
      // The graph of the kept candidate, run by onnxruntime, scores as its fit on the host.
      expect(own).toBeCloseTo(facts.scores.find(({ name }) => name === facts.kept)!.test, 4);
      const model = await load(result.model);
      const cells = { rooms: 3, age: 2, side: "north" };
      expect(
        await (model as unknown as { predict(rows: object[]): Promise<unknown[]> }).predict([cells]),
      ).toHaveLength(1);
      await model.close();
    }
  },
);

test("rows of the source are known to an evaluation as training rows, and predictions are explained", {
  tags: ["thorough"],
}, async () => {
  const { result } = await trained("target.csv", "source.csv");
  await expect(evaluate(result.model, path("source.csv"))).rejects.toThrow(/train/);
  const explained: unknown[] = [];
  for await (const one of explain(result.model, [{ rooms: 3, age: 2, side: "north" }])) explained.push(one);
  expect(JSON.stringify(explained)).toContain("rooms");
});

test("a resumed run refuses another source than at the start", { tags: ["thorough"] }, async () => {
  write("changing.csv", csv(source));
  const out = path("stopped");
  await stopRun(
    (how) =>
      train(path("target.csv"), { threads: 1, target: "price", with: path("changing.csv"), out, ...how }),
    ({ event }) => event === "progress",
  );
  write("changing.csv", csv(source.slice(1)));
  await expect(resume(out)).rejects.toMatchObject({ details: { changed: "table of --with" } });
  write("changing.csv", csv(source));
  expect(await resume(out)).toMatchObject({ with_source: { rows: 700 } });
});

test("a source with the opposite relation is not pooled, and the model stays as good as without it", {
  tags: ["thorough"],
}, async () => {
  const { result } = await trained("target.csv", "opposite.csv", { strategy: "linear" });
  const { with_source: facts } = result;
  expect(facts!.kept).not.toBe("pooled");
  const of = (name: string): number => facts!.scores.find((one) => one.name === name)!.test;
  expect(of("pooled")).toBeLessThan(of("alone") - 0.5);
  expect(of("source")).toBeLessThan(0);
  // Half of a standard error of the score.
  expect(of(facts!.kept)).toBeGreaterThan(of("alone") - 0.02);
});

test("eval takes rows of the source as new if the target alone is kept, and as learnt otherwise", {
  tags: ["thorough"],
}, async () => {
  // A source without a relation: its model is a constant, which corrects nothing.
  write("flat.csv", csv(source.map(([rooms, age, side]) => [rooms!, age!, side!, "50"])));
  const alone = await trained("target.csv", "flat.csv", {
    strategy: "linear",
    trainSize: undefined as never,
  });
  expect(alone.result.with_source!.kept).toBe("alone");
  const scored = await evaluate(join(alone.out, "model"), path("flat.csv"));
  expect(scored).toMatchObject({ left_out: 0, test: { n: 700 } });
  const pooled = await trained("target.csv", "source.csv", { strategy: "trees" });
  expect(pooled.result.with_source!.kept).not.toBe("alone");
  await expect(evaluate(join(pooled.out, "model"), path("source.csv"))).rejects.toMatchObject({
    details: { learnt: 700 },
  });
});

test("a dry run says that folds choose, and on the command line --with is given once", {
  tags: ["thorough"],
}, async () => {
  const line = (...args: string[]) =>
    engraft(["train", path("target.csv"), "--target", "price", "--with", path("source.csv"), ...args], {
      cache: path("cache"),
    });
  const { out } = await line("--dry-run", "--out", path("dry"));
  expect(out).toContain("unless folds of the target choose a linear model");
  expect(out).not.toContain("requested");
  expect((await line("--dry-run", "--strategy", "trees", "--out", path("dry"))).out).toContain(
    "trees (requested)",
  );
  const { err } = await line("--with", path("opposite.csv"));
  expect(err).toContain(`--with is given twice: ${path("source.csv")} and ${path("opposite.csv")}`);
});

test("a source that is chosen by folds and harms on the test split gives a warning", {
  tags: ["thorough"],
}, async () => {
  // The rows to learn from are like the source, the test rows are the opposite.
  write("drifted.csv", [
    "rooms,age,side,price,split",
    ...rows(40, 5).map((cells) => [...cells, "train"].join(",")),
    ...rows(80, 60, -1).map((cells) => [...cells, "test"].join(",")),
  ]);
  const { result, warnings } = await trained("drifted.csv", "source.csv", {
    strategy: "trees",
    trainSize: 30,
  });
  const { kept, gain } = result.with_source!;
  expect(kept).not.toBe("alone");
  expect(gain.ci95![1]).toBeLessThan(0);
  expect(warnings.join()).toMatch(/the source "source.csv" harmed: a model of the target alone is .* better/);
});

test("a source without the relation is left out, and the run says how large a lead would be needed", {
  tags: ["thorough"],
}, async () => {
  const { normal } = draws(1, "noise");
  const noise = (count: number, weight: number) =>
    csv(
      Array.from({ length: count }, () => {
        const [rooms, age] = [normal(), normal()];
        return [rooms, age, "north", weight * (rooms + age) + normal()].map(String);
      }),
    );
  write("few-normal.csv", noise(60, 1));
  write("noise.csv", noise(600, 0));
  for (let seed = 0; seed < 4; seed++) {
    const { result, out } = await trained("few-normal.csv", "noise.csv", { seed, baselines: false });
    const { kept, lead, gain } = result.with_source!;
    expect(kept).toBe("alone");
    expect(lead!.value).toBeLessThan(lead!.needed!);
    expect(gain.of).not.toBe("alone");
    const said = readFileSync(join(out, "report.html"), "utf8");
    if (lead!.value > 0) expect(said).toContain(lead!.needed!.toFixed(3));
  }
});

test("rows of the target are left out of the source, and the run says how many are of validation and test", {
  tags: ["thorough"],
}, async () => {
  const parts = [...Array(100).fill("train"), ...Array(30).fill("validation"), ...Array(50).fill("test")];
  write("split.csv", [
    "rooms,age,side,price,split",
    ...target.map((cells, i) => [...cells, parts[i]].join(",")),
  ]);
  write("leaking.csv", csv([...source, ...target.slice(90, 140)]));
  const { result, warnings } = await trained("split.csv", "leaking.csv", { trainSize: 100 });
  expect(result.with_source).toMatchObject({ rows: 700, left_out: 50 });
  expect(warnings.find((text) => text.includes("leaking.csv"))).toBe(
    '50 rows of the source "leaking.csv" left out: the target has the same, 40 of them in its validation or test split',
  );
});

test("groups of the target are left out of the source, and a source without the column is refused", {
  tags: ["thorough"],
}, async () => {
  const grouped = (table: readonly (readonly string[])[], of: (i: number) => string) => [
    "rooms,age,side,shop,price",
    ...table.map(([rooms, age, side, price], i) => [rooms, age, side, of(i), price].join(",")),
  ];
  write(
    "shops.csv",
    grouped(target, (i) => `shop ${i % 20}`),
  );
  write(
    "other-shops.csv",
    grouped(source, (i) => `shop ${i % 40}`),
  );
  const { result, warnings } = await trained("shops.csv", "other-shops.csv", {
    groupFrom: "shop",
    trainSize: 60,
  });
  const { split, with_source: facts } = result;
  expect(split.validation + split.test).toBeGreaterThan(0);
  // Half of the source's shops are not in the target.
  expect(facts!.left_out).toBeGreaterThanOrEqual(source.length / 2);
  expect(warnings.join()).toContain('the same "shop" is in the target');
  expect(await refusal("shops.csv", "source.csv", { groupFrom: "shop" })).toBe(
    'the source "source.csv" has no column "shop", whose groups divide the target',
  );
});

test("refuses a source that is not like the target, with what is wrong", { tags: ["thorough"] }, async () => {
  expect(await refusal("target.csv", "target.csv")).toBe('the source "target.csv" is the target itself');
  write("copy.csv", csv(target));
  const holdsTarget = (name: string) =>
    `the source "${name}" holds the rows of the target: 180 rows of 180 are the same`;
  expect(await refusal("target.csv", "copy.csv", { trainSize: undefined as never })).toBe(
    holdsTarget("copy.csv"),
  );
  write(
    "respelt.csv",
    csv(target).map((line) => line.replace(/^(\d+),/, "$1.0,")),
  );
  expect(await refusal("target.csv", "respelt.csv", { trainSize: undefined as never })).toBe(
    holdsTarget("respelt.csv"),
  );
  write("few.csv", csv(source.slice(0, 12)));
  expect(await refusal("target.csv", "few.csv")).toBe('the source "few.csv" has 12 rows to learn from');
  write("renamed.csv", ["rooms,years,side,price", ...csv(source).slice(1)]);
  expect(await refusal("target.csv", "renamed.csv")).toBe(
    'the source "renamed.csv" has no column "age", and has "years", which the target has not',
  );
  write("unpriced.csv", ["rooms,age,side,cost", ...csv(source).slice(1)]);
  expect(await refusal("target.csv", "unpriced.csv")).toContain('has no column "price"');
  write("words.csv", ["rooms,age,side,price", ...classes(source).slice(1)]);
  expect(await refusal("target.csv", "words.csv")).toMatch(
    /^"price" holds numbers in the target, and "(cheap|dear)" in the source "words.csv"$/,
  );
  write(
    "other-classes.csv",
    classes(source).map((line) => line.replace(/cheap$/, "low")),
  );
  expect(await refusal("target-classes.csv", "other-classes.csv")).toBe(
    'other classes in "label": the source "other-classes.csv" has "low", which the target has not, and has no row of "cheap"',
  );
  expect(await refusal("target.csv", "nowhere.csv")).toMatch(/nowhere\.csv/);
  write("small.csv", csv(target.slice(0, 12)));
  expect(await refusal("small.csv", "source.csv", { trainSize: 8 })).toMatch(
    /^the target has 8 rows to learn from/,
  );
});

test("refuses a source that is not there", { tags: ["thorough"] }, async () => {
  await expect(trained("target.csv", "sorce.csv", {})).rejects.toMatchObject({
    kind: "DataError",
    details: { data: path("sorce.csv") },
  });
});

test.each([
  [{ initFrom: "model" }, "initFrom"],
  [{ strategy: "full" }, "strategy"],
  [{ epochs: 3 }, "epochs"],
  [{ seeds: 3 }, "seeds"],
] as const)("refuses --with together with %o", async (options, name) => {
  expect(await refusal("target.csv", "source.csv", options)).toBe(
    `the option ${name} cannot be used together with --with`,
  );
});

test("unused columns and rows without a target are named, and the source need not have the target's other columns", {
  tags: ["thorough"],
}, async () => {
  write("more.csv", [
    "rooms,age,side,garden,price",
    ...source.map(([rooms, age, side, price], i) => [rooms, age, side, i, i < 5 ? "" : price].join(",")),
  ]);
  const { result, warnings } = await trained("target.csv", "more.csv");
  expect(result.with_source!.rows).toBe(695);
  expect(warnings.join("\n")).toMatch(/that the target does not have are not used: "garden"/);
  expect(warnings.join("\n")).toContain(
    '5 rows of the source "more.csv" left out: no usable value in "price"',
  );
});
