import { expect, test } from "vitest";
import { confusionCounts, exampleReport } from "../../test/support/report-data.js";
import { classesCard, classesPage } from "../../test/support/run-kinds.js";
import type { EngraftEvent } from "../core/events/events.js";
import { type ReportData, stagesOf } from "./report-data.js";

const hostile = [
  `</script><script>window.hit=1</script>`,
  `"><img src=x onerror=hit()>`,
  `a' onmouseover='hit()`,
  "\u202egnp.exe",
  "{{7*7}}`&#36;{hit()}`",
];
const text = (page: string): string => page.replaceAll("\u00a0", " ");

test("the report says accuracy, interval, baseline, verdict, split and command", () => {
  const page = text(classesPage(exampleReport()));
  // 271 of 300: Wilson's interval is 0.8647 to 0.9318 (statsmodels proportion_confint, method "wilson").
  expect(page).toContain("90.3 %");
  expect(page).toContain("86.5 to 93.2 %");
  expect(page).toContain("271 of 300 test pictures right");
  expect(page).toContain("Most frequent class");
  // The verdict is said once; how it was decided is folded below it.
  expect(page.match(/Transfer helped/g)).toHaveLength(1);
  expect(page).toContain("accuracy is 39.0 points higher than from scratch");
  expect(page).toContain("255 pictures to train, 45 to validate, 300 to test");
  expect(page).toContain("npx engraft train assets/demo --base vision-mini");
  expect(page).toContain("research-only");
  expect(page).toContain("scored 2 times before");
  expect(page).toContain("train/pit/broken.jpg");
});

test("a score without digits has no other scores beside it, nor in the tiles", () => {
  const data = exampleReport();
  const dataWith = (ci95: readonly [number, number]): ReportData => {
    const metric = { ...data.result.test.metric, ci95 };
    const { shown: _, ...result } = { ...data.result, test: { ...data.result.test, metric } };
    return { ...data, result };
  };
  const tilesWith = (ci95: readonly [number, number]): string[] => {
    const [, tiles] = /<dl class="tiles">(.*?)<\/dl>/s.exec(classesPage(dataWith(ci95)))!;
    return [...tiles!.matchAll(/<dt>(.*?)<\/dt>/gs)].map(([, label]) => label!.replace(/<[^>]*>/g, ""));
  };
  expect(tilesWith([0.86, 0.93])).toHaveLength(5);
  expect(tilesWith([0.5, 0.95])).toEqual(["Most frequent class", "Time"]);
  const rowWith = (ci95: readonly [number, number]) =>
    /^\| finetune \(this model\).*$/m.exec(classesCard(dataWith(ci95)))![0];
  expect(rowWith([0.86, 0.93])).toMatch(/\| 90\.3.%.*\| 0\.\d+ \|/);
  expect(rowWith([0.5, 0.95])).toMatch(/\| – \| 86\.5 to 93\.2.% \|( – \|)+$/);
});

test("the report says where a run computed, and by which times auto decided it", () => {
  const page = (device: EngraftEvent, lang: "en" | "zh" = "en") => {
    const data = exampleReport();
    return text(classesPage({ ...data, lang, events: [...data.events, device] }));
  };
  const gpu = { event: "device", device: "webgpu", adapter: "NVIDIA <RTX>", words: "" } as const;
  expect(page(gpu)).toContain("<dt>Device</dt><dd>WebGPU · NVIDIA &lt;RTX&gt;</dd>");
  const measured = {
    ...gpu,
    device: "cpu",
    adapter: "Iris",
    milliseconds: { cpu: 35.21, webgpu: 104.9 },
  } as const;
  expect(page(measured)).toContain(
    "<dt>Device</dt><dd>CPU · Iris · a training step of a small network takes 100 ms on the GPU, 35 ms on the CPU</dd>",
  );
  expect(page(measured, "zh")).toContain(
    "<dt>计算设备</dt><dd>CPU · Iris · 小型网络的一个训练步在 GPU 上需要 100 毫秒，在 CPU 上需要 35 毫秒</dd>",
  );
  expect(text(classesPage(exampleReport()))).not.toContain("<dt>Device</dt>");
});

test("each count of the confusion matrix stands in its row", () => {
  const page = classesPage(exampleReport());
  const rows = [
    ...page.matchAll(/<tr><th scope="row"><bdi title="(crack|groove|none|pit|stain)">.*?<\/tr>/gs),
  ].slice(0, 5);
  expect(
    rows.map((row) =>
      [...row[0].matchAll(/<td class="(?:zero|right|wrong)"[^>]*>(\d+)<\/td>/g)].map((m) => Number(m[1])),
    ),
  ).toEqual(confusionCounts);
});

test("wrong answers alone are the worst; where every answer is right, the least sure are listed and it is said", () => {
  const data = exampleReport();
  const { worst } = data.result.test;
  const right = { ...worst[0]!, item: "test/right.jpg", predicted: worst[0]!.true };
  const page = (test: object, lang: "en" | "zh" = "en") =>
    classesPage({ ...data, lang, result: { ...data.result, test: { ...data.result.test, ...test } } });
  expect(page({})).toContain("Worst samples");
  const sure = { worst: [], least_sure: [right] };
  expect(page(sure)).toContain("Least sure");
  expect(page(sure)).toContain("Every prediction on the test pictures is right.");
  expect(page(sure)).toContain("test/right.jpg");
  expect(page(sure)).not.toContain("Worst samples");
  expect(page(sure, "zh")).toContain("测试图片全部预测正确。");
});

