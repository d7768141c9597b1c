import { namesDecoder } from "../bases/sequences/may-write.js";
import { EngraftError, messageOf, stopIf } from "../core/errors.js";
import type { OnEvent } from "../core/events/events.js";
import { factsOf, type TaskFacts, tasks } from "../core/results/task.js";
import { lazyVolume, memoryVolume, type Volume } from "../platform/web.js";
import type { SentData, SentSource } from "./messages.js";
import type { ModelFile } from "./options.js";
import { blobOf } from "./sent-data.js";

/** Model at a path of the files of the tab, with its volume if it needs one. */
export interface OpenedSource {
  readonly path: string;
  readonly volumes: Readonly<Record<string, Volume>>;
}

/** Returns the volume of data that a page sent, and the absolute path that Node's readers open. */
export function givenData(
  { root, files }: SentData,
  top: string,
): { readonly volume: Volume; readonly root: string } {
  return {
    volume: memoryVolume(Object.fromEntries(files)),
    root: root === "" ? `/${top}` : `/${top}/${root}`,
  };
}

export interface FetchOptions {
  readonly onEvent?: OnEvent;
  readonly signal?: AbortSignal;
  /** True for a base: engraft.json, the record of a trained model, is not requested. */
  readonly isBase?: boolean;
}

/**
 * Opens a model. From an address it requests only files of a model folder; all but the ONNX file may be missing.
 * @param top name of the volume for a fetched or given model
 * @throws NetworkError, ModelError
 */
export async function openSource(
  source: SentSource,
  options: FetchOptions,
  top = "model",
): Promise<OpenedSource> {
  if ("run" in source) return { path: `/runs/${source.run}/model`, volumes: {} };
  if ("named" in source) {
    const { addressOf } = await import("../bases/catalog.js");
    const { url, files: more } = addressOf(source.named);
    // A bundled base is fetched when it is opened, and an unknown name is refused then.
    if (url === undefined) return { path: source.named, volumes: {} };
    const { name, files } = await fetchModel(new URL(url), options);
    return modelVolume(name, [...files, ...more], top);
  }
  const { name, files } = "files" in source ? source : await fetchModel(new URL(source.url), options);
  return modelVolume(name, files, top);
}

/** Returns a model whose files are in memory. */
function modelVolume(name: string, files: readonly ModelFile[], top: string): OpenedSource {
  const volume = memoryVolume(
    Object.fromEntries(files.map(({ path, content }) => [`${name}/${path}`, blobOf(content)])),
  );
  return { path: `/${top}/${name}`, volumes: { [top]: volume } };
}

/** Returns the volume of the bundled models. Each is fetched on first use. @param address of the package's `assets/` */
export function bundledModels(address: string, options: FetchOptions): Volume {
  return lazyVolume(async (folder) => {
    const help = `with a bundler, copy node_modules/engraft/assets/${folder} into a folder that the site serves, and give its address as \`base\``;
    const { files } = await fetchModel(new URL(`${folder}/`, address), { ...options, isBase: true }, help);
    return memoryVolume(
      Object.fromEntries(files.map(({ path, content }) => [`${folder}/${path}`, blobOf(content)])),
    );
  });
}

/** Fetches the files of a model folder. @param help what to do if there is no model */
async function fetchModel(
  url: URL,
  options: FetchOptions,
  help = "give the address of a folder with onnx/model.onnx in it, or of a file.onnx",
): Promise<{ readonly name: string; readonly files: readonly ModelFile[] }> {
  const isFile = /\.onnx$/i.test(url.pathname);
  if (!isFile && !url.pathname.endsWith("/")) url.pathname += "/";
  const folder = isFile ? new URL(/\/onnx\/[^/]+$/.test(url.pathname) ? ".." : ".", url) : url;
  const candidates = isFile ? [url] : ["onnx/model.onnx", "model.onnx"].map((path) => new URL(path, folder));
  const files: { readonly path: string; readonly content: Blob }[] = [];
  for (const address of candidates) {
    const onnx = await fetchFile(address, options);
    if (!onnx) continue;
    files.push({ path: "onnx/model.onnx", content: onnx });
    for (const path of await pathsOfWeights(onnx)) {
      const dataAddress = new URL(`./${path.map(encodeURIComponent).join("/")}`, address);
      dataAddress.search = address.search;
      const data = await fetchFile(dataAddress, options);
      if (data) files.push({ path: ["onnx", ...path].join("/"), content: data });
    }
    break;
  }
  if (files.length === 0)
    throw new EngraftError("NetworkError", `there is no model at ${url.href}`, {
      at: candidates.map(String).join(", "),
      code: "unreachable",
      details: { address: url.href },
      help,
    });
  const add = async (path: string): Promise<Blob | undefined> => {
    const content = await fetchFile(new URL(path, folder), options);
    if (content) files.push({ path, content });
    return content;
  };
  await addInputFiles(add, options.isBase === true);
  for (const path of ["README.md", "LICENSE"]) await add(path);
  return { name: nameOf(folder), files };
}

