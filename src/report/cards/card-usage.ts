// What the card of a classifier says of its use: the content of the folder, and the programs that open it.

import type { BaseFacts } from "../../core/results/base-facts.js";
import { type BaseClassification, classificationOf, factsOf } from "../../core/results/task.js";
import { isSolved, isWithoutBase, usesNgrams } from "../../methods/registry.js";
import { count } from "../charts/numbers.js";
import { baseName, escapeMarkdown, fenced } from "../markdown.js";
import type { Usage } from "../sheet/sheet.js";
import { cardHead, cardText, cardUse } from "../sheet/sheet-card.js";
import { pipelineSnippet, soundTensors, twoEncoderTensors } from "./transformers-js.js";

const transformersJs = pipelineSnippet(
  classificationOf.image,
  "classify",
  'console.log(await classify("picture.jpg", { top_k: 3 }));',
);

const transformersJsTexts = pipelineSnippet(
  classificationOf.text,
  "classify",
  'console.log(await classify(["a text", "another one"]));',
);

const transformersJsSounds = pipelineSnippet(
  classificationOf.audio,
  "classify",
  `// Float32Array, mono, at the sampling_rate of preprocessor_config.json. In Node decode the file first.
console.log(await classify(samples, { top_k: 3 }));`,
);

const onnxruntimeSounds = `import json
import numpy as np, onnxruntime as ort, soundfile

labels = json.load(open("config.json"))["id2label"]
x, rate = soundfile.read("sound.wav", dtype="float32")
assert x.ndim == 1 and rate == json.load(open("preprocessor_config.json"))["sampling_rate"]
logits = ort.InferenceSession("onnx/model.onnx").run(["logits"], {"input_values": x[None]})[0][0]
print(labels[str(int(logits.argmax()))])`;

const onnxruntimeTexts = `import json
import numpy as np, onnxruntime as ort
from tokenizers import Tokenizer

labels = json.load(open("config.json"))["id2label"]
tokenizer = Tokenizer.from_file("tokenizer.json")
tokenizer.enable_truncation(json.load(open("tokenizer_config.json"))["model_max_length"])
ids = np.array([tokenizer.encode("a text").ids], np.int64)
feeds = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
logits = ort.InferenceSession("onnx/model.onnx").run(["logits"], feeds)[0][0]
print(labels[str(int(logits.argmax()))])`;

const onnxruntimeTwoTokenizers = `import json
import numpy as np, onnxruntime as ort
from tokenizers import Tokenizer

labels = json.load(open("config.json"))["id2label"]
feeds = {}
for i in ("", "_2"):
    tokenizer = Tokenizer.from_file(f"tokenizer{i}.json")
    tokenizer.enable_truncation(json.load(open(f"tokenizer_config{i}.json"))["model_max_length"])
    ids = np.array([tokenizer.encode("a text").ids], np.int64)
    feeds |= {f"input_ids{i}": ids, f"attention_mask{i}": np.ones_like(ids)}
logits = ort.InferenceSession("onnx/model.onnx").run(["logits"], feeds)[0][0]
print(labels[str(int(logits.argmax()))])`;

const onnxruntime = `import json
import numpy as np, onnxruntime as ort
from PIL import Image

p = json.load(open("preprocessor_config.json"))
labels = json.load(open("config.json"))["id2label"]
image, size, crop = Image.open("picture.jpg").convert("RGB"), p["size"], p.get("crop_size")
if crop:
    scale = size["shortest_edge"] / min(image.size)
    image = image.resize([int(round(side * scale, 2)) for side in image.size], Image.LANCZOS)
    left, top = (image.width - crop["width"]) // 2, (image.height - crop["height"]) // 2
    image = image.crop((left, top, left + crop["width"], top + crop["height"]))
else:
    image = image.resize((size["width"], size["height"]), Image.LANCZOS)
x = np.asarray(image, np.float32)
if p.get("do_flip_channel_order"):
    x = x[..., ::-1]
if p.get("do_rescale", True):
    x = x * p["rescale_factor"]
if p.get("do_normalize", True):
    x = (x - p["image_mean"]) / p["image_std"]
x = x.transpose(2, 0, 1)[None].astype(np.float32)
logits = ort.InferenceSession("onnx/model.onnx").run(["logits"], {"pixel_values": x})[0][0]
print(labels[str(int(logits.argmax()))])`;

/** What a card says of the inputs of a model. */
interface InputWords {
  readonly one: string;
  readonly tensors: string;
  /** Input of `engraft predict`. */
  readonly example: string;
  /** Missing: its pipelines do not open the model. */
  readonly transformersJs?: string;
  readonly onnxruntime: string;
}

const inputWords: Readonly<Record<keyof typeof classificationOf, InputWords>> = {
  image: {
    one: "An image",
    tensors: "`pixel_values` float32[batch, 3, H, W]",
    example: "picture.jpg",
    transformersJs,
    onnxruntime,
  },
  text: {
    one: "A text",
    tensors: "`input_ids` and `attention_mask` int64[batch, length]",
    example: '"a text"',
    transformersJs: transformersJsTexts,
    onnxruntime: onnxruntimeTexts,
  },
  audio: {
    one: "A sound",
    tensors: soundTensors,
    example: "sound.wav",
    transformersJs: transformersJsSounds,
    onnxruntime: onnxruntimeSounds,
  },
};

