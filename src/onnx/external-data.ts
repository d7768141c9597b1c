import { EngraftError } from "../core/errors.js";
import type { TensorProto } from "./generated/onnx_pb.js";

/**
 * Reads a part of a file next to the model. `location` is a relative path with "/" that, as text, stays inside the
 * model's folder. The resolver must check that it does so on disk too (symbolic links). `length` undefined: to the end
 * of the file.
 */
export type ExternalData = (location: string, offset: number, length: number | undefined) => Uint8Array;

/** Location of a tensor's external data. */
export interface ExternalPlace {
  readonly location: string;
  readonly offset: number;
  readonly length: number | undefined;
}

/** @throws ModelError if the path leaves the model's folder, or a number is invalid */
export function externalPlace(tensor: TensorProto): ExternalPlace {
  const entries = new Map(tensor.externalData.map((e) => [e.key, e.value]));
  const location = entries.get("location") ?? "";
  refuseOutside(location, tensor.name);
  return {
    location,
    offset: count(entries.get("offset"), "offset", tensor.name) ?? 0,
    length: count(entries.get("length"), "length", tensor.name),
  };
}

function refuseOutside(location: string, name: string): void {
  const parts = location.split("/");
  const why =
    location === ""
      ? "is empty"
      : /^([a-zA-Z]:|[\\/])/.test(location)
        ? "is absolute"
        : parts.includes("..")
          ? "leaves the model's folder"
          : // A backslash is a separator on one system and a letter on another.
            /[\\\0]/.test(location)
            ? "holds a backslash or a zero byte"
            : undefined;
  if (why === undefined) return;
  throw new EngraftError(
    "ModelError",
    `the path of external data ${why}: ${JSON.stringify(location.slice(0, 200))}`,
    {
      at: `tensor "${name}"`,
      help: "external data must be in the folder of the model file; do not trust this file if you did not make it",
      details: { location },
    },
  );
}

function count(text: string | undefined, what: string, name: string): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) {
    throw new EngraftError(
      "ModelError",
      `the ${what} of external data is ${JSON.stringify(text.slice(0, 40))}`,
      {
        at: `tensor "${name}"`,
        help: "it must be a whole number of bytes; the file is damaged: export it again",
      },
    );
  }
  return Number(text);
}
