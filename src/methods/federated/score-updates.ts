import { stopIf } from "../../core/errors.js";
import type { HolderFacts } from "../../core/events/run-outcome.js";
import { holm } from "../../statistics/index.js";
import {
  type AverageOptions,
  averageRounds,
  averagesWithout,
  type FederatedClient,
} from "./average-rounds.js";
import { isBetterWithout } from "./leave-out-holders.js";
import { compareScores, type Scoring } from "./scoring.js";

/**
 * Trains a head by federated averaging, and scores the last average with and without each client's last update. The earlier rounds have
 * the updates of all clients, so this is no training without the client.
 * @param scoring samples of the server, of which no client learns. Their rows have the width D of the clients' rows
 * @returns one score a client; none for a single client
 */
export async function scoreUpdates(
  clients: readonly FederatedClient[],
  options: AverageOptions,
  scoring: Scoring,
  signal?: AbortSignal,
): Promise<readonly HolderFacts["test"][]> {
  const pause = async (): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, 0));
    stopIf(signal);
  };
  const width = options.classes * options.dims;
  let [before, after] = [new Float64Array(width), new Float64Array(width)];
  for (const w of averageRounds(clients, options)) {
    await pause();
    [before, after] = [after, w.slice()];
  }
  const outputs = [...scoring.names.keys()];
  const all = scoring.scoresOf({ weight: after, outputs });
  const scores: HolderFacts["test"][] = [];
  for (const weight of averagesWithout(clients, before, after, options)) {
    await pause();
    scores.push(compareScores(scoring, all, scoring.scoresOf({ weight, outputs })));
  }
  return scores;
}

/**
 * Returns the places of the clients without whose last update the average is better by more than chance, the worst first. p is corrected
 * for the number of clients by Holm's method.
 */
export function harmfulUpdates(scores: readonly HolderFacts["test"][]): readonly number[] {
  const adjusted = holm(scores.map(({ p }) => p));
  const gain = (k: number): number => scores[k]!.without - scores[k]!.with;
  return [...scores.keys()]
    .filter((k) => isBetterWithout({ ...scores[k]!, p: adjusted[k]! }))
    .sort((a, b) => gain(b) - gain(a));
}
