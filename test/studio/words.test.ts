// Words of pages that every task shows: they hold for numbers, labels, boxes and transcripts as for classes.
import { expect, test } from "vitest";
import type { Words } from "../../studio/words/en/index.js";
import { en } from "../../studio/words/en/index.js";
import { zh } from "../../studio/words/zh/index.js";

/** Words of the page Result that stand only beside the quick model, a label that was changed, or the project's classes. */
const ofClasses: readonly (keyof Words["result"])[] = ["fewTest", "relabelled", "withOldLabels", "none"];

const written = (word: unknown): string =>
  typeof word === "function" ? String(word("3", "5", "7")) : String(word);

test.each([en, zh])(
  "words for every task name no class, label or accuracy",
  ({ result, runs, try: tried, use }) => {
    const keys = (Object.keys(result) as (keyof Words["result"])[]).filter((key) => !ofClasses.includes(key));
    const shared = [
      ...keys.map((key) => result[key]),
      ...Object.values(runs),
      ...[tried.all, use.modelAbout, use.noModelFiles, use.dataAbout.table, use.dataAbout.files],
    ].map(written);
    expect(shared.filter((text) => /class|label|accura|类别|标签|准确率/i.test(text))).toEqual([]);
  },
);

test("the list of what is learnt is named by the kind of predictions", () => {
  expect([en, zh].map(({ tasks: { files } }) => [files.targets.labels, files.targets.tags])).toEqual([
    ["Labels", "Types of entities"],
    ["标签", "实体类型"],
  ]);
});
