import { speechNet } from "../../bases/architectures/speech-net.js";
import { type AudioBase, describeInput, openAudioBase, paddedSamples } from "../../bases/audio/audio-base.js";
import { audioFrames, type FrameBody } from "../../bases/audio/audio-body.js";
import { extractorOf } from "../../bases/audio/extractors.js";
import { headPrefix, withWeights } from "../../bases/heads.js";
import { oldHeadOf } from "../../bases/old-head.js";
import { frameHeadWeights } from "../../bases/transcripts/find-frame-head.js";
import { type ReusedHead, reuseFrameHead } from "../../bases/transcripts/reuse-frame-head.js";
import type { OnEvent } from "../../core/events/events.js";
import { message } from "../../core/messages/message.js";
import { baseFacts } from "../../core/results/base-facts.js";
import type { Graph } from "../../graph/graph.js";
import type { TrainOptions } from "../../options/options.js";
import type { Platform } from "../../platform/platform.js";
import { madeBase } from "../../run/made-network.js";
import type { OpenedBase } from "../../run/setup.js";
import { freshWeights } from "../../train/initialize.js";

/** A base for speech, cut at its features over time. */
export interface SpeechBase {
  readonly opened: OpenedBase & { readonly base: AudioBase };
  readonly frames: FrameBody;
  /** Start of the head, if the base is a recogniser that knows the characters. */
  readonly start?: ReusedHead;
}

/**
 * Opens the given base, or makes a small network of random weights without one.
 * @param tokens vocabulary of the run
 */
export async function openSpeechBase(
  { base: ref, cut, seed = 0 }: Pick<TrainOptions, "base" | "cut" | "seed">,
  tokens: readonly string[],
  platform: Platform,
  onEvent: OnEvent,
): Promise<SpeechBase> {
  if (ref === undefined) return madeSpeechBase(seed);
  const base = await openAudioBase(ref, { platform, ...(cut !== undefined && { cut }) });
  const frames = audioFrames(base);
  const body = bodyOf(frames);
  const { tokens: known } = base.audio;
  const { graph } = base.imported;
  const head = known && (frameHeadWeights(graph, known) ?? oldHeadOf(graph, body, known));
  const start = head && reuseFrameHead(head, tokens);
  const kept = start ? `; its head knows ${start.known} of ${start.of} characters` : "";
  onEvent({
    ...{ event: "base", ...baseFacts(base) },
    input: describeInput(base.audio, frames.graph),
    cut: `${frames.cut.value}: ${frames.cut.because}; a row a frame${kept}`,
    ...{ features: frames.width, notes: base.imported.notes },
  });
  return { opened: { base, body }, frames, ...(start && { start }) };
}

/** Makes a network of random weights: see `speechNet`. */
export function madeSpeechBase(seed: number): SpeechBase {
  const empty = speechNet();
  const graph = withWeights(empty, freshWeights(empty, seed));
  const [features, present] = graph.outputs as [string, string];
  const width = graph.typeOf(features).shape!.at(-1) as number;
  const frames: FrameBody = {
    ...{ graph, features, present, width },
    cut: { value: features, because: "the features, by its name" },
  };
  const opened = madeBase("none: a new network", bodyOf(frames), {
    ...{ pretrained: false, because: message("speech-without-base"), fresh: freshBody },
  });
  const audio = {
    ...{ preprocessor: paddedSamples, extractor: extractorOf(paddedSamples) },
    ...{ masked: true, config: {} },
  };
  return { opened: { ...opened, base: { ...opened.base, audio } }, frames };
}

const bodyOf = ({ graph, cut, features, width }: FrameBody): OpenedBase["body"] => ({
  ...{ graph, cut, features, width, pooling: "none" },
});

/** Random weights of the body; the head starts at zeros, so that no character is preferred. */
export const freshBody = (network: Graph, seed: number) =>
  new Map([...freshWeights(network, seed)].filter(([name]) => !name.startsWith(headPrefix)));
