// A small sheet, written by each renderer: names of the user's data are escaped everywhere, and missing values are said.
import { expect, test } from "vitest";
import { exampleInsights, exampleReport } from "../../../test/support/report-data.js";
import { classesPage, exampleEntities, exampleRows, rowsPage } from "../../../test/support/run-kinds.js";
import { detailLines, furtherScores, weakestLines } from "../../cli/render/render-sheet.js";
import type { EntitiesResultEvent } from "../../core/events/events.js";
import type { Explanation } from "../../core/results/explanation.js";
import { names, type Sheet, say, tableOf, termed } from "./sheet.js";
import { sheetCard } from "./sheet-card.js";
import { sheetPage } from "./sheet-page.js";

const hostile = "<b>|*`x`";
type Test = EntitiesResultEvent["test"];

const rows = [
  { name: "good", n: 3, score: 0.9, wrong: [] },
  { name: hostile, n: 2, score: 0.25, wrong: [hostile, "other"] },
  { name: "never seen", n: 0, score: 0, wrong: [] },
];

const sheet: Sheet<Test, object, { readonly test: Test }> = {
  kind: () => ({ en: "a kind", zh: "一种任务" }),
  sample: () => "row",
  intervals: { en: "computed by hand", zh: "手工计算" },
  figures: ({ f1 }) => [
    { name: termed("f1", "F1", "F1"), as: "share", value: f1, ci95: [f1 - 0.1, f1 + 0.05] },
    { name: { en: "mean error", zh: "平均误差" }, as: "short", value: -1.23456, ci95: [-2, -1] },
    { name: { en: "found", zh: "找到" }, as: "decimal", value: null, ci95: null },
    { name: "AUC", as: "decimal", value: 0.5 },
  ],
  scores: () => ({
    n: 5,
    notes: [say`of ${hostile} and more.`],
    facts: [{ label: { en: "A fact", zh: "事实" }, value: names([hostile, "second"]) }],
    tables: [
      tableOf(rows.slice(0, 2), {
        section: "worst",
        sample: (row) => row.name,
        columns: [{ name: { en: "wrong", zh: "错误" }, as: "names", of: (row) => row.wrong }],
      }),
      tableOf(rows, {
        section: "scores",
        title: { en: "Of each", zh: "各项" },
        weakest: 2,
        columns: [
          { name: { en: "name", zh: "名称" }, as: "name", of: (row) => row.name },
          { name: { en: "samples", zh: "样本" }, short: "n", as: "count", of: (row) => row.n },
          { name: termed("f1", "F1", "F1"), as: "decimal", of: (row) => row.score },
        ],
      }),
    ],
  }),
  run: () => ({
    facts: [],
    drawings: [],
    usage: {
      does: say`Finds \`${hostile}\`.`,
      example: "x",
      hub: { task: "token-classification", metrics: [] },
    },
  }),
};

const data = exampleEntities();
const about = data.result;

test("a page escapes names and writes both languages", () => {
  const page = sheetPage(sheet, data);
  expect(page).not.toContain("<b>");
  expect(page).toContain("&lt;b&gt;|*&#96;x&#96;");
  // The weakest row first.
  expect(page.indexOf("0.250")).toBeLessThan(page.indexOf("0.900"));
  expect(page).toContain("Mean error \u22121.235 (\u22122 to \u22121).");
  expect(page).toContain("or their groups; computed by hand; one run of one seed.");
  const zh = sheetPage(sheet, { ...data, lang: "zh" });
  for (const words of ["一种任务", "平均误差", "事实", "各项", "错误", "手工计算"])
    expect(zh).toContain(words);
});

const noRows = "This file contains none of your rows.";
test("a page says how many samples it contains: also those whose values or words an explanation shows", () => {
  const rows = exampleRows();
  expect(rowsPage(rows)).toContain(noRows);
  const explanation = (input: string): Explanation => ({
    input,
    task: "tabular-classification",
    label: "inside",
    score: 0.9,
    class: "inside",
    class_score: 0.9,
    unit: "probability",
    method: "shap",
    base_value: 0.5,
    columns: [{ name: "a", value: "3", weight: 0.4 }],
  });
  const samples = [explanation("line 2"), explanation("line 3")];
  const explanations = { format: 1, of: 15, seconds: 1, samples } as const;
  expect(rowsPage({ ...rows, explanations })).toContain("This file contains 2 of your rows.");
  // Without samples, the drawings have the names of the columns alone.
  expect(rowsPage({ ...rows, explanations, samples: false })).toContain(noRows);
  const classes = exampleReport();
  const word = { text: "fine", start: 0, end: 4, weight: 1 };
  const text = { item: "line 9", which: "best", true: "a", predicted: "a", score: 1, words: [word] } as const;
  expect(
    classesPage({ ...classes, insights: { ...exampleInsights(classes), pictures: [], texts: [text] } }),
  ).toContain("This file contains 1 of your");
});

test("a card escapes names in Markdown, and has no worst samples", () => {
  const card = sheetCard(sheet, data);
  expect(card).toContain("Finds `&lt;b&gt;\\|\\*\\`x\\``.");
  expect(card).toContain("| &lt;b&gt;\\|\\*\\`x\\` | 2 | 0.250 |");
  expect(card).toMatch(/\|\s+\| F1 \| 95 % interval \| mean error \| found \| AUC \|/);
  expect(card).not.toContain("wrong");
});

test("the screen has every score, the weakest row with samples, and the worst samples", () => {
  expect(weakestLines(sheet as never, about.test, about)).toEqual([`weakest    ${hostile}: F1 25.0 %`]);
  expect(furtherScores(sheet as never, about.test, about)).toEqual([
    "scores     mean error -1.235 (-2 to -1), found –, AUC 0.500",
    `           of ${hostile} and more.`,
  ]);
  const lines = detailLines(sheet as never, about.test, about).join("\n");
  expect(lines).toContain(`${hostile}: wrong ${hostile}, other`);
  expect(lines).toContain("good: wrong none");
  expect(lines).toMatch(/^ {2}name +n +F1$/m);
});