/** Adds the files that describe the inputs of a model. Each is requested only if the files before it make it likely. */
async function addInputFiles(
  add: (path: string) => Promise<Blob | undefined>,
  isBase: boolean,
): Promise<void> {
  const json = async (path: string): Promise<Readonly<Record<string, unknown>>> => {
    try {
      return (JSON.parse((await (await add(path))?.text()) ?? "{}") ?? {}) as Readonly<
        Record<string, unknown>
      >;
    } catch {
      // An invalid file is reported when the model is opened.
      return {};
    }
  };
  const config = await json("config.json");
  // Engraft writes this field, and few other programs do.
  const mayBeTrained = !isBase && config["transformers.js_config"] !== undefined;
  const { task, speech, base } = mayBeTrained ? await json("engraft.json") : {};
  const isKnown = tasks.find((one) => one === task);
  const input = isKnown ? factsOf(isKnown).input : inputOf(config);
  const isSeveral = input === "several";
  const hasRows = isSeveral || input === "table";
  if (hasRows) await add("table.json");
  if (hasRows && !isSeveral) return;
  const hasPreprocessor = input !== "text" && (await add("preprocessor_config.json"));
  if (input === "audio") return addRecogniser(add, config, speech);
  if ((hasPreprocessor && !isSeveral) || input === "image" || (input === "either" && !isKnown)) return;
  if (await add("tokenizer.json")) {
    const { chat_template: template } = await json("tokenizer_config.json");
    if (namesDecoder(config)) {
      await add("generation_config.json");
      if (template === undefined) await add("chat_template.jinja");
      return;
    }
    // Joined encoders have a tokenizer each.
    if ((base as { readonly encoders?: unknown } | undefined)?.encoders !== undefined)
      for (const name of ["tokenizer_2.json", "tokenizer_config_2.json"]) await add(name);
    if (!isKnown) await add("1_Pooling/config.json");
  } else await add(isKnown ? "bag_of_words.json" : "vocab.txt");
}

/** Adds the files with the characters of a recogniser, and its language model if it decodes with one. */
async function addRecogniser(
  add: (path: string) => Promise<Blob | undefined>,
  { architectures }: Readonly<Record<string, unknown>>,
  speech: unknown,
): Promise<void> {
  if (!/ForCTC/.test(String(architectures))) return;
  const { decoder } = (speech ?? {}) as { readonly decoder?: { readonly language_model?: unknown } };
  if (decoder?.language_model !== undefined) await add("language_model.json");
  if (speech !== undefined) await add("vocab.json");
  // A base has one of them or both.
  else if (await add("tokenizer.json")) await add("tokenizer_config.json");
  else await add("vocab.json");
}

/** Model types of sounds. Their config.json may have a `vocab_size` and `ForSequenceClassification`, as those of texts. */
const soundTypes =
  /^(wav2vec2|hubert|wavlm|unispeech|sew|data2vec-audio|whisper|audio-spectrogram-transformer|clap)/;

/** Returns what a model takes, by its config.json on the Hugging Face hub. */
function inputOf({
  model_type,
  vocab_size,
  architectures,
}: Readonly<Record<string, unknown>>): TaskFacts["input"] {
  if (soundTypes.test(String(model_type))) return "audio";
  const readsTexts =
    vocab_size !== undefined || /For(Sequence|Token)Classification/.test(String(architectures));
  return readsTexts ? "text" : "either";
}

/** Size limit of a graph whose weights are in other files, in bytes. */
const mostWithData = 2 ** 22;

/** Most files of weights. Each file is a request, and a model with a file for each tensor has some hundred. */
const mostFiles = 1000;

/**
 * Returns the files with weights of a model, by the parts of their relative path. Browsers print failed requests on the
 * console, so only files that the model names are requested.
 */
async function pathsOfWeights(onnx: Blob): Promise<readonly (readonly string[])[]> {
  if (onnx.size > mostWithData) return [];
  try {
    const { weightFiles } = await import("../graph/import/weight-files.js");
    return weightFiles(new Uint8Array(await onnx.arrayBuffer()))
      .map((path) => path.split("/").filter((part) => part !== "" && part !== "."))
      .filter(([first]) => first !== undefined && first !== "model.onnx")
      .slice(0, mostFiles);
  } catch {
    // An invalid file is reported when the model is opened.
    return [];
  }
}

/** Returns the name in the address of a folder. */
function nameOf({ pathname, host }: URL): string {
  const parts = pathname.split("/").filter(Boolean).map(decodeURIComponent);
  // …/org/name/resolve/main/ of the Hugging Face hub
  const resolve = parts.lastIndexOf("resolve");
  const name = resolve > 0 ? parts[resolve - 1] : parts.at(-1);
  return (name ?? host).replace(/[/\\]/g, "_");
}

/** Fetches a file and reports progress; undefined if there is none. */
async function fetchFile(address: URL, { onEvent, signal }: FetchOptions): Promise<Blob | undefined> {
  const failed = (why: string, cause?: unknown): EngraftError =>
    new EngraftError("NetworkError", `cannot fetch ${address.href}: ${why}`, {
      help: "check the address; a server of another site must allow this page to read it (CORS)",
      code: "unreachable",
      details: { address: address.href },
      cause,
    });
  let response: Response;
  try {
    response = await fetch(address, signal ? { signal } : {});
  } catch (error) {
    stopIf(signal);
    throw failed(messageOf(error), error);
  }
  if (response.status === 404 || response.status === 410) return undefined;
  if (!response.ok) throw failed(`the server answers ${response.status} ${response.statusText}`.trim());
  // Some servers answer unknown addresses with their start page.
  if (response.headers.get("content-type")?.startsWith("text/html") === true) return undefined;
  const total = Number(response.headers.get("content-length"));
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let done = 0;
  try {
    if (!response.body) return await response.blob();
    const reader = response.body.getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      pieces.push(piece.value as Uint8Array<ArrayBuffer>);
      done += piece.value.length;
      if (total > 2 ** 20)
        onEvent?.({
          event: "progress",
          phase: "download",
          done,
          total: Math.max(total, done),
          unit: "bytes",
        });
    }
  } catch (error) {
    stopIf(signal);
    throw failed(`the connection broke off after ${done} bytes`, error);
  }
  return new Blob(pieces);
}
