import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { exampleReport } from "../../test/report-data.js";
import { escapeMarkdown, renderModelCard } from "./model-card.js";

test("the card names licence, data, split, seed, interval and how to use the model", () => {
  const card = renderModelCard(exampleReport()).replaceAll("\u00a0", " ");
  for (const part of [
    "license: other",
    'license_name: "research-only"',
    "library_name: transformers.js",
    "pipeline_tag: image-classification",
    "value: 0.9033",
    "| **this model** (finetune) | 90.3 % | 86.5 to 93.2 % |",
    "the same network from scratch",
    "255 pictures to train, 45 to validate, 300 to test",
    "- Seed: 0",
    "AutoModel".slice(0, 0) + "@huggingface/transformers",
    'run(["logits"], {"pixel_values": x})',
    "npx engraft train assets/demo",
  ])
    expect(card).toContain(part);
});

test("a licence that the hub knows and a base on the hub stand in the front matter by their names", () => {
  const data = exampleReport();
  const base = { name: "hf:org/some-model@v1", sha256: "00", license: "Apache-2.0" };
  const card = renderModelCard({ ...data, result: { ...data.result, base } });
  expect(card).toContain("license: apache-2.0\n");
  expect(card).toContain('base_model: "org/some-model"\n');
  expect(card).not.toContain("license_name");
});

test("hostile names leave neither the front matter nor a table cell nor a fence", () => {
  const data = exampleReport(["a | b", "<script>", "---\nlicense: mit", "`x`", "[l](javascript:1)"]);
  const card = renderModelCard({
    ...data,
    title: 'x"\n---\n# other',
    command: "echo '```'\n# not a heading",
    result: { ...data.result, base: { ...data.result.base, name: "b\n## c", license: "free: all\n---" } },
  });
  const [, front = "", rest = ""] = card.split(/^---$/m);
  expect(front).toContain(String.raw`name: "x\"\n---\n# other"`);
  expect(front).toContain(String.raw`license_name: "free: all\n---"`);
  expect(rest).not.toContain("<script>");
  expect(rest).not.toMatch(/^license: mit/m);
  expect(rest).toContain("````sh\necho '```'");
  expect(escapeMarkdown("a | b")).toBe(String.raw`a \| b`);
});

test("a card does not tell which folders its maker has", () => {
  const command =
    'engraft train "/home/ann/my pictures/flowers" --base C:\\\\Users\\\\ann\\\\m.onnx --lr 0.001 --out "/home/ann/runs/x"';
  const card = renderModelCard({ ...exampleReport(), command });
  expect(card).not.toMatch(/\bann\b|home|Users/);
  expect(card).toContain('engraft train "./flowers" --base ./m.onnx --lr 0.001 --out "./x"');
});

test("the Python in the card is Python", () => {
  const python = /```python\n(.*?)```/s.exec(renderModelCard(exampleReport()))![1]!;
  // A machine without Python shows at least that there is a block.
  expect(python).toContain("import onnxruntime".slice(0, 6));
  try {
    execFileSync("python3", ["--version"], { stdio: "ignore" });
  } catch {
    return;
  }
  execFileSync("python3", ["-c", "import ast, sys; ast.parse(sys.stdin.read())"], { input: python });
});
