import type { TextFacts } from "../bases/open/open-base.js";
import type { StoredAs } from "../bases/weight-storage.js";
import type { Graph } from "../graph/graph.js";
import type { Context } from "./context.js";

/** The model as a file, and what lies beside it. */
export async function exported(
  { opened: { base } }: Context,
  model: Graph,
  stored: StoredAs,
): Promise<Uint8Array> {
  if (base.text) {
    const { exportTextClassifier } = await import("../bases/text/text-body.js");
    return exportTextClassifier(model, stored, { pairs: base.text.pairs === "segments" });
  }
  return (await import("../bases/export.js")).exportClassifier(model, base.preprocessing, stored);
}

/** What Transformers.js asks of a tokenizer: without `pad_token` batches die. */
function savedConfig({ files, tokenizer, pairs }: TextFacts): Readonly<Record<string, unknown>> {
  return {
    tokenizer_class: "PreTrainedTokenizerFast",
    ...files.config,
    // Of pairs the tokens' segments are wanted too: Transformers.js gives them for the tokenizers of its BERT.
    ...(pairs === "segments" && { tokenizer_class: "BertTokenizer" }),
    pad_token: files.config.pad_token ?? tokenizer.padToken,
    model_max_length: tokenizer.longest,
    padding_side: "right",
  };
}

/** Files of the model folder that go on with the base's tokenizer. */
export function filesOf(text: TextFacts): Readonly<Record<string, string>> {
  const { tokenizer } = text.files;
  return {
    "tokenizer.json": `${JSON.stringify(tokenizer)}\n`,
    "tokenizer_config.json": `${JSON.stringify(savedConfig(text), null, 2)}\n`,
  };
}
