import { languageModelFile } from "../../bases/transcripts/speech-folder.js";
import type { TranscriptResultEvent } from "../../core/results/sequences/transcripts.js";
import { sheetCard } from "../../report/sheet/sheet-card.js";
import { soundFilesOf } from "../../run/exported.js";
import { reportOf, saveRun } from "../../run/save-run.js";
import type { Saved, Solved } from "../../run/trainable-task.js";
import type { SpeechAnswers, SpeechFacts } from "./predict-speech.js";
import { recogniserConfig, tokenizerFiles } from "./recogniser-files.js";
import { type Speech, speechIn } from "./transcript-head.js";
import { transcriptsSheet } from "./transcripts-sheet.js";

/** Saves the model folder, the report and the record of a run. */
export async function saveTranscripts(
  { data }: Speech,
  {
    own: { context },
    result,
    events,
    onnx,
    unfinished,
  }: Saved<SpeechAnswers, Solved<SpeechAnswers>, SpeechFacts, TranscriptResultEvent>,
): Promise<void> {
  const { tokens } = data.vocabulary;
  const samples = context.run.manifest.options.pictures !== false;
  const shown = new Set(result.test.worst.map(({ item }) => item));
  const report = {
    ...reportOf(context, data.root, result, events),
    samples,
    ...(samples &&
      context.machine.report && {
        sounds: await (await import("../../run/report/shown-sounds.js")).shownSounds(
          context.platform,
          data.items.filter(({ id }) => shown.has(id)),
          { kind: "speech" },
        ),
      }),
  };
  const { n, words, characters } = result.test;
  await saveRun(context, {
    data,
    result,
    unfinished,
    card: sheetCard(transcriptsSheet, report),
    render: async () =>
      (await import("../../report/sheet/sheet-page.js")).sheetPage(transcriptsSheet, report),
    content: {
      onnx: onnx!,
      classes: tokens,
      config: recogniserConfig(tokens),
      files: {
        ...tokenizerFiles(tokens),
        ...soundFilesOf(context.opened.base.audio!),
        ...(result.decoder.language_model && {
          [languageModelFile]: { transcripts: speechIn(data, "train").map(({ target }) => target) },
        }),
      },
    },
    engraft: {
      task: "automatic-speech-recognition",
      test: { n, wer: words.rate, wer_ci95: words.ci95, cer: characters.rate, cer_ci95: characters.ci95 },
      speech: { normalizer: data.normalizer, unit: data.unit, decoder: result.decoder },
    },
  });
}
