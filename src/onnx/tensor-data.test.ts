import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import type { DType } from "../core/dtype.js";
import { EngraftError } from "../core/errors.js";
import { type Tensor, toNumbers } from "../core/tensor.js";
import { type TensorProto, TensorProtoSchema } from "./generated/onnx_pb.js";
import { DataLocation, DataType, dataTypes, readTensor, tensorProto } from "./index.js";

const message = (init: Partial<TensorProto>): TensorProto =>
  create(TensorProtoSchema, { name: "w", ...init } as never);

function errorOf(run: () => unknown): EngraftError {
  try {
    run();
  } catch (error) {
    if (error instanceof EngraftError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

test("every element type comes back as it went", () => {
  const samples: { [D in DType]: Tensor<D> } = {
    float32: { dtype: "float32", dims: [2], data: Float32Array.of(1.5, -0) },
    float64: { dtype: "float64", dims: [1, 2], data: Float64Array.of(Math.PI, 1e300) },
    float16: { dtype: "float16", dims: [2], data: Uint16Array.of(0x3c00, 0x7e00) },
    bfloat16: { dtype: "bfloat16", dims: [1], data: Uint16Array.of(0x3f80) },
    int8: { dtype: "int8", dims: [3], data: Int8Array.of(-128, 0, 127) },
    int16: { dtype: "int16", dims: [1], data: Int16Array.of(-32768) },
    int32: { dtype: "int32", dims: [], data: Int32Array.of(-1) },
    int64: { dtype: "int64", dims: [2], data: BigInt64Array.of(-1n, 2n ** 62n) },
    uint8: { dtype: "uint8", dims: [1], data: Uint8Array.of(255) },
    uint16: { dtype: "uint16", dims: [1], data: Uint16Array.of(65535) },
    uint32: { dtype: "uint32", dims: [1], data: Uint32Array.of(4294967295) },
    uint64: { dtype: "uint64", dims: [1], data: BigUint64Array.of(2n ** 64n - 1n) },
    bool: { dtype: "bool", dims: [2], data: Uint8Array.of(1, 0) },
    string: { dtype: "string", dims: [2], data: ["", "größe"] },
  };
  for (const sample of Object.values(samples)) expect(readTensor(tensorProto("w", sample))).toEqual(sample);
  expect(Object.keys(samples).sort()).toEqual(Object.keys(dataTypes).sort());
});

test("typed fields hold small types inside int32_data", () => {
  // 0x3c00 and 0xc000 are the bits of 1 and -2 in binary16.
  const half = readTensor(message({ dataType: DataType.FLOAT16, dims: [2n], int32Data: [0x3c00, 0xc000] }));
  expect(toNumbers(half)).toEqual([1, -2]);
  expect(readTensor(message({ dataType: DataType.INT8, dims: [2n], int32Data: [-3, 4] })).data).toEqual(
    Int8Array.of(-3, 4),
  );
  expect(readTensor(message({ dataType: DataType.BOOL, dims: [2n], int32Data: [0, 7] })).data).toEqual(
    Uint8Array.of(0, 1),
  );
  expect(readTensor(message({ dataType: DataType.UINT32, dims: [1n], uint64Data: [9n] })).data).toEqual(
    Uint32Array.of(9),
  );
  expect(readTensor(message({ dataType: DataType.DOUBLE, dims: [1n], doubleData: [0.1] })).data[0]).toBe(0.1);
});

test("aligned data is not copied, unaligned and small data is", () => {
  const buffer = new ArrayBuffer(2048);
  new DataView(buffer).setFloat32(4, 5, true);
  const at = (offset: number, length: number) =>
    readTensor(
      message({
        dataType: DataType.FLOAT,
        dims: [BigInt(length / 4)],
        rawData: new Uint8Array(buffer, offset, length),
      }),
    ).data as Float32Array;
  expect(at(4, 1024).buffer).toBe(buffer);
  expect(at(4, 1024)[0]).toBe(5);
  expect(at(1, 1024).buffer).not.toBe(buffer);
  expect(at(4, 1020).buffer).not.toBe(buffer);
  expect(at(4, 1020)[0]).toBe(5);
});

test("sizes are compared before anything is allocated", () => {
  const at = (init: Partial<TensorProto>) => errorOf(() => readTensor(message(init))).format();
  expect(at({ dataType: DataType.FLOAT, dims: [3n], rawData: new Uint8Array(8) })).toBe(
    'ModelError: float32[3] needs 12 bytes, 8 are there\n  at tensor "w"\n' +
      "  help: the file is damaged: download or export it again",
  );
  expect(at({ dataType: DataType.FLOAT, dims: [1n << 20n, 1n << 19n] })).toContain(
    "float32[1048576, 524288] needs 549755813888 elements, 0 are there",
  );
  expect(at({ dataType: DataType.FLOAT, dims: [1n << 40n, 1n << 40n] })).toContain("too large");
  expect(at({ dataType: DataType.FLOAT, dims: [-1n] })).toContain("a dimension of -1");
  expect(at({ dataType: DataType.FLOAT, dims: [1n << 62n] })).toContain("a dimension of 4611686018427387904");
  expect(at({ dataType: DataType.FLOAT, dims: new Array(65).fill(1n) })).toContain("a tensor of 65 axes");
  expect(at({ dataType: DataType.COMPLEX64, dims: [1n] })).toContain("element type COMPLEX64");
  expect(at({ dataType: 99, dims: [1n] })).toContain("element type 99");
});

test("external data is asked for by place, and only inside the model's folder", () => {
  const external = (location: string, more: Record<string, string> = {}) =>
    message({
      dataType: DataType.FLOAT,
      dims: [2n],
      dataLocation: DataLocation.EXTERNAL,
      externalData: Object.entries({ location, ...more }).map(([key, value]) => ({ key, value })) as never,
    });
  const asked: unknown[] = [];
  const resolver = (location: string, offset: number, length: number | undefined) => {
    asked.push([location, offset, length]);
    return new Uint8Array(Float32Array.of(1, 2).buffer);
  };
  expect(readTensor(external("sub/weights.bin", { offset: "64" }), resolver).data).toEqual(
    Float32Array.of(1, 2),
  );
  expect(asked).toEqual([["sub/weights.bin", 64, 8]]);

  const refused = (location: string, more?: Record<string, string>) =>
    errorOf(() => readTensor(external(location, more), resolver)).message;
  expect(refused("../../etc/passwd")).toBe(
    'the path of external data leaves the model\'s folder: "../../etc/passwd"',
  );
  expect(refused("/etc/passwd")).toContain("is absolute");
  expect(refused("C:\\weights")).toContain("is absolute");
  expect(refused("a\\..\\b")).toContain("backslash");
  expect(refused("")).toContain("is empty");
  expect(refused("w", { offset: "-1" })).toBe('the offset of external data is "-1"');
  expect(refused("w", { length: "9" })).toContain("its dimensions need 8 bytes, the file says 9");
  expect(asked).toHaveLength(1);
  expect(errorOf(() => readTensor(external("w"))).help).toContain("open the model by its path");
});
