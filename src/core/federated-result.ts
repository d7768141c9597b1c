import type { Interval } from "./events/events.js";
import type { HolderFacts } from "./events/run-outcome.js";
import type { BaseFacts } from "./results/base-facts.js";

/** A model of a simulation, with its scores on the test samples, of which no client learns. */
export interface FederatedRow {
  readonly model: keyof typeof federatedTitles;
  /** Of "alone-mean", the mean over the clients. */
  readonly accuracy: number;
  /** null: the samples are of too few groups. */
  readonly accuracy_ci95: Interval | null;
  /** Rounds between clients and server. null without a server, as are the bytes. */
  readonly rounds: number | null;
  /** Bytes that a client sends and receives in all rounds: of the client with most. */
  readonly bytes_up: number | null;
  readonly bytes_down: number | null;
  /** Lowest accuracy over the clients, for each on the test samples weighted by the classes of its own samples. */
  readonly worst_client: number | null;
  /** Accuracy after each round. Missing without gradient steps. */
  readonly by_round?: readonly number[];
  /** Mean cross-entropy on the training samples after the last round, nats. Missing without gradient steps. */
  readonly training_loss?: number;
  /** True if that loss is above ln C, that of the first weights: the steps diverged. Default false. */
  readonly diverged?: true;
}

/** Models of a simulation, in the order of the table. */
export const federatedTitles = {
  sums: "feature sums",
  fedavg: "FedAvg",
  fedprox: "FedProx, μ 0.1",
  "alone-mean": "alone, mean",
  "alone-worst": "alone, worst",
  "central-sums": "central, sums",
  "central-steps": "central, steps",
} as const;

/** Models that clients can make together or alone, with their scores. */
export interface FederatedResult {
  readonly event: "result";
  readonly task: "federated-simulation";
  readonly base: BaseFacts;
  /** D, features of a sample. */
  readonly features: number;
  /** Name of the samples: pictures, texts or clips. */
  readonly unit: string;
  readonly classes: readonly string[];
  readonly skew: string;
  readonly seed: number;
  readonly local_epochs: number;
  readonly lr: number;
  /** Training samples of each client, in how many classes, and the test accuracy of the head of its own sums. */
  readonly clients: readonly {
    readonly samples: number;
    readonly classes: number;
    readonly accuracy: number;
    /**
     * Accuracy of FedAvg on the validation samples with and without the client's update of the last round. For this score, FedAvg is
     * trained once more without those samples. Missing: the client has no other samples, or there is no validation split.
     */
    readonly last_update?: HolderFacts["test"];
  }[];
  /** Test samples, of which no client learns. */
  readonly test: number;
  readonly rows: readonly FederatedRow[];
  readonly seconds: number;
}
