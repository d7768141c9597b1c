import { expect, test } from "vitest";
import { exampleReport } from "../../../test/support/report-data.js";
import { classesCard, classesPage } from "../../../test/support/run-kinds.js";
import { reliabilityChart } from "../../tasks/classes/trust-sheet.js";
import { byConfusion } from "../charts/confusion-order.js";

const text = (page: string): string => page.replaceAll("\u00a0", " ");
const assets = { chartScript: "", chartStyle: "" };

test("the report says how far to trust the probabilities, with intervals, and draws it", () => {
  const data = exampleReport();
  const { trust } = data.result;
  const page = text(classesPage(data, assets));
  expect(page).toContain("<h2>Calibration</h2>");
  expect(page).toContain("fitted on 43 validation pictures");
  expect(page).toContain(`${(100 * trust!.calibration.before.ece).toFixed(1)} %`);
  expect(page).toContain("made to hold the true class 90 % of the time");
  expect(page).toContain('aria-label="Reliability"');
  expect(page).toContain('aria-label="Accuracy with abstention"');
  expect(page).toContain("Cohen&#39;s kappa");
});

test("a page of a probe names no epoch that validation chose", () => {
  const data = exampleReport();
  expect(classesPage(data, assets)).toContain(
    "Validation pictures chose the epoch; test pictures chose nothing",
  );
  const probe = { ...data, result: { ...data.result, epochs: 0 } };
  for (const [lang, epoch] of [
    ["en", "chose the epoch"],
    ["zh", "轮次由验证"],
  ] as const)
    expect(classesPage({ ...probe, lang }, assets)).not.toContain(epoch);
  expect(classesPage(probe, assets)).toContain("Test pictures chose nothing");
});

test("a temperature is a finding only if it lowers the log loss of the test split by more than chance", () => {
  const data = exampleReport();
  const trust = data.result.trust!;
  const pageOf = (value: number, finding: "falls" | "chance") => {
    const calibration = {
      ...trust.calibration,
      change: { loss: 0.01, ci95: [-0.01, 0.03] as const, finding },
    };
    const temperature = { value, written: false };
    return text(
      classesPage(
        { ...data, result: { ...data.result, trust: { ...trust, calibration, temperature } } },
        assets,
      ),
    );
  };
  expect(pageOf(1.4, "falls")).toContain("the model is overconfident; logits divided by 1.400 have");
  expect(pageOf(0.7, "falls")).toContain("the model is underconfident; logits divided by 0.700 have");
  const chance = pageOf(0.987, "chance");
  expect(chance).toContain("logits divided by 0.987 have");
  expect(chance).not.toContain("confident; logits");
});

test("charts of a probe are drawn though it has no epochs", () => {
  const data = exampleReport();
  const page = classesPage({ ...data, events: data.events.filter((e) => e.event === "data") }, assets);
  expect(page).toContain('aria-label="Reliability"');
  expect(page).not.toContain('id="charts"');
});

test("a run without a validation part has no such section", () => {
  const data = exampleReport();
  const { trust: _, ...result } = data.result;
  expect(classesPage({ ...data, result }, assets)).not.toContain("<h2>Calibration</h2>");
  expect(classesCard({ ...data, result })).not.toContain("prediction sets");
  expect(classesCard(data)).toContain("prediction sets");
});

test("the reliability curve goes through stated and true confidence of each bin", () => {
  const { trust } = exampleReport().result;
  const chart = reliabilityChart(trust!, "en");
  for (const { confidence, accuracy } of trust!.calibration.before.reliability)
    expect(chart.series[0]!.y[chart.x.indexOf(confidence)]).toBe(accuracy);
  expect(chart.series[2]!.y).toEqual(chart.x);
});

test("with few test items the report has a sentence in place of the number, and so has the card", () => {
  const data = exampleReport();
  const metric = { ...data.result.test.metric, value: 1, ci95: [0.65, 1] as const };
  const few = { ...data.result.test, n: 7, metric, accuracy: 1, accuracy_ci95: metric.ci95 };
  const said = { ...data, result: { ...data.result, test: few } };
  const sentence = /7\s+test pictures are too few/;
  const page = text(classesPage(said, assets));
  expect(page).toMatch(sentence);
  expect(classesCard(said)).toMatch(sentence);
  expect(page).not.toContain('class="figure"');
  expect(text(classesPage(data, assets))).not.toContain("too few");
});

test("sorted by confusion, classes that are taken for each other stand side by side", () => {
  // 0 and 3 are mixed up most, then 3 and 1; 2 is never.
  const confusion = [
    [9, 0, 0, 6],
    [0, 9, 0, 2],
    [0, 0, 9, 0],
    [5, 1, 0, 9],
  ];
  expect(byConfusion(confusion, [0, 1, 2, 3])).toEqual([3, 0, 1, 2]);
  expect(byConfusion(confusion, [1, 3])).toEqual([0, 1]);
  expect(byConfusion([[1]], [0])).toEqual([0]);
});
