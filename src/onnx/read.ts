import { fromBinary } from "@bufbuild/protobuf";
import { EngraftError, messageOf } from "../core/errors.js";
import { type ModelProto, ModelProtoSchema } from "./generated/onnx_pb.js";
import { weighMessages } from "./weigh.js";

/** Most nested messages. A subgraph takes four, so about 20 nested subgraphs. */
const recursionLimit = 90;

/** Most memory for everything but weights, in bytes: a quarter of V8's default on a 64-bit machine. */
const largest = 2 ** 30;

/**
 * Returns the messages of an ONNX file. Weights stay views of `bytes`: do not change those afterwards.
 *
 * Reads the format only; `fromOnnx` checks names, shapes and operators.
 *
 * @throws ModelError if the bytes are not an ONNX file, or a damaged one
 */
export function readModel(bytes: Uint8Array): ModelProto {
  if (bytes.length === 0) throw unreadable("the file is empty");
  refuseOtherFormats(bytes);
  if (weighMessages(ModelProtoSchema, bytes, largest) > largest) {
    throw new EngraftError(
      "ModelError",
      "the parts of the model file would take more than 1 GB of memory beside its raw weights",
      {
        help: "if it is a real model, export it with its weights as raw data",
        details: { size: bytes.length },
      },
    );
  }
  let model: ModelProto;
  try {
    model = fromBinary(ModelProtoSchema, bytes, { recursionLimit });
  } catch (error) {
    throw unreadable(messageOf(error), error);
  }
  if (!model.graph) throw unreadable("it holds no graph");
  return model;
}

function unreadable(why: string, cause?: unknown): EngraftError {
  return new EngraftError("ModelError", `this is not a readable ONNX file: ${why}`, {
    help: "check that the file is a complete .onnx file: download or export it again",
    cause,
  });
}

/**
 * Refuses files that people often get instead of a model: a web page of the download site, or the pointer of a large
 * file.
 */
function refuseOtherFormats(bytes: Uint8Array): void {
  const start = String.fromCharCode(...bytes.subarray(0, 64));
  if (start.startsWith("version https://git-lfs"))
    throw unreadable("it is a Git LFS pointer, the model itself was not downloaded");
  if (/^\s*<(!doctype|html|\?xml)/i.test(start)) throw unreadable("it is a web page");
  if (start.startsWith("PK\u0003\u0004")) throw unreadable("it is a zip archive (a PyTorch checkpoint?)");
  if (start.startsWith("\u0089HDF")) throw unreadable("it is an HDF5 file (a Keras model?)");
}
