// What the cards of models that no single task trained say besides their scores.
import type { AdaptResultEvent, TasksResultEvent } from "../../core/events/events.js";
import { classificationOf } from "../../core/results/task.js";
import { count } from "../charts/numbers.js";
import { baseName } from "../markdown.js";
import type { ModelFacts } from "../sheet/report-sheet.js";
import type { Fact, Text } from "../sheet/sheet.js";
import { splitText } from "../studies/study-parts.js";

const fact = (label: string, value: Text): Fact => ({ label, value });

const onnxruntime = (outputs: string): string => `import json
import numpy as np, onnxruntime as ort

tasks = json.load(open("config.json"))["engraft_tasks"]
# x: float32[1, 3, H, W], made as preprocessor_config.json says
scores = ort.InferenceSession("onnx/model.onnx").run([${outputs}], {"pixel_values": x})
for task, z in zip(tasks, scores):
    print(task["name"], task["id2label"][str(int(z[0].argmax()))])`;

/** Returns what the card of a model with several heads says. */
export function severalHeadsFacts({
  tasks,
  base,
  strategy,
  weighting,
  temperature,
  split,
}: TasksResultEvent): ModelFacts {
  return {
    base,
    samples: "pictures",
    usage: {
      does: [
        { value: `${count(tasks.length, "image classifier")} on one body, fine-tuned from ` },
        { own: baseName(base) },
        {
          own: " by Engraft. `onnx/model.onnx` takes `pixel_values` float32[batch, 3, H, W] and has an output of raw scores for each task; `config.json` names them under `engraft_tasks`. The first is called `logits`: whatever opens an image classifier opens the folder as that one.",
        },
      ],
      python: onnxruntime(tasks.map(({ output }) => JSON.stringify(output)).join(", ")),
      hub: {
        task: classificationOf.image,
        metrics: ["accuracy"],
        tags: ["multi-task"],
        library: "transformers.js",
      },
    },
    made: [
      ...tasks.map(({ name, classes, output }) => fact(`Classes of ${name} (${output})`, classes.join(", "))),
      fact("Strategy", [strategy.name, ...strategy.reasons].join("; ")),
      fact("Losses", `weighting ${weighting}, sampling at temperature ${temperature}`),
      fact("Data", splitText(split).en),
    ],
  };
}

/** Returns what the card of an adapted model says. */
export function adaptationFacts({
  method,
  base,
  classes,
  chosen,
  source,
  target,
  unit,
}: AdaptResultEvent): ModelFacts {
  const tradeOffText = chosen.trade_off === undefined ? "" : `, trade-off ${chosen.trade_off}`;
  const texts = unit === "text";
  const input = unit === "clip" ? "audio" : texts ? "text" : "image";
  return {
    base,
    samples: `${unit}s`,
    usage: {
      does: [
        { value: `Trained on a labelled source for an unlabelled target: ${method.name} (${method.paper}).` },
      ],
      hub: {
        task: classificationOf[input],
        metrics: ["accuracy"],
        tags: ["domain-adaptation"],
        // Transformers.js has no bags of words as input.
        ...(!texts && { library: "transformers.js" as const }),
      },
    },
    made: [
      fact("Classes", classes.join(", ")),
      fact("Recipe", method.recipe),
      fact("Chosen without target labels", `epoch ${chosen.epoch}${tradeOffText}, by ${chosen.by}`),
      fact("Source", splitText(source.split).en),
      fact("Target", splitText(target.split).en),
    ],
  };
}
