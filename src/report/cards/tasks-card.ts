// The model card of a model with several heads.

import type { TasksResultEvent } from "../../core/events/events.js";
import { classificationOf } from "../../core/results/task.js";
import { count, integer, percent, percentRange } from "../charts/numbers.js";
import {
  baseLine,
  baseName,
  escapeMarkdown,
  fenced,
  licenceSection,
  versionsLine,
  withoutFolders,
} from "../markdown.js";
import type { RunRecord } from "../studies/study-parts.js";
import { frontMatter } from "./front-matter.js";

const onnxruntime = (outputs: string): string => `import json
import numpy as np, onnxruntime as ort

tasks = json.load(open("config.json"))["engraft_tasks"]
# x: float32[1, 3, H, W], made as preprocessor_config.json says
scores = ort.InferenceSession("onnx/model.onnx").run([${outputs}], {"pixel_values": x})
for task, z in zip(tasks, scores):
    print(task["name"], task["id2label"][str(int(z[0].argmax()))])`;

/** What the card is made from. */
export interface TasksCardData extends Omit<RunRecord, "events"> {
  readonly result: TasksResultEvent;
}

/** Returns the model card as Markdown. @example await writeAtomic("runs/x/model/README.md", renderTasksCard(data)) */
export function renderTasksCard({ title, result, command, versions }: TasksCardData): string {
  const { tasks, base, split } = result;
  const rows = tasks.map(
    ({ name, classes, output, test, baseline }) =>
      `| ${escapeMarkdown(name)} | \`${output}\` | ${classes.map(escapeMarkdown).join(", ")} | ${percent(test.accuracy)} | ${percentRange(test.accuracy_ci95)} | ${integer(test.n)} | ${baseline ? percent(baseline.test.accuracy) : "not trained"} |`,
  );
  const head = frontMatter({
    base,
    task: classificationOf.image,
    metrics: ["accuracy"],
    library: "transformers.js",
    tags: ["multi-task"],
  });
  return `${head}

# ${escapeMarkdown(title)}

${count(tasks.length, "image classifier")} on one body, fine-tuned from ${baseName(base)} by Engraft. \`onnx/model.onnx\` takes
\`pixel_values\` float32[batch, 3, H, W] and has an output of raw scores for each task; \`config.json\` names them under
\`engraft_tasks\`. The first is called \`logits\`: whatever opens an image classifier opens the folder as that one.

| task | output | classes | test accuracy | 95 % interval | test pictures | a model of its own |
|---|---|---|---|---|---|---|
${rows.join("\n")}

\`\`\`python
${onnxruntime(tasks.map(({ output }) => JSON.stringify(output)).join(", "))}
\`\`\`

## How it was made

${baseLine(base)}
- Strategy: ${[result.strategy.name, ...result.strategy.reasons].map(escapeMarkdown).join("; ")}
- Losses: weighting ${result.weighting}, sampling at temperature ${result.temperature}
- Data: ${integer(split.train)} pictures to train, ${integer(split.validation)} to validate, ${integer(split.test)} to test
${versionsLine(versions)}

The command:

${fenced("sh", withoutFolders(command))}

${licenceSection(base, "pictures")}
`;
}
