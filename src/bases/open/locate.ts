import { EngraftError } from "../../core/errors.js";
import type { Platform } from "../../platform/platform.js";
import { parseHubRef, webAddress } from "../hub/hub-ref.js";
import { samplePartsFile } from "../model-folder/sample-parts.js";
import { chooseFiles, importedName, textFiles } from "./choose-files.js";
import type { LocatedBase, LocateOptions } from "./located.js";

/**
 * Locates a base: a name of the catalogue, `file.onnx`, `folder[#file]`, or `hf:org/name[@revision][#file]`. A reference with
 * "/" or ".onnx" is a path.
 * @throws OptionError for an unknown name, FileError, ModelError, NetworkError
 */
export async function locateBase(ref: string, options: LocateOptions): Promise<LocatedBase> {
  const { hubLicenses, normalizeLicense } = await import("../hub/licenses.js");
  const { license_link, ...located } = await locate(ref, options);
  const license = normalizeLicense(located.license);
  // An identifier of the hub needs no link.
  return {
    ...located,
    license,
    ...(license_link !== undefined && !hubLicenses.has(license) && { license_link }),
  };
}

async function locate(ref: string, options: LocateOptions): Promise<LocatedBase> {
  const hub = parseHubRef(ref);
  if (hub) return (await import("../hub/hub-base.js")).fromHubRef(hub, options);
  const { platform } = options;
  // No name of the catalogue looks like a path, and a web page uses paths only.
  const listed = isPath(ref) ? undefined : await import("../catalog.js");
  const row = listed?.catalog.find((r) => r.name === ref);
  if (row?.kind === "hub") return (await import("../hub/hub-base.js")).fromHubRow(row, options);
  if (row) {
    const folder = listed!.bundledFolder(row, platform);
    if (!(await platform.files.stat(platform.files.join(folder, "onnx", "model.onnx"))))
      throw new EngraftError(
        "ModelError",
        `the bundled base ${row.name} is not in this copy of the package`,
        { at: folder, help: "install the package again, or give --base file.onnx or hf:org/name" },
      );
    const located = await fromFolder(folder, row.name, options);
    return { ...located, license: row.license, cut: row.cut };
  }
  const path = platform.files.resolve(ref);
  const state = await platform.files.stat(path);
  if (state?.kind === "folder") {
    // A run or a saved session: its model is in the model folder.
    const inner = platform.files.join(path, "model");
    const has = (name: string) => platform.files.stat(platform.files.join(path, name));
    const isRun = ((await has("run.json")) || (await has(samplePartsFile))) && (await has("model"));
    return fromFolder(isRun ? inner : path, lastPart(path), options);
  }
  if (state?.kind === "file") return fromFile(path, platform);
  const chosen = await chosenFile(ref, platform);
  if (chosen) return fromFolder(chosen.folder, lastPart(chosen.folder), options, chosen.file);
  return notThere(ref, platform);
}

/**
 * Checks a base's name or path, without reading or downloading anything.
 * @throws OptionError for an unknown name, FileError for a path that does not exist
 */
export async function requireBase(ref: string, platform: Platform): Promise<void> {
  const parts = await partsOf(ref, platform);
  if (parts.length > 1) {
    for (const part of parts) await requireBase(part, platform);
    return;
  }
  if (parseHubRef(ref)) return;
  if (!isPath(ref) && (await import("../catalog.js")).catalog.some((row) => row.name === ref)) return;
  if ((await platform.files.stat(platform.files.resolve(ref))) || (await chosenFile(ref, platform))) return;
  await notThere(ref, platform);
}

/** Returns the folder and the file of "FOLDER#onnx/model.onnx"; undefined if there is no such folder. */
export async function chosenFile(
  ref: string,
  { files }: Platform,
): Promise<{ readonly folder: string; readonly file: string } | undefined> {
  const [, name, file] = /^(.+)#([^#]+\.onnx)$/i.exec(ref) ?? [];
  if (name === undefined || file === undefined) return undefined;
  const folder = files.resolve(name);
  return (await files.stat(folder))?.kind === "folder" ? { folder, file } : undefined;
}

/** Returns the bases of a reference. Loaded on demand: few runs join bases. */
const partsOf = async (ref: string, platform: Platform): Promise<readonly string[]> =>
  ref.includes("+") ? (await import("./base-refs.js")).baseRefs(ref, platform) : [ref];

