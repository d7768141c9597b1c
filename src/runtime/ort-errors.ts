import { EngraftError, messageOf } from "../core/errors.js";

/**
 * Explains an error of onnxruntime: which model, what happened, what to do. The runtime has no error codes in
 * JavaScript, so its message decides.
 */
export function explainOrt(error: unknown, doing: "load" | "run", label: string): EngraftError {
  if (error instanceof EngraftError) return error;
  const words = messageOf(error).trim().replace(/\s+/g, " ");
  const details = { onnxruntime: words };
  if (isOutOfMemory(words)) {
    return new EngraftError("ModelError", `${label}: there is not enough memory to ${doing} it`, {
      at: short(words),
      help: "use a smaller batch or smaller pictures, train fewer layers, or close other programs",
      details,
      cause: error,
    });
  }
  const node = /running (\w+) node\. Name:'([^']*)'/.exec(words);
  if (doing === "run") {
    return new EngraftError("ModelError", `${label}: onnxruntime could not run it: ${short(words)}`, {
      at: node ? `${node[1]} "${node[2]}"` : undefined,
      help: "the sizes that this node got do not fit it: check the shapes of the feeds against what the model expects",
      details,
      cause: error,
    });
  }
  if (/Protobuf parsing failed/i.test(words)) {
    return new EngraftError("ModelError", `${label}: this is not a complete ONNX file`, {
      help: "download or export it again; a file that was cut off has a smaller size than its source",
      details,
      cause: error,
    });
  }
  if (/NOT_IMPLEMENTED|Could not find an implementation|not a registered function\/op/i.test(words)) {
    return new EngraftError(
      "OperatorError",
      `${label}: onnxruntime has no implementation of one of its operators`,
      {
        at: short(words),
        help: "export the model with standard operators, or with another opset",
        details,
        cause: error,
      },
    );
  }
  return new EngraftError("ModelError", `${label}: onnxruntime cannot load it: ${short(words)}`, {
    help: "check the file with the tool that exported it, or export it with another opset",
    details,
    cause: error,
  });
}

function isOutOfMemory(words: string): boolean {
  // SafeIntOnOverflow: WebAssembly's sizes have 32 bits; a tensor of more than 4 GiB overflows them.
  return /bad.?alloc|failed to allocate memory|out of memory|allocation failed|SafeIntOnOverflow|exceeds maximum supported size/i.test(
    words,
  );
}

/** The first 300 characters: some messages of the runtime contain a whole model. */
function short(words: string): string {
  return words.length > 300 ? `${words.slice(0, 300)}…` : words;
}
