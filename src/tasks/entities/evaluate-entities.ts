import { readTokenFolder } from "../../bases/model-folder/token-folder.js";
import { openEntities, requireTypes } from "../../data/entities/open-entities.js";
import { taggedTable } from "../../data/entities/tagged-table.js";
import { parseTag } from "../../data/entities/tags.js";
import type { EntityEvaluation, EvaluateOptions } from "../../inference/evaluation.js";
import { scoredItems } from "../../inference/scored-items.js";
import { testUsage } from "../../inference/test-usage.js";
import type { Machine } from "../../run/machine.js";
import { openSession } from "../../runtime/open.js";
import { tokenEvaluator } from "../texts/token-evaluator.js";
import { answersOf, lossOf, scoresOfTags, tagsSaid } from "./word-answers.js";

/** Score a model that marks entities. @throws DataError for types that it does not know */
export async function scoreEntityModel(
  { platform, openRuntime }: Machine,
  model: string,
  data: string,
  options: EvaluateOptions,
): Promise<EntityEvaluation> {
  const { signal, onEvent, seed = 0 } = options;
  const folder = await readTokenFolder(platform, model, "tokens");
  const { classes, tokenizer, dir } = folder;
  const opened = await openEntities(platform, data, {
    seed,
    emptyParts: true,
    groupFrom: options.groupFrom,
    classNames: options.classNames,
  });
  for (const { code, message } of opened.warnings) onEvent?.({ event: "warning", code, message });
  const types = [...new Set(classes.map((label) => parseTag(label)?.type ?? "").filter((t) => t !== ""))];
  requireTypes(opened.types, types, opened.root);
  // A model in another scheme has not all of the tags: what it never says stands behind.
  const labels = [...classes, ...opened.labels.filter((label) => !classes.includes(label))];
  const indexOf = new Map(labels.map((label, i) => [label, i]));
  const chosen = await scoredItems(platform, opened, folder, "sentence", options);
  const items = chosen.items.map((item) => ({
    ...item,
    tags: item.tags.map((tag) => indexOf.get(opened.labels[tag]!)!),
  }));
  const inputs = taggedTable(items, tokenizer, signal ? { signal } : {});
  const runtime = await openRuntime(options.threads ?? platform.cores());
  try {
    const session = await openSession(runtime, folder.graph, { label: `model "${dir}"` });
    const answers = await answersOf(tokenEvaluator(folder, session), items, inputs, classes.length, signal);
    const said = tagsSaid(answers, classes.length, Math.max(0, labels.indexOf("O")));
    const loss = labels.length === classes.length ? lossOf(answers, classes.length) : null;
    return {
      event: "result",
      task: "token-classification",
      model: dir,
      test: scoresOfTags({ labels, types }, items, said, { loss, seen: answers.seen }),
      ...(await testUsage({ platform }, dir, chosen, options)),
    };
  } finally {
    await runtime.close();
  }
}
