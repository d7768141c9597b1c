// Writes docs/operators.md from the program's tables, and from the test records of each runtime. `npm run check`
// compares it with the stored page.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { decisionOf } from "../dist/autodiff/index.js";
import { rules } from "../dist/autodiff/rules/index.js";
import { definitions } from "../dist/graph/import/expand/definitions.js";
import { expansions } from "../dist/graph/import/expand/expand-node.js";
import { inferTable } from "../dist/graph/infer/index.js";
import { operatorCases } from "../dist/testing/index.js";
import { referenceTable } from "../dist/testing/reference/index.js";
import { readProbe } from "./operators/probes.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const json = (path) => JSON.parse(readFileSync(here(path), "utf8"));
const pagePath = here("../docs/operators.md");
const backends = { cpu: "Node (cpu)", wasm: "wasm", webgpu: "WebGPU, tab", "webgpu-node": "WebGPU, Node" };

/** Results of a runtime for an operator's cases: `9 + 7`, `8 of 9 + 7`, `5 + 4 (2 on the CPU)`. */
function cell(record, op) {
  const count = (cases, part) => {
    const said = cases.map((c) => record[part][`${op}: ${c.name}`]?.is);
    const ran = said.filter((is) => is !== "refused" && is !== "wrong").length;
    return { ran, all: cases.length, beside: said.filter((is) => is === "elsewhere").length };
  };
  const values = count(operatorCases[op], "operators");
  const gradients = count(
    operatorCases[op].filter((c) => c.differentiable?.length > 0),
    "gradients",
  );
  const text = ({ ran, all }) => (ran === all ? `${all}` : `${ran} of ${all}`);
  const beside = values.beside + gradients.beside;
  const both = gradients.all > 0 ? `${text(values)} + ${text(gradients)}` : text(values);
  return beside > 0 ? `${both} (${beside} on the CPU)` : both;
}

const escaped = (text) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
const row = (...cells) => `| ${cells.map(escaped).join(" | ")} |`;
const tick = (table, op) => (Object.hasOwn(table, op) ? "yes" : "**no**");
const opset = ({ since, until }) => (until === undefined ? `${since}` : `${since} to ${until}`);

/** Row of an operator of the closed list. */
function listed(name, op, records, when) {
  const decision = rules[op];
  const gradient =
    decision.kind === "rule"
      ? "rule"
      : `${decision.kind === "zero" ? "zero" : "refused"}: ${decision.because}`;
  const cells = Object.keys(backends).map((b) => cell(records[b], op));
  return row(`\`${name}\``, when, tick(inferTable, op), gradient, tick(referenceTable, op), ...cells);
}

/** What an operator outside the list becomes: other operators, or an opaque node. */
function becomes(name, since) {
  const { nodes } = readProbe(name, since);
  const opaque = nodes.find((n) => n.kind === "opaque");
  if (opaque) return { opaque: decisionOf(opaque).because };
  return { into: [...new Set(nodes.map((n) => n.op))].filter((op) => op !== "Identity") };
}

