import { expect, test } from "vitest";
import { exampleComparison } from "../../../test/support/comparison-data.js";
import { studyPage } from "./study-sheets.js";

const labels = ["probe", "lora", "finetune"];
const page = studyPage(exampleComparison(labels, [0, 1, 2]));

test("names the winner, every strategy, what each did, and what failed", () => {
  expect(page).toContain("<strong><bdi>finetune</bdi> wins by validation</strong>");
  for (const label of labels) expect(page).toContain(`<summary><bdi>${label}</bdi></summary>`);
  expect(page).toContain("engraft train &quot;./flowers&quot; --strategy lora");
  expect(page).toContain("NumericError: the loss became &lt;large&gt;");
  expect(page).toContain("12\u00a0KB adapter");
});

test("draws each mean with its interval and every seed, without a script", () => {
  expect(page.match(/class="interval"/g)).toHaveLength(3);
  expect(page.match(/class="seed"/g)).toHaveLength(9);
  expect(page).not.toContain("<script");
  expect(page).not.toMatch(/NaN|undefined|Infinity/);
});

test("names from outside are text", () => {
  const hostile = exampleComparison(["probe", "<img src=x>"], [0, 1]);
  const text = studyPage({ ...hostile, data: "/x/<script>alert(1)</script>" });
  expect(text).not.toContain("<img");
  expect(text).not.toContain("<script>");
});

test("one seed, equal accuracies and a strategy that always failed are drawn as well", () => {
  const one = exampleComparison(["probe"], [0]);
  const text = studyPage({
    ...one,
    rows: [
      ...one.rows,
      {
        label: "bss",
        strategy: "bss",
        seeds: [],
        failed: [0],
        accuracy: null,
        macro_f1: null,
        validation: null,
        seconds: null,
        peak_rss_mb: null,
        model_bytes: null,
        trainable: null,
        recipe: [],
      },
    ],
  });
  expect(text).toContain("failed with every seed");
  expect(text).not.toMatch(/NaN|undefined|Infinity/);
  const nothing = studyPage({ ...one, rows: [], runs: [], winner: null });
  expect(nothing).not.toMatch(/NaN|undefined|Infinity/);
});
