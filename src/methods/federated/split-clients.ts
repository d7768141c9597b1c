import { EngraftError } from "../../core/errors.js";
import { type Draws, draws, permutation } from "../../core/random.js";

/** How the labels of clients differ. */
export type Skew =
  | { readonly kind: "none" }
  /** Each class is divided by shares from a symmetric Dirichlet distribution. Below 1, few clients have most of a class. */
  | { readonly kind: "dirichlet"; readonly concentration: number }
  /** Each client has samples of so many classes. */
  | { readonly kind: "classes"; readonly classes: number };

/** Among whom samples are divided, and how. */
interface Division {
  readonly clients: number;
  readonly skew: Skew;
  readonly seed: number;
}

/** Fewest samples of a client: one alone has no variance. */
const fewest = 2;
/** Draws of the shares until each client has {@link fewest} samples. */
const mostDraws = 100;

/** Reads "none", "dirichlet:0.5" or "classes:2". @throws OptionError for another form */
export function parseSkew(text: string): Skew {
  const [, kind, given] = /^(dirichlet|classes):(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  const value = Number(given);
  if (text === "none") return { kind: "none" };
  if (kind === "dirichlet" && value >= 0.01 && value <= 1000) return { kind, concentration: value };
  if (kind === "classes" && Number.isInteger(value) && value >= 1) return { kind, classes: value };
  throw new EngraftError(
    "OptionError",
    `skew must be none, dirichlet:A with A from 0.01 to 1000, or classes:K with K from 1, got ${JSON.stringify(text)}`,
    {
      help: "dirichlet:0.5 divides each class unevenly, classes:2 gives each client two classes",
      details: { option: "skew", value: text },
    },
  );
}

/**
 * Divides samples among clients.
 * @param labels of the samples, 0 … classes − 1 @returns places of the samples of each client, each sample once
 * @throws OptionError or DataError for clients that would have fewer than 2 samples, or a class that no client would have
 * @see Hsu, Qi & Brown, Measuring the Effects of Non-Identical Data Distribution (2019), for Dirichlet shares; McMahan et al. (2017),
 * section 3, for few classes a client
 */
export function splitClients(labels: ArrayLike<number>, classes: number, division: Division): number[][] {
  const { clients, skew, seed } = division;
  if (skew.kind === "classes") requireHolders(skew.classes, clients, classes);
  // Without a skew all samples are divided as one class.
  const classOf = (i: number): number => (skew.kind === "none" ? 0 : labels[i]!);
  const order = permutation(labels.length, seed, "federated-samples");
  const members = Array.from({ length: classes }, (_, c) => order.filter((i) => classOf(i) === c));
  for (let attempt = 0; attempt < (skew.kind === "dirichlet" ? mostDraws : 1); attempt++) {
    const parts: number[][] = Array.from({ length: clients }, () => []);
    for (const [c, own] of members.entries()) {
      let sum = 0;
      sharesOf(c, classes, attempt, division).forEach((share, k) => {
        const from = Math.round(sum * own.length);
        sum += share;
        parts[k]!.push(...own.slice(from, Math.round(sum * own.length)));
      });
    }
    if (parts.every(({ length }) => length >= fewest)) return parts;
  }
  throw new EngraftError(
    "DataError",
    `${labels.length} training samples leave one of ${clients} clients with fewer than ${fewest}`,
    {
      help: "use fewer --clients, a weaker --skew, or more data",
      details: { samples: labels.length, clients },
    },
  );
}

function requireHolders(own: number, clients: number, classes: number): void {
  const least = Math.ceil(classes / clients);
  if (own >= least && own <= classes) return;
  throw new EngraftError(
    "OptionError",
    `--skew classes:${own} does not divide ${classes} classes among ${clients} clients`,
    {
      help: `use classes:K with K from ${least} to ${classes}`,
      details: { option: "skew", clients, classes },
    },
  );
}

/** Returns the share of a class that each client has; the sum is 1. */
function sharesOf(
  label: number,
  classes: number,
  attempt: number,
  { clients, skew, seed }: Division,
): number[] {
  if (skew.kind === "dirichlet") {
    const own = draws(seed, "federated-shares", label, attempt);
    const logs = Array.from({ length: clients }, () => logGamma(skew.concentration, own));
    const most = Math.max(...logs);
    return normalised(logs.map((log) => Math.exp(log - most)));
  }
  if (skew.kind === "none") return normalised(new Array(clients).fill(1));
  // Clients take classes in turn, so all classes have about equally many holders.
  const place = permutation(classes, seed, "federated-classes").indexOf(label);
  return normalised(
    Array.from({ length: clients }, (_, k) => {
      const behind = (place - k * skew.classes) % classes;
      return (behind < 0 ? behind + classes : behind) < skew.classes ? 1 : 0;
    }),
  );
}

function normalised(values: readonly number[]): number[] {
  const sum = values.reduce((all, value) => all + value, 0);
  return values.map((value) => value / sum);
}

/**
 * Draws the logarithm of a gamma variable: for a small shape the variable itself may be 0.
 * Γ(a) is d (1 + c x)³ with d = a − 1/3 and c = 1 / √(9 d), accepted with a probability; for a < 1, Γ(a + 1) U^(1/a).
 * @see Marsaglia & Tsang, A Simple Method for Generating Gamma Variables (2000)
 */
function logGamma(shape: number, own: Draws): number {
  if (shape < 1) return logGamma(shape + 1, own) + Math.log(1 - own.uniform()) / shape;
  const d = shape - 1 / 3;
  for (;;) {
    const x = own.normal();
    const v = (1 + x / Math.sqrt(9 * d)) ** 3;
    if (v > 0 && Math.log(1 - own.uniform()) < x ** 2 / 2 + d - d * v + d * Math.log(v))
      return Math.log(d * v);
  }
}