test("training from scratch that was still improving: its steps, its rates, and a verdict that says so, in both languages", () => {
  const data = exampleReport();
  const { baselines, verdict } = data.result;
  const validation = { score: 0.48, loss: 1.2 };
  const training = {
    ended: "budget" as const,
    ...{ steps: 400, limit: 400, seconds: 40, rate: 0.001, best_epoch: 25, learnt: true },
    ...{ validation, at_transfer: { steps: 64, validation: { score: 0.25, loss: 1.5 } } },
  };
  const tried = [0.001, 0.003].map((rate) => ({
    rate,
    steps: 40,
    seconds: 4,
    validation,
    kept: rate < 0.002,
  }));
  const effort = { transfer: { steps: 64, seconds: 7 }, scratch: { steps: 400, seconds: 40 } };
  const page = (lang: "en" | "zh") =>
    classesPage({
      ...data,
      lang,
      result: {
        ...data.result,
        baselines: { ...baselines, scratch: { ...baselines!.scratch!, training, tried } },
        verdict: {
          ...verdict!,
          kind: "scratch improving",
          decision: "improving, saved time",
          sentences: ["improving, saved time"],
          transfer: "inconclusive",
          scratch_ended: "budget",
          effort,
        },
      },
    });
  const english = page("en");
  expect(english).toContain(
    "Transfer saved training time: accuracy is 39.0 points higher than from scratch, which was still improving.",
  );
  expect(english).toContain("400 steps in 40\u00a0s, still improving at the last step.");
  expect(english).toContain("After 64 steps, as many as the run: validation accuracy 25.0\u00a0%.");
  expect(english).toContain("Learning rates tried, the best by validation loss was chosen: 0.0010, 0.0030.");
  const chinese = page("zh");
  expect(chinese).toContain("迁移节省了训练时间。迁移：准确率");
  expect(chinese).toContain("（400 步，40\u00a0s），仍在提高。准确率提高 39.0 个百分点");
  expect(chinese).toContain("400 步，用时 40\u00a0s，步数用完时仍在提高。");
});

test("hostile class and file names, messages and thumbnails are shown as text", () => {
  const data = exampleReport(hostile);
  const bad: EngraftEvent = { event: "warning", code: "x", message: "</ul><script>hit()</script>" };
  const item = data.result.test.worst[0]!.item;
  const page = classesPage(
    {
      ...data,
      title: "</title><script>hit()</script>",
      command: "</code></pre><script>hit()</script>",
      versions: { "<b>": "<script>" },
      events: [...data.events, bad],
      thumbnails: { [item]: `data:image/webp;base64,AAAA" onerror="hit()` },
    },
    {
      chartScript: "/* </script><script>hit()</script> */",
      chartStyle: "/* </style><script>hit()</script> */",
    },
  );
  // The page's own five: the folds, the order of the matrix, the data, the chart library, the drawing. Two more openings stand as text inside the
  // hostile style and the hostile chart library, where only an end tag would mean anything.
  expect(page.match(/<\/script/gi)).toHaveLength(5);
  expect(page.match(/<script/gi)).toHaveLength(7);
  expect(page.match(/<\/style/gi)).toHaveLength(1);
  expect(page).not.toMatch(/<img src=x|<script>window|onerror="hit|onmouseover='hit/);
  expect(page).toContain("&lt;/title&gt;");
});

test("a run of the probe has no curves and says why; a run without baselines has no verdict", () => {
  const data = exampleReport();
  const { baselines: _, verdict: __, ...rest } = data.result;
  const page = classesPage({
    ...data,
    result: { ...rest, epochs: 0, best_epoch: 0 },
    events: data.events.filter((e) => e.event !== "epoch"),
  });
  expect(page).toContain("exact solution of a convex problem");
  expect(page).not.toContain("<h2>Learning curves");
  expect(page).not.toContain('class="verdict');
});

test("an epoch that was trained again after a resume counts once, as it was the last time", () => {
  const data = exampleReport();
  const again = data.events.find((e) => e.event === "epoch" && e.stage === "all" && e.epoch === 3)!;
  const stages = stagesOf({
    ...data,
    events: [...data.events, { ...again, train_loss: 42 } as EngraftEvent],
  });
  expect(stages.map((s) => [s.name, s.epochs.length])).toEqual([
    ["head", 2],
    ["all", 10],
    ["scratch", 16],
  ]);
  expect(stages[1]!.epochs[2]!.train_loss).toBe(42);
});

test("a hundred classes show the forty with most mistakes, and say so", () => {
  const n = 100;
  const classes = Array.from({ length: n }, (_, k) => `class-${k}`);
  const confusion = classes.map((_, t) =>
    classes.map((__, p) => (p === t ? 3 : p === (t + 1) % n && t < 50 ? 2 : 0)),
  );
  const data = exampleReport();
  const page = classesPage({
    ...data,
    result: { ...data.result, classes, test: { ...data.result.test, confusion } },
  });
  expect(page).toContain("The 40 classes with the most errors; 60 others are left out.");
  expect(page.match(/<th scope="col" class="class">/g)).toHaveLength(40);
});
