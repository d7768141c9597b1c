import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { CommandSpec } from "./command-spec.js";
import { optionsOfCommand, withFlags, withOwners } from "./option-owners.js";
import { commands } from "./options.js";

const specs: readonly CommandSpec[] = Object.values(commands);
const namesOf = (spec: CommandSpec): ReadonlySet<string> =>
  new Set(optionsOfCommand(spec).map(({ name }) => name));
const every = new Set(specs.flatMap((spec) => [...namesOf(spec)]));

test("advice names an option that its command has, or the commands that have it", () => {
  for (const spec of specs)
    for (const option of every) {
      const advice = `name it: --${option} NAME`;
      const printed = withOwners(spec.name, advice);
      if (namesOf(spec).has(option)) expect(printed).toBe(advice);
      else {
        const owner = /\(--(\S+) is an option of ([a-z-]+)/.exec(printed)!;
        expect(owner[1]).toBe(option);
        expect(namesOf(specs.find(({ name }) => name === owner[2])!)).toContain(option);
      }
    }
});

test.each<[command: string, text: string, printed: string, option?: string]>([
  ["pretrain", "a maxLength of up to 512", "a --max-length of up to 512"],
  ["train", "allMessages is for chats", "--all-messages is for chats"],
  ["train", "template is for chats", "--template is for chats", "template"],
  [
    "train",
    "the template is long: maxLength 9, batchSize.",
    "the template is long: --max-length 9, --batch-size.",
    "template",
  ],
  ["train", "shots and trainSize", "shots and --train-size"],
  [
    "pretrain",
    'no column "maxLength" in /data/maxLength/maxLength.csv',
    'no column "maxLength" in /data/maxLength/maxLength.csv',
  ],
  ["inspect", "give a maskShare", "give a maskShare"],
  ["no command", "give a maskShare", "give a maskShare"],
])("%s names options as flags: %s", (command, text, printed, option) => {
  expect(withFlags(command, text, option)).toBe(printed);
});

test.each<[command: string, advice: string, printed: RegExp | undefined]>([
  [
    "multi-task",
    'call it "label", or name it: --target NAME',
    /^call it "label", or name it: --target NAME \(--target is an option of train, [^;]*\)$/,
  ],
  ["train", "the split is random: --split-by day tests on the latest", undefined],
  ["rank", "finish it first: engraft train --resume runs/a", undefined],
  ["rank", "open the file again: mysql --batch", undefined],
  [
    "rank",
    "see `engraft eval --coco FILE`; --gap 3 leaves rows out",
    /\(--gap is an option of train, [^;]*\)$/,
  ],
  ["no command", "--target NAME", undefined],
])("%s: %s", (command, advice, printed) => {
  const text = withOwners(command, advice);
  if (printed) expect(text).toMatch(printed);
  else expect(text).toBe(advice);
});

/** Options of other programs. */
const ofOthers = new Set([
  "array",
  "batch",
  "compact-on-every-full-gc",
  "entrypoint-num-cpus",
  "joblog",
  "no-wait",
  "resume-failed",
  "yes",
  "no-compact-on-every-full-gc",
  "expose-gc",
  "include",
  "max-semi-space-size",
  "wrap",
  // Converters of models.
  ...["graphdef", "inputs", "inputs-as-nchw", "keras", "model", "opset", "output", "outputs", "saved-model"],
  ...["tfjs", "tflite"],
]);

test("every option that the code of a message names is an option of a command", () => {
  const root = new URL("../../", import.meta.url);
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".ts") && !/\.test\.ts$|^report\/|^web\/|charts|sheet|^cli\/options\//.test(name),
  );
  const unknown = files.flatMap((file) =>
    readFileSync(new URL(file, root), "utf8")
      .split("\n")
      // Comments, and properties of style sheets.
      .filter((line) => !/^\s*(\*|\/\/|\/\*)|var\(--/.test(line))
      .flatMap((line) =>
        Array.from(line.matchAll(/(?<![\w-])--([a-z][a-z-]*[a-z])(?![\w(])/g), ([, name]) => name!),
      )
      .filter((name) => !every.has(name) && !ofOthers.has(name))
      .map((name) => `${file}: --${name}`),
  );
  expect(files.length).toBeGreaterThan(900);
  expect(unknown).toEqual([]);
});
