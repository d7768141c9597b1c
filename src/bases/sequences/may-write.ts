import { taskWith } from "../../core/results/task.js";
import type { Platform } from "../../platform/platform.js";
import { parseHubRef } from "../hub/hub-ref.js";
import { findModelFolder, taskOfModel } from "../model-folder/model-folder.js";
import { readJson } from "../open/read-json.js";

/** Returns whether a config.json names a decoder with scores of tokens. */
export const namesDecoder = ({ architectures }: Readonly<Record<string, unknown>>): boolean =>
  /ForCausalLM|LMHeadModel/.test(String(architectures));

/** Returns whether a config.json names an encoder–decoder that writes, such as T5. One that classifies, such as BART for MNLI, does not. */
export const namesWritingPair = ({
  is_encoder_decoder,
  architectures,
}: Readonly<Record<string, unknown>>): boolean =>
  is_encoder_decoder === true &&
  !/For(SequenceClassification|TokenClassification|QuestionAnswering)/.test(String(architectures));

/**
 * Returns whether a model may write texts: a decoder that continues them, or an encoder–decoder that rewrites them. It judges by the
 * files: a repository of the hub, or a folder with a tokenizer whose config.json names no classes, a decoder, or an encoder–decoder. Of the models that Engraft trained for a task, those of text generation are.
 */
export async function mayWriteTexts(platform: Platform, ref: string): Promise<boolean> {
  if (parseHubRef(ref)) return true;
  const { files } = platform;
  // An encoder–decoder has no onnx/model.onnx. If it lacks its tokenizer, its opening says so.
  if (namesWritingPair(await configOf(platform, files.resolve(ref)))) return true;
  const dir = await findModelFolder(platform, ref).catch(() => undefined);
  if (dir === undefined) return false;
  const has = async (name: string): Promise<boolean> =>
    (await files.stat(files.join(dir, name))) !== undefined;
  if (await has("engraft.json")) return (await taskOfModel(platform, dir)) === taskWith({ head: "sequence" });
  if (!(await has("tokenizer.json")) && !(await has("vocab.txt"))) return false;
  const config = await configOf(platform, dir);
  return config.id2label === undefined || namesDecoder(config);
}

/** Returns the config.json of a folder; empty if there is none. */
async function configOf(platform: Platform, dir: string): Promise<Readonly<Record<string, unknown>>> {
  const path = platform.files.join(dir, "config.json");
  if (!(await platform.files.stat(path))) return {};
  return ((await readJson(platform, path)) ?? {}) as Readonly<Record<string, unknown>>;
}
