import { isSourceFree } from "../../methods/adapt/registry.js";
import { RunFolder } from "../../run/folder/run-folder.js";
import { openMachine } from "../../run/machine.js";

/** Returns true for the folder of a run or of a model, false for data. */
export async function isModel(path: string): Promise<boolean> {
  const { files } = (await openMachine()).platform;
  const dir = files.resolve(path);
  for (const name of ["run.json", "engraft.json", files.join("onnx", "model.onnx")])
    if (await files.stat(files.join(dir, name))) return true;
  return false;
}

/** Returns true for a run that adapted a model, not data. */
export async function adaptsModel(path: string): Promise<boolean> {
  const { platform } = await openMachine();
  const { task, options } = (await RunFolder.open(platform, platform.files.resolve(path))).manifest;
  return task === "adapt" && isSourceFree((options as { readonly method?: string }).method ?? "");
}
