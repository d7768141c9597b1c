import { execFileSync } from "node:child_process";
import { PIPELINE_DATA } from "@huggingface/tasks";
import { expect, test } from "vitest";
import { exampleReport } from "../../../test/support/report-data.js";
import {
  classesCard,
  entitiesCard,
  exampleAdaptation,
  exampleEntities,
  exampleLabels,
  exampleNumbers,
  exampleRows,
  exampleTasks,
  labelsCard,
  numbersCard,
  rowsCard,
} from "../../../test/support/run-kinds.js";
import type { PretrainResultEvent } from "../../core/events/events.js";
import type { BaseFacts } from "../../core/results/base-facts.js";
import { reportCard } from "../sheet/report-card.js";
import { adaptationSheet } from "../studies/adaptation-sheet.js";
import { severalHeadsSheet } from "../studies/several-heads-sheet.js";
import { cardProblems, frontMatter, readCard, writeFrontMatter } from "./front-matter.js";
import { hubTasks } from "./hub-vocabulary.js";
import { adaptationFacts, severalHeadsFacts } from "./model-facts.js";
import { pretrainedCard } from "./pretrained-card.js";

const versions = { engraft: "0.1.0", node: "22.0.0" };
const sha256 = "ab".repeat(32);
const bases: readonly BaseFacts[] = [
  { name: "vision-mini", sha256, license: "research only (see its LICENSE)" },
  { name: "text-mini", sha256, license: "CC BY-SA 4.0" },
  { name: "m.onnx", sha256, license: "not stated" },
  { name: "network", sha256: "", license: "your data's" },
  {
    ...{ name: "org/model", sha256, license: "other", license_link: "https://example.org/terms" },
    hub: { repo: "org/model", commit: "0123456789abcdef0123456789abcdef01234567" },
  },
];

const perplexity = { perplexity: 3, perplexity_ci95: [2.9, 3.1] as const, loss: 1.1, n: 10 };
const pretrained = {
  ...{ event: "result", task: "language-modelling", run: "/r", model: "/r/model", base: bases[1]! },
  ...{ objective: { name: "masked", words: "words are hidden", paper: "Devlin 2019" }, tokens: 9, epochs: 1 },
  ...{ split: { train: 8, validation: 2, test: 0, seed: 0 }, rows: { train: 4, held_back: 1, length: 16 } },
  ...{ best_epoch: 1, before: perplexity, after: perplexity, gain: { loss: 0.1, ci95: [0, 0.2] } },
  guessing: { loss: 4, perplexity: 54.6 },
} as unknown as PretrainResultEvent;

const bits = { ...perplexity, bits_per_byte: 1.5, bits_per_byte_ci95: [1.4, 1.6] } as const;
const ofChats = {
  objective: { name: "causal", words: "tokens of answers are said", paper: "Radford 2019" },
  chats: { learnt: "answers", tokens: 90, template: "default", cut: 0 },
  samples: [{ prompt: "User: hi", data: " hello", before: "", after: " *hello*" }],
  ...{ before: bits, after: bits },
};

const withBase = <D extends { readonly result: object }>(data: D, base: BaseFacts): D => ({
  ...data,
  result: { ...data.result, base },
});

/** The card of each kind of model. */
const cards: Readonly<Record<string, (base: BaseFacts) => string>> = {
  pictures: (base) => classesCard(withBase(exampleReport(), base)),
  adapter: (base) => classesCard({ ...withBase(exampleReport(), base), adapterOnly: true }),
  texts: (base) => {
    const data = withBase(exampleReport(), base);
    return classesCard({ ...data, result: { ...data.result, task: "text-classification" } });
  },
  numbers: (base) => numbersCard(withBase(exampleNumbers(), base)),
  rows: (base) => rowsCard(withBase(exampleRows(), base)),
  entities: (base) => entitiesCard(withBase(exampleEntities(), base)),
  labels: (base) => labelsCard(withBase(exampleLabels(), base)),
  tasks: (base) => {
    const { result, ...record } = withBase(exampleTasks(), base);
    return reportCard(severalHeadsSheet(result), severalHeadsFacts(result), record);
  },
  adaptation: (base) => {
    const { result } = withBase({ result: exampleAdaptation().result }, base);
    const record = { title: "adapted", command: "engraft adapt", versions, events: [] };
    return reportCard(adaptationSheet(result), adaptationFacts(result), record);
  },
  pretrained: (base) => pretrainedCard({ ...pretrained, base }, "engraft pretrain", versions),
  chats: (base) =>
    pretrainedCard(
      { ...pretrained, ...ofChats, base } as unknown as PretrainResultEvent,
      "engraft pretrain",
      versions,
      "fp32",
    ),
};

test.each(Object.keys(cards))("the card of %s obeys the hub's rules with every kind of base", (kind) => {
  for (const base of bases) {
    const { fields, body } = readCard(cards[kind]!(base), "README.md");
    expect(cardProblems(fields)).toEqual([]);
    expect(fields.tags).toContain("engraft");
    expect(body).toContain("## Licence");
    expect(body).toMatch(/Versions: engraft 0\.1\.0/);
    if (base.hub) {
      expect(fields).toMatchObject({
        base_model: "org/model",
        base_model_relation: kind === "adapter" ? "adapter" : "finetune",
      });
      expect(body).toContain(base.hub.commit);
    } else expect(fields).not.toHaveProperty("base_model");
    expect(fields).not.toHaveProperty("model-index");
  }
});

