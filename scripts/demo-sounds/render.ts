// A bearing that begins to fail: a machine hums, its bearing rolls, and a fault adds impacts, hiss or rattle.
import { type Draws, draws } from "../../src/core/random.js";
import { writeWav } from "../../src/report/write-wav.js";

/** Samples per second, and samples of a clip. */
export const rate = 8000;
export const length = 3200;

/** Conditions of the bearing, in the order of their folders. */
export const conditions = ["dry", "healthy", "loose", "outer-race"] as const;
export type Condition = (typeof conditions)[number];

/** Machines of each split. A machine has one speed, one hum and one resonance, and is in one split. */
export const machines = { train: 10, test: 10 } as const;
/** Clips of each machine and condition. */
export const clipsEach = { train: 2, test: 1 } as const;

const seed = 0;

interface Machine {
  /** Revolutions per second. */
  readonly speed: number;
  /** Amplitudes of the harmonics of the hum. */
  readonly hum: readonly number[];
  /** Resonance of the housing, in Hz, and how long it rings, in seconds. */
  readonly resonance: number;
  readonly ringing: number;
  /** Amplitude of the rolling noise. */
  readonly rolling: number;
}

const between = (d: Draws, low: number, high: number): number => low + (high - low) * d.uniform();

function machineOf(machine: number): Machine {
  const d = draws(seed, "machine", machine);
  return {
    speed: between(d, 17, 33),
    hum: Array.from({ length: 5 }, (_, k) => between(d, 0.02, 0.1) / (k + 1)),
    resonance: between(d, 1300, 3000),
    ringing: between(d, 0.002, 0.005),
    rolling: between(d, 0.01, 0.03),
  };
}

/** Adds a decaying tone: an impact that rings in the housing. */
function addImpact(out: Float32Array, at: number, strength: number, { resonance, ringing }: Machine): void {
  const first = Math.round(at * rate);
  const n = Math.round(6 * ringing * rate);
  for (let i = 0; i < n && first + i < out.length; i++) {
    const t = i / rate;
    out[first + i]! += strength * Math.exp(-t / ringing) * Math.sin(2 * Math.PI * resonance * t);
  }
}

/** Outer-race impacts per revolution of a bearing with 9 balls: 0.4 · 9. */
const impactsPerTurn = 3.6;

/** What a fault adds to the sound of a machine. */
const faults: Readonly<Record<Condition, (out: Float32Array, machine: Machine, d: Draws) => void>> = {
  healthy: () => undefined,
  // A pit in the outer race: an impact whenever a ball passes.
  "outer-race"(out, machine, d) {
    const every = 1 / (impactsPerTurn * machine.speed);
    const strength = between(d, 0.025, 0.08);
    for (let at = every * d.uniform(); at < length / rate; at += every * between(d, 0.98, 1.02))
      addImpact(out, at, strength * between(d, 0.7, 1.3), machine);
  },
  // Too little grease: hiss that swells once a turn.
  dry(out, { speed }, d) {
    const [loud, start] = [between(d, 0.012, 0.035), between(d, 0, 2 * Math.PI)];
    let low = 0;
    for (let i = 0; i < out.length; i++) {
      const noise = d.normal();
      low += 0.5 * (noise - low);
      out[i]! += loud * (noise - low) * (0.7 + 0.3 * Math.sin((2 * Math.PI * speed * i) / rate + start));
    }
  },
  // Too much play: knocks at irregular times, deeper than the resonance.
  loose(out, machine, d) {
    const deep = { ...machine, resonance: machine.resonance / 4, ringing: 2 * machine.ringing };
    const knocks = 5 + d.integer(6);
    for (let k = 0; k < knocks; k++)
      addImpact(out, (d.uniform() * length) / rate, between(d, 0.035, 0.11), deep);
  },
};

/** Returns a clip: float32[length], −1 to 1. */
export function renderClip(machine: number, condition: Condition, n: number): Float32Array {
  const its = machineOf(machine);
  const d = draws(seed, condition, machine, n);
  const [phase, volume] = [between(d, 0, 2 * Math.PI), between(d, 0.7, 1.4)];
  let low = 0;
  const out = Float32Array.from({ length }, (_, i) => {
    const turn = (2 * Math.PI * its.speed * i) / rate + phase;
    low += 0.3 * (d.normal() - low);
    return its.hum.reduce((sum, a, k) => sum + a * Math.sin((k + 1) * turn), its.rolling * 2 * low);
  });
  faults[condition](out, its, d);
  return out.map((v) => Math.max(-1, Math.min(1, volume * v + 0.003 * d.normal())));
}

/** Returns the name of a clip in the data folder. */
export const clipName = (part: keyof typeof machines, machine: number, condition: Condition, n: number) =>
  `${part}/${condition}/machine${String(machine).padStart(2, "0")}-${n}.wav`;

/** All clips: split, machine, condition and number. */
export function* allClips() {
  let machine = 0;
  for (const part of ["train", "test"] as const)
    for (let m = 0; m < machines[part]; m++, machine++)
      for (const condition of conditions)
        for (let n = 1; n <= clipsEach[part]; n++) yield { part, machine, condition, n } as const;
}

/** Returns the WAV file of a clip. */
export const wavFile = (samples: Float32Array): Uint8Array => writeWav(samples, rate);
