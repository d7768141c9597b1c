import { EngraftError, messageOf, stopIf } from "../core/errors.js";
import type { OnEvent } from "../core/events/events.js";
import { memoryVolume, type Volume } from "../platform/web.js";
import type { SentSource } from "./messages.js";

/** A model at a path of the tab's files, and the volume that it lies on, if it needs one. */
export interface OpenedSource {
  readonly path: string;
  readonly volumes: Readonly<Record<string, Volume>>;
}

/** Name of the volume that a fetched or given model lies on. */
const top = "model";

export interface FetchOptions {
  readonly onEvent?: OnEvent;
  readonly signal?: AbortSignal;
}

/**
 * Get hold of a model. Of an address only the files are asked for that a model folder has; those that are not there are
 * left out, all but the ONNX file itself.
 * @throws NetworkError, ModelError
 */
export async function openSource(source: SentSource, options: FetchOptions): Promise<OpenedSource> {
  if ("run" in source) return { path: `/runs/${source.run}/model`, volumes: {} };
  if ("files" in source) {
    const files = source.files.map(({ path, content }) => {
      const blob = content instanceof Blob ? content : new Blob([new Uint8Array(content)]);
      return [`${source.name}/${path}`, blob] as const;
    });
    return on(source.name, Object.fromEntries(files));
  }
  const opened = await fetchModel(new URL(source.url), options, source.bundled);
  // Under the name that the catalogue knows, at the place where it looks.
  if (source.bundled === undefined) return opened;
  return { path: source.bundled, volumes: { assets: opened.volumes[top]! } };
}

function on(name: string, files: Readonly<Record<string, Blob>>): OpenedSource {
  return { path: `/${top}/${name}`, volumes: { [top]: memoryVolume(files) } };
}

/** @param bundled the package's own model that was looked for beside the package */
async function fetchModel(url: URL, options: FetchOptions, bundled?: string): Promise<OpenedSource> {
  const isFile = /\.onnx$/i.test(url.pathname);
  if (!isFile && !url.pathname.endsWith("/")) url.pathname += "/";
  const folder = isFile ? new URL(/\/onnx\/[^/]+$/.test(url.pathname) ? ".." : ".", url) : url;
  const name = nameOf(folder);
  const candidates = isFile ? [url] : ["onnx/model.onnx", "model.onnx"].map((path) => new URL(path, folder));
  const files: Record<string, Blob> = {};
  for (const address of candidates) {
    const onnx = await fetchFile(address, options);
    if (!onnx) continue;
    files[`${name}/onnx/model.onnx`] = onnx;
    for (const path of await pathsOfWeights(onnx)) {
      const beside = new URL(`./${path.map(encodeURIComponent).join("/")}`, address);
      beside.search = address.search;
      const data = await fetchFile(beside, options);
      if (data) files[[name, "onnx", ...path].join("/")] = data;
    }
    break;
  }
  if (Object.keys(files).length === 0)
    throw new EngraftError("NetworkError", `there is no model at ${url.href}`, {
      at: candidates.map(String).join(", "),
      help:
        bundled === undefined
          ? "give the address of a folder with onnx/model.onnx in it, or of a file.onnx"
          : `with a bundler, copy node_modules/engraft/assets/${bundled} into a folder that the site serves, and give its address as \`base\``,
    });
  for (const path of ["preprocessor_config.json", "config.json", "README.md", "LICENSE"]) {
    const found = await fetchFile(new URL(path, folder), options);
    if (found) files[`${name}/${path}`] = found;
  }
  return on(name, files);
}

/** A graph whose weights lie elsewhere is smaller than this, bytes. */
const mostWithData = 2 ** 22;

/** Each file is a request. A model with a file for each tensor has some hundred. */
const mostFiles = 1000;

/**
 * Returns the files that hold weights of a model, by the parts of their path beside it. Browsers print each request that
 * fails on the console, so only files that the model names are asked for.
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
    // Opening the model says what is wrong with it.
    return [];
  }
}

/** The last part of a folder's address that names something. */
function nameOf({ pathname, host }: URL): string {
  const parts = pathname.split("/").filter(Boolean).map(decodeURIComponent);
  // …/org/name/resolve/main/ of the Hugging Face hub
  const resolve = parts.lastIndexOf("resolve");
  const name = resolve > 0 ? parts[resolve - 1] : parts.at(-1);
  return (name ?? host).replace(/[/\\]/g, "_");
}

/** A file with its progress told; undefined when there is none. */
async function fetchFile(address: URL, { onEvent, signal }: FetchOptions): Promise<Blob | undefined> {
  const failed = (why: string, cause?: unknown): EngraftError =>
    new EngraftError("NetworkError", `cannot fetch ${address.href}: ${why}`, {
      help: "check the address; a server of another site must allow this page to read it (CORS)",
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
  // A server that answers every address with its start page.
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