test("a licence is the hub's identifier, other with name and link, unknown, or left out for one's own weights", () => {
  const fields = bases.map((base) => {
    const { license, license_name, license_link } = readCard(
      frontMatter({ base, task: "x" }),
      "README.md",
    ).fields;
    return [license, license_name, license_link];
  });
  expect(fields).toEqual([
    ["other", "research-only", "LICENSE"],
    ["cc-by-sa-4.0", undefined, undefined],
    ["unknown", undefined, undefined],
    [undefined, undefined, undefined],
    ["other", "other", "https://example.org/terms"],
  ]);
});

test("a task that the hub does not have is a tag, and no pipeline_tag", () => {
  const { fields } = readCard(frontMatter({ base: bases[0]!, task: "image-regression" }), "README.md");
  expect(fields).not.toHaveProperty("pipeline_tag");
  expect(fields.tags).toContain("image-regression");
});

test("the list of tasks is the hub's own", () => {
  expect([...hubTasks].sort()).toEqual(Object.keys(PIPELINE_DATA).sort());
});

const hostile = [
  "yes",
  "no",
  "null",
  "~",
  "1e3",
  "0x1f",
  "012",
  "1:30",
  "a: b",
  "- x",
  '"',
  "'",
  "a\n---\nb",
  "👍",
];
hostile.push(
  "#x",
  " x ",
  "",
  "{a}",
  "[a]",
  "&a",
  "*a",
  "!a",
  "%a",
  "@a",
  "`a`",
  "2026-11-23",
  ".inf",
  "<<",
  "=",
);

test("texts that look like something else in YAML survive, with this library and with PyYAML", () => {
  const card = `${writeFrontMatter({ tags: hostile, "a: b": "c" })}\n# title\n`;
  expect(readCard(card, "README.md")).toEqual({ fields: { tags: hostile, "a: b": "c" }, body: "# title\n" });
  const program = "import sys, json, yaml; print(json.dumps(yaml.safe_load(sys.stdin.read())))";
  try {
    execFileSync("python3", ["-c", "import yaml"], { stdio: "ignore" });
  } catch {
    // A machine without PyYAML.
    return;
  }
  const read = execFileSync("python3", ["-c", program], {
    input: card.split("\n# title")[0]!.slice(4, -3),
  }).toString();
  expect(JSON.parse(read).tags).toEqual(hostile);
});

const noLicence = (license: unknown): string =>
  `license is ${JSON.stringify(license)}, no licence identifier of the hub`;
const wrongLink = (link: string): string =>
  `license_link is ${link}: with license: other it has to be LICENSE or an address`;
const notOnHub = (field: string, id: unknown): string =>
  `${field} is ${JSON.stringify(id)}, not a repository on the hub`;
test.each([
  [{ license: "Apache License" }, noLicence("Apache License")],
  [{ license: ["mit"] }, noLicence(["mit"])],
  [
    { license: "other", license_name: "Research Only", license_link: "LICENSE" },
    'license_name is "Research Only": with license: other it has to be lower case letters, digits, . and -',
  ],
  [{ license: "other", license_name: "own" }, wrongLink("missing")],
  [
    { license: "other", license_name: "own", license_link: "../../etc/passwd" },
    wrongLink('"../../etc/passwd"'),
  ],
  [{ base_model: "hf:org/name" }, notOnHub("base_model", "hf:org/name")],
  [{ base_model: ["org/name", 3] }, notOnHub("base_model", 3)],
  [{ base_model_relation: "adapter" }, "base_model_relation is there, but no base_model"],
  [
    { base_model: "org/name", base_model_relation: "distilled" },
    'base_model_relation is "distilled", not one of finetune, adapter, quantized, merge',
  ],
  [{ pipeline_tag: "image-regression" }, 'pipeline_tag is "image-regression", no task of the hub'],
  [{ tags: "a" }, 'tags is "a", not a list of texts'],
  [{ datasets: ["./flowers"] }, notOnHub("datasets", "./flowers")],
  [{ "model-index": {} }, "model-index is not a list of models"],
  [{ "model-index": [{ results: [] }] }, "model-index has a model without a name"],
  [
    {
      "model-index": [
        {
          name: "x",
          results: [
            {
              task: { type: "image-classification" },
              dataset: { name: "the test part", type: "my folder" },
              metrics: [{ type: "accuracy", value: 0.5 }],
            },
          ],
        },
      ],
    },
    'model-index: dataset.type is "my folder", not a data set on the hub',
  ],
])("%j is refused", (fields, problem) => {
  expect(cardProblems(fields)).toEqual([problem]);
});

test("a card without front matter, or with one that is no mapping, is refused with what to do", () => {
  expect(() => readCard("# title", "a/README.md")).toThrow(/README\.md has no front matter/);
  expect(() => readCard("---\n- a\n---\n", "a/README.md")).toThrow("is no list of names and values");
  expect(() => readCard('---\na: "b\n---\n', "a/README.md")).toThrow("is not YAML");
  expect(() => readCard("---\na: 1\na: 2\n---\n", "a/README.md")).toThrow("is not YAML");
  const bomb = `---\na: &a [1]\n${[..."bcdefghij"].map((c, i) => `${c}: &${c} [${Array(9).fill(`*${"abcdefghij"[i]}`)}]`).join("\n")}\n---\n`;
  expect(() => readCard(bomb, "a/README.md")).toThrow("is not YAML");
});
