import { type InferenceSession, Tensor as OrtTensor } from "onnxruntime-common";
import { expect, test } from "vitest";
import { float32 } from "../core/tensor.js";
import { stateOutput } from "../graph/loop-names.js";
import type { OrtModule } from "./ort-tensors.js";
import { LocalTraining, type TrainingHost } from "./ort-training.js";

test("the losses of a block are read once, after its last step: no step waits for the loss of the one before", async () => {
  const log: string[] = [];
  const port = (name: string, shape: readonly number[]) => ({
    ...{ name, isTensor: true, type: "float32", shape },
  });
  const native = {
    inputNames: ["w", "x"],
    outputNames: [stateOutput("w"), "loss"],
    inputMetadata: [port("w", [1]), port("x", [1])],
    outputMetadata: [port(stateOutput("w"), [1]), port("loss", [])],
  } as unknown as InferenceSession;
  const host: Partial<TrainingHost> = {
    ort: { Tensor: OrtTensor } as unknown as OrtModule,
    inPlace: false,
    inOrder: (call) => call(),
    run: (_, __, work) =>
      work(async (feeds) => {
        const [w, x] = ["w", "x"].map((name) => Number(feeds[name]!.data[0]));
        log.push(`step ${x}`);
        return {
          [stateOutput("w")]: new OrtTensor("float32", [w! + x!], [1]),
          loss: new OrtTensor("float32", [10 * x!], []),
        };
      }),
    read: async (values) => {
      log.push(`read ${values.length}`);
      return values.map((value) => float32(value.dims, value.data as Float32Array));
    },
  };
  const training = new LocalTraining(
    host as TrainingHost,
    native,
    { state: new Map([["w", float32([1], [0])]]) },
    {},
  );
  const { loss } = await training.steps({ x: float32([3, 1], [1, 2, 3]) }, 3);
  expect(log).toEqual(["step 1", "step 2", "step 3", "read 3"]);
  expect([...(loss!.data as Float32Array)]).toEqual([10, 20, 30]);
  expect([...(await training.readState()).get("w")!.data]).toEqual([6]);
});