/** Returns the page for the current tables and records. */
export function page() {
  const records = Object.fromEntries(
    Object.keys(backends).map((b) => [b, json(`../test/operators/records/${b}.json`)]),
  );
  const spec = json("./operators/onnx-operators.json");
  const microsoft = Object.keys(expansions["com.microsoft"])
    .map((op) => `com.microsoft.${op}`)
    .concat(Object.keys(definitions).filter((name) => name.includes(".")))
    .filter((name) => name !== "com.microsoft.FusedMatMul");
  // onnxruntime writes this one without a domain.
  const beside = Object.keys(definitions).filter(
    (name) => !name.includes(".") && !spec.some((s) => s.name === name),
  );

  const known = spec.filter(({ name }) => Object.hasOwn(rules, name));
  const others = [
    ...spec.filter(({ name }) => !Object.hasOwn(rules, name)).map((s) => [s.name, opset(s), s.since]),
    ...beside.map((name) => [name, "onnxruntime", 1]),
    ...microsoft.sort().map((name) => [name, "onnxruntime", 1]),
  ].map(([name, when, since]) => ({ name, when, ...becomes(name, since) }));
  const expanded = others.filter((o) => o.into);
  const opaque = others.filter((o) => o.opaque);

  const lines = [
    "# Operators",
    "",
    "<!-- Written by scripts/operators.mjs from the program's own tables and the records of the tests; do not edit. -->",
    "",
    `Of the ${spec.length} operators of ONNX (opset 1 to 24), ${known.length} are in the closed list: each has a shape`,
    "rule, a decision about its gradient and a reference implementation in float64. Others become those when a model is",
    `read (${expanded.filter((o) => !o.name.includes(".")).length} of ONNX, and ${expanded.filter((o) => o.name.includes(".")).length} of onnxruntime's own): shapes, gradients and tests are those of`,
    "what they become. The rest is passed on as it came: it runs in a frozen part, and no gradient passes it.",
    "",
    "The last columns count cases: `9 + 7` are nine calls whose values and types agree with the reference, and seven",
    "gradients that do, in float32 on that runtime. Where not all do, the tables below say which, with the runtime's",
    "words. The tests fail when one of these numbers is no longer true. WebGPU is the provider of onnxruntime-web in",
    "Chromium and of onnxruntime-node, both on Chromium's software driver; `(2 on the CPU)` means right, but computed on the CPU.",
    "",
    "## The closed list",
    "",
    row("operator", "opset", "shape rule", "gradient", "reference", ...Object.values(backends)),
    "|---|---|---|---|---|---|---|---|---|",
    ...known.map((s) => listed(s.name, s.name, records, opset(s))),
    ...Object.keys(rules)
      .filter((op) => !spec.some((s) => s.name === op))
      .map((op) => listed(`com.microsoft.${op}`, op, records, "onnxruntime")),
    "",
    "## Expanded at import",
    "",
    row("operator", "opset", "becomes", "formula"),
    "|---|---|---|---|",
    ...expanded.map(({ name, when, into }) =>
      row(
        `\`${name}\``,
        when,
        into.length > 0 ? into.map((op) => `\`${op}\``).join(", ") : "a constant, or its input",
        definitions[name]?.into ?? "",
      ),
    ),
    "",
    "## Passed on as it came (frozen parts only)",
    "",
    row("operator", "opset", "why no gradient passes"),
    "|---|---|---|",
    ...opaque.map(({ name, when, opaque: why }) => row(`\`${name}\``, when, why)),
    "",
    ...exceptions(records),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

const meanings = {
  refused: "Refused by the runtime",
  wrong: "Run, but not with the reference's numbers",
  rewritten: "Run in another form",
  elsewhere: "Computed on the CPU beside the device",
};

/** Cases that do not simply run, by runtime. */
function exceptions(records) {
  return Object.entries(backends).flatMap(([key, title]) => {
    const all = ["operators", "gradients"].flatMap((part) =>
      Object.entries(records[key][part]).map(([name, outcome]) => ({
        ...outcome,
        name: part === "gradients" ? `gradient of ${name}` : name,
      })),
    );
    if (all.length === 0) return [];
    const parts = Object.entries(meanings).flatMap(([is, meaning]) => {
      const of = all.filter((o) => o.is === is);
      if (of.length === 0) return [];
      const byWords = Map.groupBy
        ? Map.groupBy(of, (o) => o.words)
        : of.reduce((m, o) => m.set(o.words, [...(m.get(o.words) ?? []), o]), new Map());
      return [
        `### ${meaning}`,
        "",
        row("cases", "its words"),
        "|---|---|",
        ...[...byWords].map(([words, list]) => row(list.map((o) => o.name).join("; "), words)),
        "",
      ];
    });
    return [`## What does not simply run: ${title}`, "", ...(key === "webgpu" ? about : []), ...parts];
  });
}

const about = [
  "`fitWebGpu` (`src/graph/passes/fit-webgpu.ts`) writes graphs in operators that run there, before they are loaded:",
  "these are the cases *run in another form*; the words are what the runtime says, or gives, without it. WGSL does not",
  "promise NaN and infinity, and asks of sin and cos no more than an absolute error of 2^-11. There is no float64.",
  "",
];

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const now = page();
  if (process.argv.includes("--check")) {
    if (readFileSync(pagePath, "utf8") !== now) {
      console.error("docs/operators.md is not what the tables say: node scripts/operators.mjs");
      process.exitCode = 1;
    }
  } else writeFileSync(pagePath, now);
}
