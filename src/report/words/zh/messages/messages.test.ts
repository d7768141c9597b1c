// Each code is written in English and in Chinese, and both show the same values.
import { expect, test } from "vitest";
import { englishLeft } from "../../../../../test/support/english-left.js";
import { messageExamples } from "../../../../../test/support/message-examples/index.js";
import { english } from "../../../../core/messages/english.js";
import { type Message, type MessageTable, writeMessage } from "../../../../core/messages/message.js";
import { messagesZh } from "./index.js";

/** Writes a message, and returns the values that its sentence took. */
function written(table: MessageTable, one: Message): { text: string; taken: Set<string> } {
  const taken = new Set<string>();
  if (!("values" in one)) return { text: writeMessage(table, one), taken };
  const values = new Proxy(one.values, {
    get(target, key) {
      taken.add(String(key));
      return Reflect.get(target, key);
    },
  });
  return { text: writeMessage(table, { ...one, values } as Message), taken };
}

/** The numbers of a sentence, without the marks between thousands. */
const numbersIn = (text: string): string[] =>
  (text.replace(/(\d),(?=\d{3})/g, "$1").match(/\d+(?:\.\d+)?/g) ?? []).sort();

test("every code has examples, and both tables have the same codes", () => {
  expect(Object.keys(messagesZh).sort()).toEqual(Object.keys(english).sort());
  expect(Object.keys(messageExamples).sort()).toEqual(Object.keys(english).sort());
});

test.each(
  Object.entries(messageExamples).flatMap(([code, all]) =>
    all.map((values) => [code, (values === undefined ? { code } : { code, values }) as Message] as const),
  ),
)("%s: Chinese shows every value that English shows", (_code, one) => {
  const [en, zh] = [written(english, one), written(messagesZh, one)];
  expect([...zh.taken].sort()).toEqual([...en.taken].sort());
  const shown = numbersIn(zh.text);
  for (const number of new Set(numbersIn(en.text))) expect(shown).toContain(number);
  const { text } = zh;
  expect(text).toMatch(/[\u4e00-\u9fff]|^\S+ α /);
  expect(text).not.toMatch(/undefined|NaN|\[object/);
  // Texts among the values stay as they are: names, and terms that Chinese has in Latin letters.
  const names = "values" in one ? JSON.stringify(one.values).replace(/[^\p{L}\d'_-]+|--/gu, " ") : "";
  expect(englishLeft(text, `${names} ${terms}`)).toEqual([]);
});

/** Names of methods, strategies, options and layers that Chinese texts on machine learning write in Latin letters. */
const terms =
  "none safe lr baselines class-names standard quotes A B ImageSets Main EXIF target labels train val test e-5 ReLU BatchNormalization batch-size batch-norm accumulate frozen base BatchNorm LoRA DoRA SetFit IA SAM greedy soup mixup cutmix discriminative finetune init-from split-by MODEL engraft compare train GPU CPU Otsu kHz WAV FLAC MP3 Opus ffmpeg group-from split-by split-seed text NAME ignore categories task tabular-classification with Cross-Origin-Opener-Policy same-origin Cross-Origin-Embedder-Policy require-corp source-only label-shift adapt TARGET method check max-length User Assistant";
