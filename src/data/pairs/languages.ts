import type { Script } from "../../core/messages/pair-en.js";

/** Codes of ISO 639-1, with those that it has replaced (iw, in, ji, sh). */
const codes = new Set(
  (
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo " +
    "fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik in io is it iu iw ja ji jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky " +
    "la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa " +
    "sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
  ).split(" "),
);

/** A code of two letters, perhaps with a script or a region: "pt", "pt-BR", "zh_CN", "zh-Hant", "es-419". */
const tag = /^([a-z]{2})(?:[-_](?:[a-z]{2}|[a-z]{4}|\d{3}))*$/i;
/** A code of FLORES and NLLB: three letters and the script, "deu_Latn". */
const scriptTag = /^[a-z]{3}_[A-Z][a-z]{3}$/;

/** True for a language code: of ISO 639-1, perhaps with a script or a region, or as FLORES writes it. */
export function isLanguage(name: string): boolean {
  const code = tag.exec(name)?.[1];
  return (code !== undefined && codes.has(code.toLowerCase())) || scriptTag.test(name);
}

/** Languages that are written in one script other than Latin. */
const scriptOfCodes: Partial<Record<Script, string>> = {
  ...{ Han: "zh", Kana: "ja", Hangul: "ko", Greek: "el", Hebrew: "he iw yi ji", Devanagari: "hi mr ne sa" },
  ...{ Cyrillic: "ru uk bg be mk", Arabic: "ar fa ur ps ug", Bengali: "bn as", Tamil: "ta", Telugu: "te" },
  ...{ Thai: "th", Georgian: "ka", Armenian: "hy" },
};
/** Languages that are written in Latin letters alone. Of the others, such as Serbian, nothing is known. */
const latin = new Set(
  "af ca cs cy da de en es et eu fi fr ga gl hr hu id is it la lt lv mt nb nl nn no pl pt ro sk sl sq sv sw tl tr vi".split(
    " ",
  ),
);

/** Returns the script of a language by its code; undefined if it has several, or is not known. */
export function scriptOfLanguage(name: string): Script | undefined {
  const [code = "", ...more] = name.toLowerCase().split(/[-_]/);
  // The code may name a script: zh-Latn.
  if (more.some((one) => one.length === 4 && one !== "hans" && one !== "hant")) return undefined;
  if (latin.has(code)) return "Latin";
  return (Object.keys(scriptOfCodes) as Script[]).find((script) =>
    scriptOfCodes[script]!.split(" ").includes(code),
  );
}
