import { expect, test } from "vitest";
import { EngraftError } from "../core/errors.js";
import { problemOf } from "./device.js";
import { bufferLimitIn, deviceErrorOf, withPrinted } from "./gpu/device-memory.js";
import { explainOrt } from "./ort-local.js";

const explain = (doing: "load" | "run", words: string) =>
  explainOrt(new Error(words), doing, 'base "net.onnx"').format();

test("too little memory: what to make smaller", () => {
  expect(
    explain(
      "run",
      "Non-zero status code returned while running Conv node. Name:'c1' Status Message: std::bad_alloc",
    ),
  ).toBe(
    `ModelError: base "net.onnx": there is not enough memory to run it
  at Non-zero status code returned while running Conv node. Name:'c1' Status Message: std::bad_alloc
  help: use a smaller batch or smaller pictures, train fewer layers, or close other programs`,
  );
});

test("a tensor that 32-bit WebAssembly cannot address is a matter of memory", () => {
  // Messages of onnxruntime-web 1.30 for a product of float32[40000, 40000], and for a model file of 3.9 GB.
  for (const words of [
    "failed to call OrtRun(). ERROR_CODE: 1, ERROR_MESSAGE: safeint.h:17 SafeIntOnOverflow() Integer overflow",
    "Can't create a session. ERROR_CODE: 2, ERROR_MESSAGE: Model data size exceeds maximum supported size (2GB).",
  ])
    expect(explainOrt(new Error(words), "run", "the model").message).toBe(
      "the model: there is not enough memory to run it",
    );
});

test("a node that fails: which one", () => {
  expect(
    explain(
      "run",
      "Non-zero status code returned while running MatMul node. Name:'head/fc' Status Message: dimension mismatch",
    ),
  ).toBe(
    `ModelError: base "net.onnx": onnxruntime could not run it: Non-zero status code returned while running MatMul node. Name:'head/fc' Status Message: dimension mismatch
  at MatMul "head/fc"
  help: the sizes that this node got do not fit it: check the shapes of the feeds against what the model expects`,
  );
});

test("a file that was cut off", () => {
  expect(explain("load", "Failed to load model because protobuf parsing failed.")).toBe(
    `ModelError: base "net.onnx": this is not a complete ONNX file
  help: download or export it again; a file that was cut off has a smaller size than its source`,
  );
});

test("an operator that the runtime does not have", () => {
  expect(explain("load", "Could not find an implementation for Foo(1) node with name 'f'")).toBe(
    `OperatorError: base "net.onnx": onnxruntime has no implementation of one of its operators
  at Could not find an implementation for Foo(1) node with name 'f'
  help: export the model with standard operators, or with another opset`,
  );
});

test("anything else is quoted, shortened, and kept whole for programs", () => {
  const error = explainOrt(new Error("x".repeat(1000)), "load", "the model");
  expect(error.message).toBe(`the model: onnxruntime cannot load it: ${"x".repeat(300)}…`);
  expect(error.details.onnxruntime).toBe("x".repeat(1000));
});

test("an error that is explained already stays as it is", () => {
  const error = new EngraftError("ShapeError", "known");
  expect(explainOrt(error, "run", "the model")).toBe(error);
});

/** Words of Dawn and of CUDA's allocator. */
const ofGpus = [
  'WebGPU validation failed. [Invalid Buffer (unlabeled)] is invalid due to a previous error. - While calling [Device].CreateBindGroup([BindGroupDescriptor ""Expand""]).',
  "WebGPU device error(3): vkAllocateMemory failed with VK_ERROR_OUT_OF_DEVICE_MEMORY",
  "WebGPU device error(2): Out of memory",
  "Failed to create GPU buffer: size=1073741824",
  "BFCArena::AllocateRawInternal Failed to allocate memory for requested buffer of size 2147483648",
  "Available memory of 1000 is smaller than requested bytes of 2000",
];

test("too little memory of a GPU is an error of the device", () => {
  for (const words of ofGpus) {
    const error = deviceErrorOf(new Error(words), "the training graph")!;
    expect(error.format()).toBe(
      `DeviceError: the training graph: the GPU has not enough memory
  help: use a smaller batch: --batch-size 8 --accumulate 2 trains like a batch of 16; or run on the CPU: --device cpu`,
    );
    expect(problemOf(error)).toBe("memory");
  }
  expect(problemOf(deviceErrorOf(new Error("WebGPU device lost (2): hung"), "it"))).toBe("lost");
  expect(deviceErrorOf(new Error("dimension mismatch"), "it")).toBeUndefined();
});

test("a buffer above the limit of a GPU: both sizes", () => {
  const [large, bound] = [
    "Buffer size (3185049600) exceeds the max buffer size limit (1073741824).",
    "Binding size (151781376) of [Buffer (unlabeled)] is larger than the maximum binding size (134217728). - While validating entries[4] as a Buffer.",
  ];
  const error = deviceErrorOf(new Error(large), "the training graph")!;
  expect(error.message).toBe(
    "the training graph: a buffer of 3185049600 bytes is larger than the GPU's limit of 1073741824 bytes",
  );
  expect(problemOf(error)).toBe("buffer");
  expect(bufferLimitIn(bound)).toEqual({ bytes: 151781376, limit: 134217728 });
  // The answer of the process says only that the buffer is invalid; the driver prints why.
  const [invalid] = ofGpus;
  const found = deviceErrorOf(new Error(invalid), "the training graph")!;
  expect(withPrinted(found, `WebGPU device error(2): ${large}`)).toMatchObject({
    message: error.message,
    details: { problem: "buffer", bytes: 3185049600, limit: 1073741824 },
  });
  expect(withPrinted(found, "no words of sizes")).toBe(found);
});
