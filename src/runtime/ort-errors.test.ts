import { expect, test } from "vitest";
import { EngraftError } from "../core/errors.js";
import { explainOrt } from "./ort-errors.js";

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
