/** The card of a model with several heads, as Markdown. */
import { escapeMarkdown, withoutFolders } from "./model-card.js";
import { count, integer, percent, percentRange } from "./numbers.js";
import type { TasksReportData } from "./tasks-report.js";

const onnxruntime = (outputs: string): string => `import json
import numpy as np, onnxruntime as ort

tasks = json.load(open("config.json"))["engraft_tasks"]
# x: float32[1, 3, H, W], made as preprocessor_config.json says
scores = ort.InferenceSession("onnx/model.onnx").run([${outputs}], {"pixel_values": x})
for task, z in zip(tasks, scores):
    print(task["name"], task["id2label"][str(int(z[0].argmax()))])`;

/** @example await writeAtomic("runs/x/model/README.md", renderTasksCard(data)) */
export function renderTasksCard({ title, result, command }: TasksReportData): string {
  const { tasks, base, split } = result;
  const rows = tasks.map(
    ({ name, classes, output, test, baseline }) =>
      `| ${escapeMarkdown(name)} | \`${output}\` | ${classes.map(escapeMarkdown).join(", ")} | ${percent(test.accuracy)} | ${percentRange(test.accuracy_ci95)} | ${integer(test.n)} | ${baseline ? percent(baseline.test.accuracy) : "not trained"} |`,
  );
  return `---
library_name: transformers.js
pipeline_tag: image-classification
tags:
- engraft
---

# ${escapeMarkdown(title)}

${count(tasks.length, "image classifier")} on one body, fine-tuned from ${escapeMarkdown(base.name)} by Engraft. \`onnx/model.onnx\` takes
\`pixel_values\` float32[batch, 3, H, W] and has an output of raw scores for each task; \`config.json\` names them under
\`engraft_tasks\`. The first is called \`logits\`: whatever opens an image classifier opens the folder as that one.

| task | output | classes | test accuracy | 95 % interval | test pictures | a model of its own |
|---|---|---|---|---|---|---|
${rows.join("\n")}

\`\`\`python
${onnxruntime(tasks.map(({ output }) => JSON.stringify(output)).join(", "))}
\`\`\`

## How it was made

- Base: ${escapeMarkdown(base.name)} (sha256 \`${base.sha256}\`), licence **${escapeMarkdown(base.license)}**
- Strategy: ${[result.strategy.name, ...result.strategy.reasons].map(escapeMarkdown).join("; ")}
- Losses: weighting ${result.weighting}, sampling at temperature ${result.temperature}
- Data: ${integer(split.train)} pictures to train, ${integer(split.validation)} to validate, ${integer(split.test)} to test
- Command: \`${withoutFolders(command).replace(/`/g, "'")}\`

## Licence

The weights derive from **${escapeMarkdown(base.name)}**, whose licence is **${escapeMarkdown(base.license)}**: its terms
travel with this model. The terms of the pictures it was trained on are for whoever publishes it to add.
`;
}