function wordsOf(task: BaseClassification, { encoders }: BaseFacts): InputWords {
  const words = inputWords[factsOf(task).input];
  if (encoders === undefined) return words;
  const { one, example } = words;
  return { one, example, tensors: twoEncoderTensors, onnxruntime: onnxruntimeTwoTokenizers };
}

/** The last lines of a Python program, which read the only head. */
const oneHead =
  /^labels = (.*)\["id2label"\]$|^logits = (.*)\.run\(\["logits"\], (.*)\)\[0\]\[0\]\nprint.*$/gm;

/** Returns the inputs of a model with several heads, and Python that reads all of its outputs. */
export function severalHeadsUsage(task: BaseClassification, base: BaseFacts, outputs: readonly string[]) {
  const { one, tensors, onnxruntime: python } = wordsOf(task, base);
  const names = outputs.map((output) => JSON.stringify(output)).join(", ");
  return {
    kind: one.toLowerCase(),
    tensors,
    python: python.replace(oneHead, (_, config?: string, session?: string, feeds?: string) =>
      config === undefined
        ? `scores = ${session}.run([${names}], ${feeds})
for task, z in zip(tasks, scores):
    print(task["name"], task["id2label"][str(int(z[0].argmax()))])`
        : `tasks = ${config}["engraft_tasks"]`,
    ),
  };
}

/** Facts that decide how a classifier is used. */
export interface ClassifierFacts {
  readonly task: BaseClassification;
  readonly classes: readonly string[];
  readonly base: BaseFacts;
  readonly strategy: string;
  /** True if the folder holds an adapter only, without base and model. */
  readonly adapterOnly?: boolean;
}

/** Returns what a card says of the use of a classifier of pictures, texts or sounds. */
export function classifierUsage(facts: ClassifierFacts): Usage {
  const { task, base, adapterOnly } = facts;
  const { example, ...programs } = wordsOf(task, base);
  const does = [{ own: introduction(facts) }];
  const hub = { task, metrics: ["accuracy", "f1"] };
  if (adapterOnly)
    return { does, hub: { ...hub, library: "engraft", relation: "adapter" }, note: mergeNote(base), example };
  return { does, hub, script: programs.transformersJs, python: programs.onnxruntime, example };
}

const mergeNote = (base: BaseFacts): string => `Merge it with its base into an ONNX model for any onnxruntime:

${fenced("sh", "engraft export ./model --out ./merged")}

The base is ${baseName(base)} with the sha256 \`${base.sha256}\`; \`--base\` says where it is now. Engraft itself takes the adapter
as it is:`;

/** Returns the first paragraph: the model, and the content of its folder. */
function introduction({ task, classes, base, strategy, adapterOnly }: ClassifierFacts): string {
  const { one, tensors, transformersJs } = wordsOf(task, base);
  const kind = `${one} classifier for ${count(classes.length, "class", "classes")} (${classes.map(escapeMarkdown).join(", ")})`;
  const name = baseName(base);
  if (adapterOnly)
    return `${kind}: an adapter (${escapeMarkdown(strategy)}) for ${name}, trained by Engraft. The folder holds the
adapter and the new head (\`adapter_model.safetensors\`, \`adapter_config.json\`), not the base: no program opens it as a
model before it is merged with its base.`;
  const ngrams = usesNgrams(strategy) ? " and the TF-IDF of token n-grams" : "";
  const origin = isWithoutBase(strategy)
    ? `a linear classifier on the TF-IDF of token n-grams and of sequences of 2 to 5 characters, with the tokenizer of ${name} and none of its weights, trained`
    : isSolved(strategy)
      ? `a linear classifier on the frozen features of ${name}${ngrams}, trained`
      : `fine-tuned from ${name}${ngrams && `, with a linear classifier on its features${ngrams},`}`;
  return `${kind}: ${origin} by Engraft. \`onnx/model.onnx\` uses standard ONNX operators alone and opens in
${transformersJs ? "Transformers.js and in any onnxruntime" : "any onnxruntime, but not in a pipeline of Transformers.js, which has one tokenizer"}: ${tensors} in, \`logits\` float32[batch, ${classes.length}] out.`;
}

/** Returns the card of an adapter as the card of the merged model. Changes of its owner stay. */
export function mergedCard(card: string, facts: Omit<ClassifierFacts, "adapterOnly">): string {
  const [adapter, merged] = [classifierUsage({ ...facts, adapterOnly: true }), classifierUsage(facts)];
  const parts = [
    (usage: Usage) => cardHead(usage, facts.base),
    (usage: Usage) => cardText(usage.does),
    cardUse,
  ];
  return parts.reduce((text, part) => text.replace(part(adapter), () => part(merged)), card);
}
