import { type FederatedResult, federatedTitles } from "../../core/federated-result.js";
import { message, warningText } from "../../core/messages/message.js";
import { baseFacts } from "../../core/results/base-facts.js";
import { type BaseClassification, factsOf } from "../../core/results/task.js";
import type { ClassSample } from "../../data/index.js";
import { sourceOf } from "../../data/source.js";
import { groupsOfItems } from "../../data/split/groups.js";
import { scoreClients } from "../../methods/federated/score-clients.js";
import { harmfulUpdates } from "../../methods/federated/score-updates.js";
import { parseSkew, splitClients } from "../../methods/federated/split-clients.js";
import { checkOptions } from "../../options/check-options.js";
import { refuseCommand } from "../../options/command-needs.js";
import { above, checkAgainst, text, whole } from "../../options/option-checks.js";
import { openToPredict } from "../../run/device/open-to-predict.js";
import { openMachine } from "../../run/machine.js";
import { openTrunk } from "../../run/setup.js";
import { openClassData, unitOfClasses } from "../../tasks/inputs/open-class-data.js";
import { openInputs } from "../../tasks/inputs/open-inputs.js";
import { resolveTask } from "../../tasks/registry.js";
import type { CollectOptions } from "../../tasks/sums/sums-options.js";

/** Options of {@link simulateFederated}. */
export interface FederateOptions
  extends Omit<CollectOptions, "out" | "shard" | "share" | "directions" | "like"> {
  /** Number of clients, 2 … 1000. Default 10. */
  readonly clients?: number;
  /** How their labels differ: "none", "dirichlet:A" or "classes:K". Default "dirichlet:0.5". */
  readonly skew?: string;
  /** Rounds of FedAvg and FedProx, 1 … 1000. Default 20. */
  readonly rounds?: number;
  /** Passes of a client over its samples in a round, 1 … 100. Default 1. */
  readonly localEpochs?: number;
  /** Learning rate of the local steps, above 0. Default 3: below 4, steps on all samples do not diverge. */
  readonly lr?: number;
}

const numbers = { clients: whole(2, 1000), rounds: whole(1, 1000), localEpochs: whole(1, 100) };

/**
 * Compares what clients can learn together without sending samples, on frozen features of a base: feature sums in one round, FedAvg,
 * FedProx (μ = 0.1), each client alone, and all samples in one place. Everything runs in this process, and depends only on data, base
 * and options. Clients share the training and validation split; the test split scores every model.
 *
 * FedAvg and FedProx train a linear head by the cross-entropy. All clients take part in every round, with steps of 32 samples. The server
 * adds the weighted mean of the changes: w ← w + Σ (n_k/n) Δ_k. FedAvg is trained once more without the validation split, which scores
 * the last average with and without each client's update of the last round. A warning names the client whose update
 * makes it worse. No network, no failure and no rounding of sent numbers is simulated.
 *
 * @param data samples with classes, as for `train`
 * @throws OptionError for another task or a wrong option; DataError for clients without samples
 * @see McMahan et al. (2017), FedAvg; Li et al. (2020), FedProx; docs/decisions/0052-feature-sums.md, feature sums
 * @example
 * const { rows } = await simulateFederated("./flowers", { clients: 10, skew: "dirichlet:0.5" });
 * console.log(rows.map(({ model, accuracy, worst_client }) => [model, accuracy, worst_client]));
 */
export async function simulateFederated(
  data: string,
  options: FederateOptions = {},
): Promise<FederatedResult> {
  const begin = performance.now();
  const { clients = 10, skew = "dirichlet:0.5", rounds = 20, localEpochs = 1, lr = 3, ...given } = options;
  const { onEvent = () => undefined, signal, ...recorded } = given;
  checkAgainst({ ...numbers, skew: text, lr: above(0, 100) }, { clients, skew, rounds, localEpochs, lr });
  checkOptions(recorded);
  const seed = options.seed ?? 0;
  const division = { clients, skew: parseSkew(skew), seed };
  const machine = await openMachine();
  const { platform } = machine;
  const source = sourceOf(platform, data, given);
  const task = (await resolveTask(machine, source, given)) as BaseClassification;
  refuseCommand("federate", task);
  const unit = unitOfClasses(task);
  const how = { platform, options: given, seed, onEvent, signal, run: platform.cacheDir(), whole: false };
  const dataset = await openClassData(task, source, how);
  const { classes, items } = dataset;
  const train = items.filter(({ part }) => part !== "test");
  const test = items.filter(({ part }) => part === "test");
  const labels = train.map(({ label }) => label);
  const parts = splitClients(labels, classes.length, division);
  const runtime = await openToPredict(machine, options);
  try {
    const { opened, inputs } = await openInputs(factsOf(task).input, dataset, given, how);
    const trunk = await openTrunk(opened, runtime, platform, given, (await inputs()).inputs);
    try {
      const rowsOf = (some: readonly ClassSample[]) => trunk.features(some, { onEvent, signal });
      const validation = [...train.keys()].filter((i) => train[i]!.part === "validation");
      const { rows, alone, updates } = await scoreClients(
        { rows: await rowsOf(train), labels },
        { rows: await rowsOf(test), labels: test.map(({ label }) => label), groups: groupsOfItems(test) },
        { classes, clients: parts, rounds, localEpochs, lr, seed, validation, signal },
      );
      warnOfUpdates(updates, onEvent);
      const diverged = rows.filter((row) => row.diverged);
      if (diverged.length > 0) {
        const models = diverged.map(({ model }) => federatedTitles[model].split(",")[0]!);
        const loss = Math.max(...diverged.map((row) => row.training_loss!));
        const facts = { models: [...new Set(models)], rounds, loss, guessing: Math.log(classes.length), lr };
        onEvent({ event: "warning", ...warningText("diverged", message("rounds-diverged", facts)) });
      }
      return {
        event: "result",
        task: "federated-simulation",
        base: baseFacts(opened.base),
        features: opened.body.width,
        ...{ unit, classes, skew, seed, local_epochs: localEpochs, lr },
        clients: parts.map((own, k) => ({
          samples: own.length,
          classes: new Set(own.map((i) => labels[i])).size,
          accuracy: alone[k]!,
          ...(updates[k] && { last_update: updates[k] }),
        })),
        test: test.length,
        rows,
        seconds: (performance.now() - begin) / 1000,
      };
    } finally {
      await trunk.close();
    }
  } finally {
    await runtime.close();
  }
}

/** Warns of the client without whose last update FedAvg is better by more than chance. */
function warnOfUpdates(
  updates: Awaited<ReturnType<typeof scoreClients>>["updates"],
  onEvent: NonNullable<FederateOptions["onEvent"]>,
): void {
  const scored = updates.flatMap((score, k) => (score ? [{ score, k }] : []));
  const [worst, ...more] = harmfulUpdates(scored.map(({ score }) => score));
  if (worst === undefined) return;
  const { score, k } = scored[worst]!;
  const { p: _, ...scores } = score;
  const facts = {
    model: federatedTitles.fedavg,
    client: k + 1,
    clients: updates.length,
    more: more.length,
    ...scores,
  };
  onEvent({ event: "warning", ...warningText("update_lowers_score", message("update-lowers-score", facts)) });
}
