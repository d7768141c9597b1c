import { EngraftError } from "../../core/errors.js";
import { message, warningText } from "../../core/messages/message.js";
import { foreignFolder } from "../../data/foreign-models.js";
import { type BaseRow, baseUses, useOf } from "../base-row.js";
import { encoderFiles, readConfig, transformersFormat } from "../formats/transformers.js";
import { type BaseFiles, chooseFiles } from "../open/choose-files.js";
import type { LocatedBase, LocateOptions } from "../open/located.js";
import { fetchFromHub, pageOf } from "./hub.js";
import type { HubFile } from "./hub-download.js";
import { type HubRef, parseHubRef } from "./hub-ref.js";

/** A part of an encoder's weights. */
const encoderPart = /^model-\d+-of-\d+\.safetensors$/;

/**
 * Returns a base of the hub, downloaded if needed.
 * @param check receives the chosen files and their bytes before any is downloaded
 * @throws NetworkError, ModelError
 */
async function fromHub(
  ref: HubRef,
  options: LocateOptions,
  check?: (chosen: BaseFiles, bytes: number) => void,
): Promise<LocatedBase> {
  let chosen: BaseFiles | undefined;
  let licenseName: string | undefined;
  let weights: string | undefined;
  const take = (files: readonly HubFile[]): readonly string[] => {
    const paths = files.map((file) => file.path);
    chosen = (options.choose ?? chooseFiles)(paths, ref.file ?? weights, `hf:${ref.repo}`);
    licenseName = paths.find((path) => /^licen[cs]e(\.md|\.txt)?$/i.test(path));
    const { onnx, decoder, external, preprocessor, config, texts } = chosen;
    const parts = onnx.endsWith(".json") ? paths.filter((path) => encoderPart.test(path)) : [];
    const beside = [decoder, preprocessor, config, ...Object.values(texts), licenseName];
    const wanted = [...beside, onnx, ...external, ...parts].filter((path) => path !== undefined);
    check?.(
      chosen,
      files.reduce((sum, { path, size }) => sum + (wanted.includes(path) ? size : 0), 0),
    );
    options.check?.(chosen, ref.repo, onnx);
    return wanted;
  };
  // Without an ONNX file, config.json says whether the weights are of an encoder that is read.
  const isOnnx = (files: readonly HubFile[]): boolean =>
    ref.file !== undefined || files.some(({ path }) => path.endsWith(".onnx"));
  const snapshot = await fetchFromHub(
    ref,
    (files) => {
      if (isOnnx(files)) return take(files);
      const paths = files.map(({ path }) => path);
      weights = paths.includes("config.json") ? encoderFiles.find((one) => paths.includes(one)) : undefined;
      if (weights !== undefined) return ["config.json"];
      const foreign = foreignFolder(paths, `hf:${ref.repo}`);
      if (foreign) throw foreign;
      return take(files);
    },
    options,
    async (files, here) => {
      if (weights === undefined) return [];
      await readConfig(options.platform, here.get("config.json")!, ref.repo);
      return take(files);
    },
  );
  const at = (path: string | undefined) => (path === undefined ? undefined : snapshot.paths.get(path));
  return {
    name: ref.repo,
    license: snapshot.license,
    license_link: licenseName === undefined ? snapshot.licenseLink : undefined,
    onnx: at(chosen!.onnx)!,
    decoder: at(chosen!.decoder),
    preprocessor: at(chosen!.preprocessor),
    config: at(chosen!.config),
    texts: Object.fromEntries(Object.entries(chosen!.texts).map(([name, path]) => [name, at(path)!])),
    licenseFile: at(licenseName),
    hub: { repo: ref.repo, commit: snapshot.commit },
    cut: undefined,
    ...(weights !== undefined && { format: transformersFormat }),
  };
}

/**
 * Returns the base of a row of the catalogue, downloaded if needed.
 * @throws NetworkError; ModelError if a file that the row needs has left the repository
 */
export async function fromHubRow(row: BaseRow, options: LocateOptions): Promise<LocatedBase> {
  const ref = parseHubRef(row.ref)!;
  const earlier = `hf:${ref.repo}@COMMIT#${ref.file}`;
  const changed = (missing: string, cause?: unknown) =>
    new EngraftError("ModelError", `${row.name} has changed on the hub: ${ref.repo} has no ${missing}`, {
      at: `${pageOf(ref)}/tree/main`,
      help: `take another base of \`engraft bases\`, or an earlier commit of this one: ${earlier}`,
      details: { base: row.name, repo: ref.repo, missing },
      cause,
    });
  try {
    const located = await fromHub(ref, options, ({ preprocessor, texts }, bytes) => {
      const known = {
        "preprocessor_config.json": preprocessor ?? row.preprocessing,
        "tokenizer.json": texts["tokenizer.json"],
      };
      const missing = baseUses[useOf(row)].files.find((name) => known[name] === undefined);
      if (missing !== undefined) throw changed(missing);
      const megabytes = bytes / 1e6;
      if (hasChanged(row, megabytes))
        options.onEvent?.({
          event: "warning",
          ...warningText(
            "changed_base",
            message("base-changed", {
              base: row.name,
              earlier,
              megabytes: Number(megabytes.toPrecision(2)),
              recorded: row.download!,
            }),
          ),
        });
    });
    return {
      ...located,
      name: row.name,
      license: row.license,
      cut: row.cut,
      ...(row.preprocessing && { preprocessing: row.preprocessing }),
      ...(!row.opened_by_project && { opened_by_project: false }),
    };
  } catch (error) {
    if (!(error instanceof EngraftError)) throw error;
    if (error.kind === "ModelError" && error.details.files !== undefined) throw changed(ref.file!, error);
    if (error.details.status === 404) throw changed("public files", error);
    throw error;
  }
}

/** True if the files of a row have another size than the catalogue says, in megabytes: it is then another model. */
export const hasChanged = ({ download }: Pick<BaseRow, "download">, megabytes: number): boolean =>
  download !== undefined && Math.abs(megabytes - download) > Math.max(1, download / 50);

/**
 * Returns a base that the user names by its repository. Warns if the repository states no licence.
 * @throws NetworkError, ModelError
 */
export async function fromHubRef(ref: HubRef, options: LocateOptions): Promise<LocatedBase> {
  const located = await fromHub(ref, options);
  if (noLicense.has(located.license))
    options.onEvent?.({
      event: "warning",
      ...warningText("unknown_license", message("license-unknown", { base: ref.repo })),
    });
  return located;
}

/** What the hub says of a repository without a known licence. */
const noLicense: ReadonlySet<string> = new Set(["not stated", "unknown", "other"]);
