import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { exampleReport } from "../../../test/support/report-data.js";
import { classesCard } from "../../../test/support/run-kinds.js";
import { cardProblems, readCard } from "../../report/cards/front-matter.js";
import { escapeMarkdown } from "../../report/markdown.js";

test("the card names licence, data, split, seed, interval and how to use the model", () => {
  const card = classesCard(exampleReport()).replaceAll("\u00a0", " ");
  for (const part of [
    "license: other",
    "license_name: research-only\nlicense_link: LICENSE",
    "library_name: transformers.js",
    "pipeline_tag: image-classification",
    "| finetune (this model) | 90.3 % | 86.5 to 93.2 % |",
    "| from scratch | 51.3 % |",
    "255 pictures to train, 45 to validate, 300 to test",
    "- Seed: 0",
    "AutoModel".slice(0, 0) + "@huggingface/transformers",
    'run(["logits"], {"pixel_values": x})',
    "npx engraft train assets/demo",
  ])
    expect(card).toContain(part);
});

const hub = { repo: "org/some-model", commit: "0123456789abcdef0123456789abcdef01234567" };

test("a base from the hub stands in the front matter, with its licence and commit in the text", () => {
  const data = exampleReport();
  const base = { name: "org/some-model", sha256: "00", license: "apache-2.0", hub };
  const card = classesCard({ ...data, result: { ...data.result, base } });
  expect(readCard(card, "README.md").fields).toMatchObject({
    license: "apache-2.0",
    base_model: "org/some-model",
    base_model_relation: "finetune",
  });
  expect(card).not.toContain("license_name");
  expect(card).toContain(
    `- Base: org/some-model (sha256 \`00\`, commit \`${hub.commit}\` of org/some-model on the hub)`,
  );
});

test("a base that is not from the hub is no base_model, and local data give no model-index", () => {
  const { fields } = readCard(classesCard(exampleReport()), "README.md");
  expect(fields).not.toHaveProperty("base_model");
  expect(fields).not.toHaveProperty("base_model_relation");
  expect(fields).not.toHaveProperty("model-index");
});

test("a probe is a classifier on frozen features, not a fine-tuned model", () => {
  const data = exampleReport();
  const card = classesCard({
    ...data,
    result: { ...data.result, strategy: { name: "probe", reasons: [] } },
  });
  expect(card).toContain("a linear classifier on the frozen features of vision-mini, trained by Engraft");
  expect(card).not.toContain("fine-tuned from");
});

test("the card says if the base is one of the catalogue that this project has not opened", () => {
  const data = exampleReport();
  const base = { name: "yolox-nano", sha256: "ab", license: "apache-2.0", hub };
  const card = (own: object) =>
    classesCard({ ...data, result: { ...data.result, base: { ...base, ...own } } });
  expect(card({ opened_by_project: false })).toContain(
    "licence **apache-2.0**. It is in Engraft's catalogue, but Engraft's authors have not opened or trained it.\n",
  );
  expect(card({})).not.toContain("have not opened");
});

test("an adapter's card describes the adapter: what is in the folder, and how to make a model of it", () => {
  const data = exampleReport();
  const base = { name: "org/some-model", sha256: "ab".repeat(32), license: "apache-2.0", hub };
  const strategy = { name: "lora", reasons: [] };
  const card = classesCard({ ...data, adapterOnly: true, result: { ...data.result, base, strategy } });
  const { fields, body } = readCard(card, "README.md");
  expect(fields).toMatchObject({ library_name: "engraft", base_model_relation: "adapter" });
  expect(cardProblems(fields)).toEqual([]);
  expect(body).toContain("adapter_model.safetensors");
  expect(body).toContain("engraft export ./model --out ./merged");
  expect(body).not.toMatch(/onnx\/model\.onnx|Transformers\.js|```js|```python/);
});

test("hostile names leave neither the front matter nor a table cell nor a fence", () => {
  const data = exampleReport(["a | b", "<script>", "---\nlicense: mit", "`x`", "[l](javascript:1)"]);
  const card = classesCard({
    ...data,
    title: 'x"\n---\n# other',
    command: "echo '```'\n# not a heading",
    result: {
      ...data.result,
      base: { ...data.result.base, name: "b\n## c", license: "free: all\n---\nlicense: mit" },
    },
  });
  const { fields, body } = readCard(card, "README.md");
  expect(fields).toMatchObject({ license: "other", license_name: "free-all-license-mit" });
  expect(cardProblems(fields)).toEqual([]);
  expect(body).not.toContain("<script>");
  expect(body).not.toMatch(/^license: mit/m);
  expect(body).toContain("````sh\necho '```'");
  expect(escapeMarkdown("a | b")).toBe(String.raw`a \| b`);
});

test("a card does not tell which folders its maker has", () => {
  const command =
    'engraft train "/home/ann/my pictures/flowers" --base C:\\\\Users\\\\ann\\\\m.onnx --lr 0.001 --out "/home/ann/runs/x"';
  const card = classesCard({ ...exampleReport(), command });
  expect(card).not.toMatch(/\bann\b|home|Users/);
  expect(card).toContain('engraft train "./flowers" --base ./m.onnx --lr 0.001 --out "./x"');
});

test("the Python in the card is Python", () => {
  const python = /```python\n(.*?)```/s.exec(classesCard(exampleReport()))![1]!;
  // A machine without Python shows at least that there is a block.
  expect(python).toContain("import onnxruntime".slice(0, 6));
  try {
    execFileSync("python3", ["--version"], { stdio: "ignore" });
  } catch {
    return;
  }
  execFileSync("python3", ["-c", "import ast, sys; ast.parse(sys.stdin.read())"], { input: python });
});
