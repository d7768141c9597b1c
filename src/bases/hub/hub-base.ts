import { type BaseFiles, chooseFiles } from "../open/choose-files.js";
import type { LocatedBase } from "../open/located.js";
import { fetchFromHub, type HubOptions } from "./hub.js";
import type { HubRef } from "./hub-ref.js";

/** Returns a base of the hub, downloaded if needed. @throws NetworkError, ModelError */
export async function fromHub(ref: HubRef, options: HubOptions): Promise<LocatedBase> {
  let chosen: BaseFiles | undefined;
  let licenseName: string | undefined;
  const snapshot = await fetchFromHub(
    ref,
    (files) => {
      const paths = files.map((file) => file.path);
      chosen = chooseFiles(paths, ref.file, `hf:${ref.repo}`);
      licenseName = paths.find((path) => /^licen[cs]e(\.md|\.txt)?$/i.test(path));
      const { onnx, external, preprocessor, config, texts } = chosen;
      return [preprocessor, config, ...Object.values(texts), licenseName, onnx, ...external].filter(
        (path) => path !== undefined,
      );
    },
    options,
  );
  const at = (path: string | undefined) => (path === undefined ? undefined : snapshot.paths.get(path));
  return {
    name: ref.repo,
    license: snapshot.license,
    ...(licenseName === undefined && { license_link: snapshot.licenseLink }),
    onnx: at(chosen!.onnx)!,
    preprocessor: at(chosen!.preprocessor),
    config: at(chosen!.config),
    texts: Object.fromEntries(Object.entries(chosen!.texts).map(([name, path]) => [name, at(path)!])),
    licenseFile: at(licenseName),
    hub: { repo: ref.repo, commit: snapshot.commit },
    cut: undefined,
  };
}