async function notThere(ref: string, platform: Platform): Promise<never> {
  const parts = await partsOf(ref, platform);
  if (parts.length > 1)
    throw new EngraftError("OptionError", `${ref} names ${parts.length} bases, and one is taken here`, {
      help: "--base joins bases for classes, labels and numbers of pictures, and for classes and labels of texts; give one base",
      details: { parts },
    });
  if (!isPath(ref)) (await import("../catalog.js")).baseNamed(ref);
  throw new EngraftError("FileError", `there is no file or folder ${ref}`, {
    at: platform.files.resolve(ref),
    help: `${await (await import("../../platform/nearest-path.js")).nearestPath(platform.files, ref)}--base takes a name (\`engraft bases\`), file.onnx, a model folder, or hf:org/name`,
    details: { base: ref },
  });
}

const isPath = (ref: string): boolean => /[\\/]|\.onnx$/i.test(ref);

function lastPart(path: string): string {
  return path.split(/[\\/]/).filter(Boolean).at(-1) ?? path;
}

async function fromFolder(
  folder: string,
  name: string,
  { platform, choose = chooseFiles }: LocateOptions,
  file?: string,
): Promise<LocatedBase> {
  const { files } = platform;
  const top = await files.list(folder);
  const inner = top.some((e) => e.name === "onnx") ? await files.list(files.join(folder, "onnx")) : [];
  const pooling = top.some((e) => e.name === "1_Pooling")
    ? await files.list(files.join(folder, "1_Pooling"))
    : [];
  const paths = [
    ...top.map((e) => e.name),
    ...inner.map((e) => `onnx/${e.name}`),
    ...pooling.map((e) => `1_Pooling/${e.name}`),
  ];
  if (!paths.some((path) => path.endsWith(".onnx"))) {
    const { importedIn } = await import("../formats/open-imported.js");
    const imported = await importedIn(folder, paths, platform);
    if (imported !== undefined)
      return { ...(await fromFile(imported, platform)), ...(await cardOf(folder, paths, platform)), name };
  }
  const { onnx, decoder, preprocessor, config, texts } = choose(paths, file, folder);
  const at = (path: string | undefined) =>
    path === undefined ? undefined : files.join(folder, ...path.split("/"));
  return {
    name,
    ...(await cardOf(folder, paths, platform)),
    onnx: at(onnx)!,
    decoder: at(decoder),
    preprocessor: at(preprocessor),
    config: at(config),
    texts: Object.fromEntries(Object.entries(texts).map(([name, path]) => [name, at(path)!])),
    cut: undefined,
  };
}

/** Returns what a folder says about the licence of its model. */
async function cardOf(
  folder: string,
  paths: readonly string[],
  platform: Platform,
): Promise<Pick<LocatedBase, "license" | "license_link" | "licenseFile">> {
  const { files } = platform;
  const licenseName = paths.find((path) => /^licen[cs]e(\.md|\.txt)?$/i.test(path));
  const stated = await licenseOf(files.join(folder, "README.md"), platform);
  const otherwise = licenseName === undefined ? "not stated" : `see its ${licenseName}`;
  return {
    license: stated.license ?? otherwise,
    ...(licenseName === undefined && stated.link !== undefined && { license_link: stated.link }),
    licenseFile: licenseName === undefined ? undefined : files.join(folder, licenseName),
  };
}

/** Returns the licence of a model card: its identifier, or another licence's name and address. */
async function licenseOf(
  card: string,
  { files }: Platform,
): Promise<{ readonly license?: string | undefined; readonly link?: string | undefined }> {
  if (!(await files.stat(card))) return {};
  const text = new TextDecoder().decode(await files.read(card, { limit: 2 ** 24 }));
  const head = /^---\r?\n([\s\S]*?)\r?\n---/.exec(text)?.[1] ?? "";
  const field = (name: string): string | undefined =>
    new RegExp(`^${name}:\\s*["']?([^"'\r\n]{1,200}?)["']?\\s*$`, "m").exec(head)?.[1]?.trim();
  const license = field("license");
  return {
    license: license === "other" ? (field("license_name") ?? license) : license,
    link: webAddress(field("license_link")),
  };
}

async function fromFile(path: string, platform: Platform): Promise<LocatedBase> {
  const { files } = platform;
  const inSameFolder = async (name: string) => {
    const candidate = files.join(files.dirname(path), name);
    return (await files.stat(candidate))?.kind === "file" ? candidate : undefined;
  };
  const texts: Record<string, string> = {};
  for (const name of textFiles) {
    const found = await inSameFolder(name);
    if (found !== undefined) texts[name] = found;
  }
  const facts = importedName.test(path)
    ? await (await import("../formats/open-imported.js")).importedFacts(path, platform)
    : {};
  return {
    name: lastPart(path),
    license: "not stated",
    onnx: path,
    preprocessor: await inSameFolder("preprocessor_config.json"),
    config: await inSameFolder("config.json"),
    texts,
    licenseFile: undefined,
    cut: undefined,
    ...facts,
  };
}
