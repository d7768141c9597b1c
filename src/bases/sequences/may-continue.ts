import { taskWith } from "../../core/results/task.js";
import type { Platform } from "../../platform/platform.js";
import { parseHubRef } from "../hub/hub-ref.js";
import { findModelFolder, taskOfModel } from "../model-folder/model-folder.js";
import { readJson } from "../open/read-json.js";

/** Returns whether a config.json names a decoder with scores of tokens. */
export const namesDecoder = ({ architectures }: Readonly<Record<string, unknown>>): boolean =>
  /ForCausalLM|LMHeadModel/.test(String(architectures));

/**
 * Returns whether a model may be a decoder that continues texts, by its files: a repository of the hub, or a folder with a tokenizer whose
 * config.json names no classes, or names a decoder. Of the models that Engraft trained for a task, those of text generation are.
 */
export async function mayContinueTexts(platform: Platform, ref: string): Promise<boolean> {
  if (parseHubRef(ref)) return true;
  const { files } = platform;
  const dir = await findModelFolder(platform, ref).catch(() => undefined);
  if (dir === undefined) return false;
  const has = async (name: string): Promise<boolean> =>
    (await files.stat(files.join(dir, name))) !== undefined;
  if (await has("engraft.json")) return (await taskOfModel(platform, dir)) === taskWith({ head: "sequence" });
  if (!(await has("tokenizer.json")) && !(await has("vocab.txt"))) return false;
  if (!(await has("config.json"))) return true;
  const config = ((await readJson(platform, files.join(dir, "config.json"))) ?? {}) as Readonly<
    Record<string, unknown>
  >;
  return config.id2label === undefined || namesDecoder(config);
}
