// What goes wrong with trainings, by the command line: each is told by its name with what to do, and nothing is overwritten.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exportClassifier } from "../../src/bases/export.js";
import { train } from "../../src/index.js";
import { engraft, type Ran, tinyBase, tinyData, tinyGraph } from "../support/fixtures.js";
import { once } from "../support/moments.js";

const root = mkdtempSync(join(tmpdir(), "engraft-refused-"));
const path = (...parts: string[]) => join(root, ...parts);
const run = (words: readonly string[], more = {}): Promise<Ran> =>
  engraft(
    words.map((word) => word.replaceAll("ROOT", root)),
    { cache: path("cache"), ...more },
  );
/** What was printed, with each wrapped text as one line again. */
const said = ({ err }: Ran): string =>
  err
    .replaceAll(root, "ROOT")
    .replace(/\n {11}(?=\S)/g, " ")
    .trim();

beforeAll(async () => {
  process.env.ENGRAFT_CACHE = path("cache");
  await tinyData(path("data"), { ant: 16, bee: 16 });
  tinyBase(path("base"));
  const std = [0.25, 0.25, 0.25] as const;
  const preprocessing = { height: 32, width: 32, rescale: 1 / 255, mean: std, std, channels: "rgb" } as const;
  tinyBase(path("stranger"), exportClassifier(tinyGraph(2), preprocessing));
  const each = <T>(of: (kind: string, i: number) => T): T[] =>
    ["ant", "bee"].flatMap((kind) => Array.from({ length: 16 }, (_, i) => of(kind, i)));
  const list = (name: string, lines: readonly string[]) => writeFileSync(path(name), lines.join("\n"));
  list("sizes.csv", ["image,size", ...each((k, i) => `data/${k}/${i}.png,${(i * 1.7 + 0.25).toFixed(2)}`)]);
  list("two.csv", ["image,kind,odd", ...each((k, i) => `data/${k}/${i}.png,${k},${i % 2 ? "odd" : "even"}`)]);
  list("houses.csv", ["a,b,target", ...each((k, i) => `${i},${k},${(i * 2.5 + 0.75).toFixed(2)}`)]);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("a pattern of weights that matches nothing: all that there are, and no folder", async () => {
  const ran = await run([
    "train",
    "ROOT/data",
    "--base",
    "ROOT/base",
    "--trainable",
    "layer9*",
    "--out",
    "ROOT/no",
  ]);
  expect(ran.code).toBe(2);
  expect(said(ran)).toMatch(
    /OptionError: --trainable "layer9\*" .*\n {2}help: its \d+ weights .* "stem\/conv.weight", .+; \* stands /,
  );
  expect(existsSync(path("no"))).toBe(false);
});

test("weights for classes that are not there", async () => {
  const words = ["--base", "ROOT/base", "--option", "class-weights=ant:2,cow:3,fly:1", "--out", "ROOT/no"];
  const ran = await run(["train", "ROOT/data", ...words]);
  expect(ran.code).toBe(2);
  expect(said(ran)).toMatch(
    /OptionError: there is no class "cow", "fly" to give a weight to\n {2}help: the classes are ant, bee$/,
  );
  expect(existsSync(path("no"))).toBe(false);
});

const diverging = [
  "--base",
  "ROOT/base",
  "--lr",
  "100",
  "--batch-size",
  "2",
  "--augment",
  "none",
  "--epochs",
  "12",
];
test.each([
  ["numbers of pictures", ["train", "ROOT/sizes.csv", ...diverging, "--no-baselines"], "finetune"],
  [
    "a table",
    ["train", "ROOT/houses.csv", "--lr", "100", "--batch-size", "2", "--epochs", "12", "--no-baselines"],
    "full",
  ],
  ["several tasks", ["multi-task", "ROOT/two.csv", "--labels", "kind,odd", ...diverging], "together"],
  [
    "a student",
    ["distill", "ROOT/data", "--teacher", "ROOT/teacher", "--no-comparison", ...diverging],
    "distill",
  ],
] as const)(
  "a rate that diverges, %s: stopped early, the best kept, with the rate finder's advice",
  { tags: ["thorough"] },
  async (_, words, stage) => {
    if (stage === "distill")
      await train(path("data"), { base: path("base"), strategy: "probe", threads: 1, out: path("teacher") });
    const out = path(`diverged ${stage}`);
    const ran = await run([...words, "--threads", "1", "--out", out, "--json"]);
    expect(ran).toMatchObject({ code: 0, err: "" });
    expect(ran.events.find(({ code }) => code === "diverged")!.message).toMatch(
      new RegExp(
        `^${stage} diverged: .+, at a rate of [\\d.]+; it was ended there, (the weights it started from|the weights of epoch \\d+) are kept as the best; the rate finder suggests --lr [\\d.e-]+$`,
      ),
    );
    const result = ran.events.at(-1) as unknown as { diverged: { rate: number; suggested: number } };
    expect(result.diverged.suggested).toBeLessThan(result.diverged.rate);
    const told = await run([words[0], "--resume", out]);
    expect(told.out).toMatch(/ diverged at step \d+ at a rate of [\d.]+: try --lr [\d.e-]+\n/);
  },
);

test("after a divergence the rate is looked for from the start, not from what is left: other trainings find it too", {
  tags: ["thorough"],
}, async () => {
  const words = [
    "--base",
    "ROOT/base",
    "--batch-size",
    "2",
    "--augment",
    "none",
    "--no-baselines",
    "--epochs",
    "12",
    "--threads",
    "1",
  ];
  const ran = await run(["train", "ROOT/data", ...words, "--lr", "100", "--out", "ROOT/after", "--json"]);
  const found = await run(["train", "ROOT/data", ...words, "--lr", "find", "--out", "ROOT/found", "--json"]);
  const { diverged } = ran.events.at(-1) as unknown as { diverged: { suggested: number; rate: number } };
  const { rate_found } = found.events.at(-1) as unknown as { rate_found: number };
  expect(diverged.suggested).toBe(Math.min(rate_found, diverged.rate / 10));
});

test("an adapter of another base is refused with both hashes", { tags: ["thorough"] }, async () => {
  const words = [
    "--base",
    "ROOT/base",
    "--strategy",
    "lora",
    "--adapter-only",
    "--no-baselines",
    "--epochs",
    "1",
    "--threads",
    "1",
  ];
  expect((await run(["train", "ROOT/data", ...words, "--out", "ROOT/adapter"])).code).toBe(0);
  const ran = await run(["export", "ROOT/adapter", "--base", "ROOT/stranger", "--out", "ROOT/plain"]);
  expect(ran.code).toBe(2);
  expect(said(ran)).toMatch(
    /^ModelError: the adapter was trained on another base: "base" with sha256 [0-9a-f]{64}, and this is "stranger" with sha256 [0-9a-f]{64}\n {2}at ROOT\/adapter\/model\n {2}help: give the very file that it was trained on$/,
  );
  expect(existsSync(path("plain"))).toBe(false);
});

test("a resumed run has its own options: any other one is refused by name, also in its manifest", {
  tags: ["thorough"],
}, async () => {
  const out = path("options");
  const words = ["--base", "ROOT/base", "--epochs", "40", "--threads", "1", "--out", out, "--json"];
  const stopped = await run(["train", "ROOT/data", ...words], {
    onLine: once({ event: "epoch" }, (child) => void child.kill("SIGINT")),
  });
  expect(stopped.code).toBe(130);
  const refused = await run(["train", "--resume", out, "--lr", "0.01"]);
  expect(said(refused)).toBe(
    "OptionError: --lr is fixed by the run: beside --resume only --data, --base, --teacher, --init-from, --threads, --device and --more may stand\n  help: engraft train --resume ROOT/options",
  );
  expect(said(await run(["train", "--resume", out, "--more", "3"]))).toBe(
    'RunError: "ROOT/options" is not finished, so it cannot be trained further\n  help: resume it first: engraft train --resume ROOT/options',
  );
  const file = join(out, "run.json");
  const manifest = JSON.parse(readFileSync(file, "utf8")) as { options: Record<string, unknown> };
  const options = { ...manifest.options, epochs: 3, lr: 0.01 };
  const changed = JSON.stringify({ ...manifest, options });
  writeFileSync(file, changed);
  const before = readdirSync(join(out, "state"));
  const ran = await run(["train", "--resume", out]);
  expect(ran.code).toBe(2);
  expect(said(ran)).toContain(
    "RunError: the options changed since the run was started: epochs was 40, now it is 3; lr was not given, now it is 0.01\n  at ROOT/options/run.json\n  help: put them back as they were, or start a new run with another --out",
  );
  expect(readdirSync(join(out, "state"))).toEqual(before);
});
