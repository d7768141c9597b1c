/** Checks whether a model folder may be published, and which files. */
import type { UploadFile } from "../bases/hub/hub-upload-node.js";
import { readJson } from "../bases/open/read-json.js";
import { languageModelFile } from "../bases/transcripts/speech-folder.js";
import { EngraftError } from "../core/errors.js";
import { adapterFiles } from "../methods/peft/adapter-file.js";
import type { Platform } from "../platform/platform.js";
import { cardProblems, readCard } from "../report/cards/front-matter.js";

/** Files of a model folder that Engraft writes. No other file is published: it may be a key, or data. */
export const modelFiles: ReadonlySet<string> = new Set([
  "README.md",
  "LICENSE",
  ...["onnx/model.onnx", "onnx/model.onnx_data", "onnx/model_fp16.onnx", "onnx/model_fp16.onnx_data"],
  "config.json",
  "preprocessor_config.json",
  "engraft.json",
  ...Object.values(adapterFiles),
  "tokenizer.json",
  "tokenizer_config.json",
  "generation_config.json",
  "vocab.json",
  languageModelFile,
  "1_Pooling/config.json",
  "bag_of_words.json",
  "table.json",
]);

/** Most files: a model folder has about ten. */
const mostFiles = 100;
/** Most nested folders, as the hub's client allows. */
const deepest = 5;
const largestText = 2 ** 24;

/** A model folder ready to publish. */
export interface Publishable {
  readonly files: readonly UploadFile[];
  /** Files that Engraft did not write, which are not published. */
  readonly leftOut: readonly string[];
  /** The card's front matter, without its `---` lines. */
  readonly frontMatter: string;
  readonly license: string | undefined;
}

/**
 * Checks a model folder: its files, its card, its licence.
 * @param mayPublish the user confirms that a licence without an identifier, or one that forbids changes, allows it
 * @throws ModelError for links, another kind of folder, or a card against the hub's rules; OptionError for the licence
 */
export async function publishable(
  platform: Platform,
  dir: string,
  { mayPublish }: { readonly mayPublish: boolean },
): Promise<Publishable> {
  const { files: disk } = platform;
  const leftOut: string[] = [];
  const found = await filesIn(platform, dir, "", leftOut);
  const at = (path: string): string => disk.join(dir, ...path.split("/"));
  if (found.includes("run.json"))
    throw refused(dir, "the folder is a run, not a model", "push the run's model/ folder");
  const paths = found.filter((path) => modelFiles.has(path));
  leftOut.push(...found.filter((path) => !modelFiles.has(path)));
  if (!paths.includes("README.md"))
    throw refused(dir, "the folder has no model card: README.md", "write one, with license: … at its head");
  const text = new TextDecoder().decode(await disk.read(at("README.md"), { limit: largestText }));
  const { fields, body } = readCard(text, at("README.md"));
  const problems = [...cardProblems(fields)];
  if (fields.license_link === "LICENSE" && !paths.includes("LICENSE"))
    problems.push("license_link is LICENSE, and the folder has no such file");
  if (problems.length > 0)
    throw new EngraftError("ModelError", `the model card is not valid: ${problems.join("; ")}`, {
      at: at("README.md"),
      help: "change these lines between the two --- at the head of README.md",
      details: { problems },
    });
  const license = fields.license as string | undefined;
  checkLicense(license, fields.license_name as string | undefined, mayPublish, at("README.md"));
  const files: UploadFile[] = [];
  for (const path of paths) {
    const own = await withoutPersonalData(platform, path, at(path));
    if (own) files.push({ path, bytes: own.length, content: own });
    else files.push({ path, bytes: (await disk.stat(at(path)))?.size ?? 0, content: { file: at(path) } });
  }
  const frontMatter = text
    .slice(0, text.length - body.length)
    .replace(/^\uFEFF?---[^\n]*\n|\r?\n?---\s*$/g, "");
  return { files, leftOut, frontMatter, license };
}

/** Returns the paths of the files below a folder, sorted. @throws ModelError for links, devices, and too many files */
async function filesIn(
  platform: Platform,
  dir: string,
  inside: string,
  leftOut: string[],
): Promise<string[]> {
  const found: string[] = [];
  const folder = inside === "" ? dir : platform.files.join(dir, ...inside.split("/"));
  if (inside.split("/").length > deepest)
    throw refused(folder, `the model folder has folders more than ${deepest} deep`, "push a model folder");
  for (const { name, kind } of await platform.files.list(folder)) {
    const path = inside === "" ? name : `${inside}/${name}`;
    if (name.startsWith(".")) leftOut.push(path);
    else if (kind === "folder") found.push(...(await filesIn(platform, dir, path, leftOut)));
    else if (kind === "file") found.push(path);
    else {
      const what =
        kind === "link" ? "a link: what it points to may lie outside the folder" : "no ordinary file";
      throw refused(
        folder,
        `"${path}" in the model folder is ${what}`,
        "put the file itself there, or remove it",
      );
    }
    if (found.length > mostFiles)
      throw refused(
        dir,
        `the folder holds more than ${mostFiles} files: it is no model folder`,
        "push a model folder",
      );
  }
  return found.sort();
}

function refused(at: string, message: string, help: string): EngraftError {
  return new EngraftError("ModelError", message, { at, help });
}

/** Refuses a licence that may forbid publishing. @throws OptionError */
function checkLicense(
  license: string | undefined,
  name: string | undefined,
  mayPublish: boolean,
  at: string,
): void {
  if (mayPublish || license === undefined) return;
  const why =
    license === "other"
      ? `the licence "${name}" is none that the hub knows: it may forbid publishing`
      : license === "unknown"
        ? "the licence of the base is not known: it may forbid publishing"
        : /-nd-/.test(license)
          ? `the licence ${license} forbids publishing what is derived from the base`
          : undefined;
  if (why !== undefined)
    throw new EngraftError("OptionError", why, {
      at,
      help: "read the licence; if it lets you publish, add --i-may-publish",
      details: { license, license_name: name },
    });
}

/** Shortens a name that is a path on this machine to its last part. */
const lastPart = (text: string): string =>
  text.startsWith("hf:")
    ? text
    : (text
        .split(/[\\/]+/)
        .filter(Boolean)
        .at(-1) ?? text);

/** Returns a record without facts about data and machine; undefined for other files. */
async function withoutPersonalData(
  platform: Platform,
  path: string,
  file: string,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (path !== "engraft.json" && path !== adapterFiles.config) return undefined;
  const json = (await readJson(platform, file)) as Record<string, unknown> | null;
  if (typeof json !== "object" || json === null || Array.isArray(json))
    throw refused(file, `${path} is no record of Engraft`, "push the folder as Engraft wrote it");
  const bytes = (value: unknown): Uint8Array<ArrayBuffer> =>
    new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
  if (path === adapterFiles.config) {
    const { base_model_name_or_path: ref } = json;
    return bytes(typeof ref === "string" ? { ...json, base_model_name_or_path: lastPart(ref) } : json);
  }
  // Hashes of the items reveal the training set: short texts can be guessed from them.
  const { items: _items, strategy, ...rest } = json;
  const { withoutFolders } = await import("../report/markdown.js");
  const { reasons } = (strategy ?? {}) as { readonly reasons?: unknown };
  if (!Array.isArray(reasons)) return bytes({ ...rest, strategy });
  const shareable = reasons.map((reason) => (typeof reason === "string" ? withoutFolders(reason) : reason));
  return bytes({ ...rest, strategy: { ...(strategy as object), reasons: shareable } });
}
