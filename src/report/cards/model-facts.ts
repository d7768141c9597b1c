// What the cards of models that no single task trained say besides their scores.

import type { AdaptResultEvent, TasksResultEvent } from "../../core/events/events.js";
import { type BaseModality, modalityOf } from "../../core/modalities.js";
import { classificationOf, factsOf, taskOfHeads } from "../../core/results/task.js";
import { count } from "../charts/numbers.js";
import { baseName } from "../markdown.js";
import type { ModelFacts } from "../sheet/report-sheet.js";
import type { Fact, Text } from "../sheet/sheet.js";
import { splitText } from "../studies/study-parts.js";
import { severalHeadsUsage } from "./card-usage.js";
import type { CardHead } from "./front-matter.js";

const fact = (label: string, value: Text): Fact => ({ label, value });

const onnxruntimePictures = (outputs: string): string => `import json
import numpy as np, onnxruntime as ort

tasks = json.load(open("config.json"))["engraft_tasks"]
# x: float32[1, 3, H, W], made as preprocessor_config.json says
scores = ort.InferenceSession("onnx/model.onnx").run([${outputs}], {"pixel_values": x})
for task, z in zip(tasks, scores):
    print(task["name"], task["id2label"][str(int(z[0].argmax()))])`;

/** Returns what the card of a model with several heads says. */
export function severalHeadsFacts({
  task,
  tasks,
  base,
  strategy,
  weighting,
  temperature,
  split,
}: TasksResultEvent): ModelFacts {
  const own = taskOfHeads(task)!;
  const outputs = tasks.map(({ output }) => output);
  const { kind, tensors, python } = severalHeadsUsage(own, base, outputs);
  const [article, word] = kind.split(" ");
  return {
    base,
    samples: `${factsOf(own).sample}s`,
    usage: {
      does: [
        { value: `${count(tasks.length, `${word} classifier`)} on one body, fine-tuned from ` },
        { own: baseName(base) },
        {
          own: ` by Engraft. \`onnx/model.onnx\` takes ${tensors} and has an output of raw scores for each task; \`config.json\` names them under \`engraft_tasks\`. The first is called \`logits\`: whatever opens ${article} ${word} classifier opens the folder as that one.`,
        },
      ],
      python:
        own === classificationOf.image
          ? onnxruntimePictures(outputs.map((name) => JSON.stringify(name)).join(", "))
          : python,
      hub: {
        task: own,
        metrics: ["accuracy"],
        tags: ["multi-task"],
        // Two text encoders have two tokenizers, a pipeline has one.
        ...(base.encoders === undefined && { library: "transformers.js" as const }),
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

/** Library that runs an adapted model. Transformers.js has no bags of words as input. */
const libraryOf: Partial<Record<BaseModality, Pick<CardHead, "library">>> = {
  image: { library: "transformers.js" },
  audio: { library: "transformers.js" },
};

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
  const input = modalityOf(unit);
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
        ...libraryOf[input],
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
