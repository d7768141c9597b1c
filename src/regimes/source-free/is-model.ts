import { openMachine } from "../../run/machine.js";

/** Returns true for the folder of a run or of a model, false for data. */
export async function isModel(path: string): Promise<boolean> {
  const { files } = (await openMachine()).platform;
  const dir = files.resolve(path);
  for (const name of ["run.json", "engraft.json", files.join("onnx", "model.onnx")])
    if (await files.stat(files.join(dir, name))) return true;
  return false;
}
