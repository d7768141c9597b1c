import { readFileSync } from "node:fs";
import { arch, cpus, platform } from "node:os";

/** Flags of a processor that decide which kernels onnxruntime runs, and so the last bits of a weight. */
const vectorFlags = [
  "avx",
  "avx2",
  "fma",
  "avx512f",
  "avx512dq",
  "avx512_vnni",
  "avx512_bf16",
  "avx_vnni",
  "amx_tile",
  "asimddp",
  "i8mm",
  "bf16",
  "sve",
];

/** Returns system, architecture and vector instructions: machines of one family compute the same bits. */
export function machineFamily(): string {
  return [platform(), arch(), ...instructions()].join(" ");
}

function instructions(): readonly string[] {
  try {
    const [line = ""] = /^(flags|Features)\s*:.*$/m.exec(readFileSync("/proc/cpuinfo", "utf8")) ?? [];
    const own = new Set(line.split(/\s+/));
    return vectorFlags.filter((flag) => own.has(flag));
  } catch {
    return [cpus()[0]?.model ?? "unknown processor"];
  }
}
