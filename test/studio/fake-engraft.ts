// A stand-in for `engraft/web` in fast tests of the studio: features are mean colours or letters, the head is the nearest class mean,
// and a training takes a few milliseconds. The studio loads it from the address of the library.
import { pitchesOf, samplesOf } from "./fake-data.js";

export { openCamera, openMicrophone } from "../../src/web/devices.js";
export { inspectData } from "./fake-data.js";

interface FakeSample {
  readonly id: string;
  readonly input: unknown;
  readonly label: string;
  readonly group?: string;
}

interface Known extends FakeSample {
  readonly row: readonly number[];
  readonly key: string;
}

const scope = globalThis as unknown as {
  OffscreenCanvas: new (
    width: number,
    height: number,
  ) => {
    getContext(kind: "2d"): {
      drawImage(image: unknown, x: number, y: number, width: number, height: number): void;
      getImageData(x: number, y: number, width: number, height: number): { readonly data: Uint8ClampedArray };
    };
  };
  createImageBitmap(input: unknown): Promise<{ close(): void }>;
};

/** Features of an input: counts of letters, or colours of a 4 × 4 picture, or pitches of a sound. */
async function featuresOf(input: unknown): Promise<number[]> {
  if (typeof input === "string") {
    const counts = Array.from({ length: 26 }, () => 0);
    for (const c of input.toLowerCase()) if (c >= "a" && c <= "z") counts[c.charCodeAt(0) - 97]!++;
    return counts.map((n) => n / Math.max(1, input.length));
  }
  if (input instanceof Float32Array) return pitchesOf(input);
  if (input instanceof Blob && input.type.startsWith("audio/")) return pitchesOf(await samplesOf(input));
  const bitmap = await scope.createImageBitmap(input).catch(() => {
    throw Object.assign(new Error("the picture cannot be read"), {
      kind: "DataError",
      help: "save it as JPEG or PNG",
    });
  });
  const drawing = new scope.OffscreenCanvas(4, 4).getContext("2d");
  drawing.drawImage(bitmap, 0, 0, 4, 4);
  bitmap.close();
  return Array.from(drawing.getImageData(0, 0, 4, 4).data, (v) => v / 255);
}

const distance = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, v, i) => sum + (v - (b[i] ?? 0)) ** 2, 0);

/** Answers by the nearest mean of the given samples. */
function answersOf(row: readonly number[], samples: readonly Known[]) {
  const labels = [...new Set(samples.map(({ label }) => label))].sort();
  const near = labels.map((label) => {
    const own = samples.filter((one) => one.label === label).map((one) => one.row);
    const mean = row.map((_, i) => own.reduce((sum, r) => sum + r[i]!, 0) / own.length);
    return Math.exp(-20 * distance(row, mean));
  });
  const sum = near.reduce((a, b) => a + b, 0) || 1;
  return labels.map((label, i) => ({ label, score: near[i]! / sum })).sort((a, b) => b.score - a.score);
}

class FakeSession {
  readonly task = "image-classification";
  readonly base = "fake";
  readonly #samples = new Map<string, Known>();
  #fitted: readonly Known[] = [];

  async add(samples: readonly FakeSample[]) {
    const copies: { id: string; of: string }[] = [];
    for (const sample of samples) {
      const row = await featuresOf(sample.input);
      const key = JSON.stringify(row);
      const same = [...this.#samples.values()].find((one) => one.key === key && one.id !== sample.id);
      if (same) copies.push({ id: sample.id, of: same.id });
      else this.#samples.set(sample.id, { ...sample, row, key });
    }
    return { added: samples.length - copies.length, copies };
  }

  remove(ids: readonly string[]) {
    return ids.filter((id) => this.#samples.delete(id)).length;
  }

  async fit() {
    this.#fitted = [...this.#samples.values()];
    const names = [...new Set(this.#fitted.map(({ label }) => label))].sort();
    const classes = names.map((name) => {
      const own = this.#fitted.filter(({ label }) => label === name);
      return { name, samples: own.length, groups: new Set(own.map(({ group, id }) => group ?? id)).size };
    });
    const none = (code: string, text: string) => ({
      ...{ classes, score: null, reason: { code, text }, notes: [], folds: 0, predictions: [], seconds: 0 },
    });
    if (names.length < 2) return none("no-score-one-class", "There is one class only.");
    if (classes.some(({ groups }) => groups < 2))
      return none("no-score-one-group", "A class has one recording only: record it again, in another place.");
    const predictions = this.#fitted.map(({ id, label, group, row }) => {
      const others = this.#fitted.filter((one) =>
        group === undefined ? one.id !== id : one.group !== group,
      );
      return { id, label, answers: answersOf(row, others) };
    });
    const right = predictions.filter(({ label, answers }) => answers[0]!.label === label).length;
    const accuracy = right / predictions.length;
    const score = {
      accuracy,
      accuracy_ci95: [Math.max(0, accuracy - 0.2), Math.min(1, accuracy + 0.1)],
      samples: predictions.length,
    };
    return { classes, score, notes: [], folds: 5, predictions, seconds: 0 };
  }

  async predict(input: unknown) {
    return answersOf(await featuresOf(input), this.#fitted);
  }

  async save() {
    return [];
  }

  async close() {}
}

/** A connection as `engraft/web` makes it. */
export function connect() {
  return {
    openSession: async () => new FakeSession(),
    listRuns: async () => [],
    close() {},
  };
}
