import { type AudioBase, describeInput, openAudioBase } from "../../bases/audio/audio-base.js";
import { audioFrames, type FrameBody } from "../../bases/audio/audio-body.js";
import { headPrefix, headValues, withWeights } from "../../bases/heads.js";
import { oldHeadOf } from "../../bases/old-head.js";
import { knowsContext, withContext } from "../../bases/transcripts/context-layers.js";
import { frameHeadWeights } from "../../bases/transcripts/find-frame-head.js";
import { type ReusedHead, reuseFrameHead } from "../../bases/transcripts/reuse-frame-head.js";
import type { OnWork } from "../../core/events/work-events.js";
import { baseFacts } from "../../core/results/base-facts.js";
import type { Graph } from "../../graph/graph.js";
import { defaults, type RecipeOptions } from "../../options/options.js";
import type { Platform } from "../../platform/platform.js";
import type { OpenedBase } from "../../run/setup.js";
import { freshWeights } from "../../train/initialize.js";
import { soundBaseOf } from "../sounds/open-sounds.js";

/** A base for speech, cut at its features over time. */
export interface SpeechBase {
  readonly opened: OpenedBase & { readonly base: AudioBase };
  readonly frames: FrameBody;
  /** True if the head begins with random layers over time. */
  readonly overTime: boolean;
  /** Start of the linear head, if the base is a recogniser that knows the characters. */
  readonly start?: ReusedHead;
}

/**
 * Opens the given base, or the bundled one.
 * @param tokens vocabulary of the run
 */
export async function openSpeechBase(
  options: Pick<RecipeOptions, "base" | "cut" | "seed">,
  tokens: readonly string[],
  platform: Platform,
  onEvent: OnWork,
): Promise<SpeechBase> {
  const { cut, seed = defaults.seed } = options;
  const base = await openAudioBase(soundBaseOf(options), { platform, onEvent, cut });
  const own = audioFrames(base);
  const { tokens: known } = base.audio;
  const { graph } = base.imported;
  const head = known && (frameHeadWeights(graph, known) ?? oldHeadOf(graph, bodyOf(own), known));
  const start = head && reuseFrameHead(head, tokens);
  // A recogniser has been trained to tell characters apart by its frames.
  const overTime = known === undefined && !knowsContext(own);
  const frames = overTime ? withFreshContext(own, seed) : own;
  const kept = start ? `; its head knows ${start.known} of ${start.of} characters` : "";
  onEvent({
    event: "base",
    ...baseFacts(base),
    input: describeInput(base.audio, frames.graph),
    cut: `${frames.cut.value}: ${frames.cut.because}; a row a frame${kept}`,
    features: own.width,
    notes: base.imported.notes,
  });
  return { opened: { base, body: bodyOf(frames) }, frames, overTime, ...(start && { start }) };
}

/** Adds layers over time with random weights. */
function withFreshContext(own: FrameBody, seed: number): FrameBody {
  const frames = withContext(own);
  return { ...frames, graph: withWeights(frames.graph, freshLayers(frames.graph, seed)) };
}

const bodyOf = ({ graph, cut, features, width }: FrameBody): OpenedBase["body"] => ({
  graph,
  cut,
  features,
  width,
  pooling: "none",
});

/** Random weights of a network; the linear head starts at zeros, so that no character is preferred. */
export const freshNetwork = (network: Graph, seed: number) => {
  const { weight, bias } = headValues;
  return new Map([...freshWeights(network, seed)].filter(([name]) => name !== weight && name !== bias));
};

/** Random weights of the layers over time alone. */
export const freshLayers = (network: Graph, seed: number) =>
  new Map([...freshNetwork(network, seed)].filter(([name]) => name.startsWith(headPrefix)));
