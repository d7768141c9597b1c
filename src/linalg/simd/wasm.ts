/**
 * Writes the part of WebAssembly's binary format that the SIMD loops need.
 * @see https://webassembly.github.io/spec/core/binary/
 */
export type Code = readonly number[];

/** Unsigned LEB128. */
function unsigned(value: number): number[] {
  const out: number[] = [];
  do {
    const low = value % 128;
    value = Math.floor(value / 128);
    out.push(value > 0 ? low + 128 : low);
  } while (value > 0);
  return out;
}

const i32 = 0x7f;
const v128 = 0x7b;
/** An instruction with lanes. */
const simd = (op: number, ...rest: number[]): Code => [0xfd, ...unsigned(op), ...rest];
/** Alignment is a hint; 2 promises 4 bytes. */
const aligned = [2, 0];

/** Instructions of the loops; operands come first, as on WebAssembly's stack. */
export const code = {
  get: (local: number): Code => [0x20, ...unsigned(local)],
  set: (local: number, value: Code): Code => [...value, 0x21, ...unsigned(local)],
  /** 0 … 63: one byte of signed LEB128. */
  constant: (value: number): Code => [0x41, value],
  add: (a: Code, b: Code): Code => [...a, ...b, 0x6a],
  subtract: (a: Code, b: Code): Code => [...a, ...b, 0x6b],
  /** a << bits */
  shift: (a: Code, bits: number): Code => [...a, 0x41, bits, 0x74],
  less: (a: Code, b: Code): Code => [...a, ...b, 0x49],
  /** do body while condition */
  repeat: (body: readonly Code[], condition: Code): Code => [
    0x03,
    0x40,
    ...body.flat(),
    ...condition,
    0x0d,
    0,
    0x0b,
  ],
  store: (address: Code, value: Code): Code => [...address, ...value, 0x38, ...aligned],
  addFloat: (a: Code, b: Code): Code => [...a, ...b, 0x92],
  load4: (address: Code): Code => [...address, ...simd(0, ...aligned)],
  /** One float32 in all four lanes. */
  spread: (address: Code): Code => [...address, ...simd(9, ...aligned)],
  store4: (address: Code, value: Code): Code => [...address, ...value, ...simd(11, ...aligned)],
  zero4: simd(12, ...new Array<number>(16).fill(0)),
  lane: (value: Code, lane: number): Code => [...value, ...simd(31, lane)],
  add4: (a: Code, b: Code): Code => [...a, ...b, ...simd(228)],
  multiply4: (a: Code, b: Code): Code => [...a, ...b, ...simd(230)],
};

/** Instructions on two float64, like those of {@link code} on four float32. */
export const double = {
  lane2: (value: Code, lane: number): Code => [...value, ...simd(33, lane)],
  add2: (a: Code, b: Code): Code => [...a, ...b, ...simd(240)],
  subtract2: (a: Code, b: Code): Code => [...a, ...b, ...simd(241)],
  multiply2: (a: Code, b: Code): Code => [...a, ...b, ...simd(242)],
  /** One float64 in both lanes. */
  spread2: (address: Code): Code => [...address, ...simd(10, ...aligned)],
  storeDouble: (address: Code, value: Code): Code => [...address, ...value, 0x39, ...aligned],
  addDouble: (a: Code, b: Code): Code => [...a, ...b, 0xa0],
  multiplyDouble: (a: Code, b: Code): Code => [...a, ...b, 0xa2],
  loadDouble: (address: Code): Code => [...address, 0x2b, ...aligned],
};

/** Instructions on integers; two of 64 bits are in a vector. */
export const integer = {
  load: (address: Code): Code => [...address, 0x28, ...aligned],
  /** The unsigned byte at address + offset. */
  loadByte: (address: Code, offset: number): Code => [...address, 0x2d, 0, ...unsigned(offset)],
  multiply: (a: Code, b: Code): Code => [...a, ...b, 0x6c],
  /** Sets a local and leaves the value on the stack. */
  tee: (local: number, value: Code): Code => [...value, 0x22, ...unsigned(local)],
  load4At: (address: Code, offset: number): Code => [...address, ...simd(0, 2, ...unsigned(offset))],
  store4At: (address: Code, offset: number, value: Code): Code => [
    ...address,
    ...value,
    ...simd(11, 2, ...unsigned(offset)),
  ],
  /** The integer of 64 bits at address + offset. */
  loadLong: (address: Code, offset: number): Code => [...address, 0x29, 2, ...unsigned(offset)],
  /** a << bits and a >>> bits of 64 bits; bits 0 … 63. */
  shiftLong: (a: Code, bits: number): Code => [...a, 0x42, bits, 0x86],
  shiftLongRight: (a: Code, bits: number): Code => [...a, 0x42, bits, 0x88],
  longToDouble: (a: Code): Code => [...a, 0xb9],
  addLongs: (a: Code, b: Code): Code => [...a, ...b, ...simd(206)],
  subtractLongs: (a: Code, b: Code): Code => [...a, ...b, ...simd(209)],
};

export interface WasmFunction {
  readonly name: string;
  /** Parameters and further locals that are i32; their numbers come first. */
  readonly parameters: number;
  readonly integers: number;
  /** Locals of four float32 or two float64, numbered after the integers. */
  readonly vectors: number;
  readonly body: readonly Code[];
}

/** A module that imports `env.memory` and exports the functions, none of which returns anything. */
export function wasmModule(functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  const vector = (items: readonly Code[]): Code => [...unsigned(items.length), ...items.flat()];
  const name = (text: string): Code => [...unsigned(text.length), ...new TextEncoder().encode(text)];
  const section = (id: number, content: Code): Code => [id, ...unsigned(content.length), ...content];
  const types = functions.map((f) => [0x60, ...vector(new Array(f.parameters).fill([i32])), 0]);
  const bodies = functions.map((f) => {
    const locals = vector([
      [...unsigned(f.integers), i32],
      [...unsigned(f.vectors), v128],
    ]);
    const content = [...locals, ...f.body.flat(), 0x0b];
    return [...unsigned(content.length), ...content];
  });
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector(types)),
    ...section(2, vector([[...name("env"), ...name("memory"), 2, 0, 0]])),
    ...section(3, vector(functions.map((_, i) => unsigned(i)))),
    ...section(7, vector(functions.map((f, i) => [...name(f.name), 0, ...unsigned(i)]))),
    ...section(10, vector(bodies)),
  ]);
}
