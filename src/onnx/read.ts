import { type DescField, type DescMessage, fromBinary, ScalarType } from "@bufbuild/protobuf";
import { EngraftError, messageOf } from "../core/errors.js";
import { onnxDepthLimit } from "../core/file-limits.js";
import { isLfsPointer } from "../core/lfs-pointer.js";
import { type ModelProto, ModelProtoSchema } from "./generated/onnx_pb.js";

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
    model = fromBinary(ModelProtoSchema, bytes, { recursionLimit: onnxDepthLimit });
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
  if (isLfsPointer(bytes)) throw unreadable("it is a Git LFS pointer, the model itself was not downloaded");
  if (start.startsWith("PK\u0003\u0004")) throw unreadable("it is a zip archive");
  if (start.startsWith("\u0089HDF")) throw unreadable("it is an HDF5 file");
  if (/^\s*<(!doctype|html|\?xml)/i.test(start)) throw unreadable("it is a web page");
}

/** Approximate memory of decoded messages in bytes: a message with its lists, a list entry, a big integer. */
const perMessage = 400;
const perEntry = 48;
const perBigInt = 32;

/**
 * Estimates the memory of the decoded messages in `bytes`, without raw weights. A file of empty messages of two bytes
 * each becomes 200 times larger when decoded, so this is checked first. Stops at `limit`, and at damaged bytes, which
 * reading reports.
 */
function weighMessages(schema: DescMessage, bytes: Uint8Array, limit: number): number {
  const fields = new Map<DescMessage, Map<number, DescField>>();
  const fieldsOf = (desc: DescMessage): Map<number, DescField> => {
    let map = fields.get(desc);
    if (!map) {
      map = new Map(desc.fields.map((f) => [f.number, f]));
      fields.set(desc, map);
    }
    return map;
  };
  let weight = 0;
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; at < bytes.length; scale *= 128) {
      const byte = bytes[at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    return value;
  };
  // An explicit stack, because the file decides the depth.
  const stack: { readonly end: number; readonly desc: DescMessage }[] = [{ end: bytes.length, desc: schema }];
  while (stack.length > 0 && weight <= limit) {
    const { end, desc } = stack[stack.length - 1]!;
    if (at >= end || at >= bytes.length) {
      stack.pop();
      continue;
    }
    const tag = varint();
    const field = fieldsOf(desc).get(Math.floor(tag / 8));
    weight += perEntry;
    switch (tag % 8) {
      case 0:
        varint();
        break;
      case 1:
        at += 8;
        break;
      case 2: {
        const length = varint();
        if (field?.message) {
          weight += perMessage;
          if (stack.length < 200) stack.push({ end: Math.min(at + length, end), desc: field.message });
          else at += length;
        } else {
          if (field) weight += contentWeight(field, length);
          at += length;
        }
        break;
      }
      case 5:
        at += 4;
        break;
      default:
        return weight;
    }
  }
  return weight;
}

/** Strings and packed lists. Raw bytes stay a view of the file. */
function contentWeight(field: DescField, length: number): number {
  switch (field.scalar) {
    case ScalarType.INT64:
    case ScalarType.UINT64:
      return length * perBigInt;
    // A list of numbers of 8 bytes each; each takes at least one byte in the file, floats four.
    case ScalarType.INT32:
      return length * 8;
    case ScalarType.FLOAT:
    case ScalarType.DOUBLE:
    case ScalarType.STRING:
      return length * 2;
    default:
      return 0;
  }
}
