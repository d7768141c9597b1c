import { real, type Settings, type SettingValue, whole, yes } from "../settings.js";

// Options of the adaptation methods. In a file of its own, so that help and checks load no method.

/** Comma-separated numbers, each in [0, max]. */
function tradeOffs(description: string, value: string) {
  return {
    description,
    otherwise: value,
    value: value as string | number,
    allowed: "numbers from 0 to 10,000 with commas between, at most 8, like 0.1,1",
    holds: (v: SettingValue) => {
      if (typeof v === "boolean") return false;
      const list = tradeOffList(v);
      return (
        list.length >= 1 &&
        list.length <= 8 &&
        list.every((x) => x >= 0 && x <= 10_000) &&
        new Set(list).size === list.length
      );
    },
  };
}

/** "0.1,1" -> [0.1, 1] */
export function tradeOffList(text: string | number): number[] {
  return String(text)
    .split(",")
    .map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
}

const discriminatorSettings = {
  alpha: real("how fast the reversal grows over the run", 10, 0.1, 100),
  hidden: whole("units in a hidden layer of the discriminator; 0: four a feature, 1024 at most", 0, 0, 8192),
} as const;

export const dannSettings = {
  tradeOff: tradeOffs("weights of the alignment that are tried", "0.3,1"),
  ...discriminatorSettings,
} as const;

export const cdanSettings = {
  tradeOff: tradeOffs("weights of the alignment that are tried", "1"),
  ...discriminatorSettings,
  entropy: yes("certain predictions count more (CDAN+E)"),
} as const;

export const janSettings = { tradeOff: tradeOffs("weights of the alignment that are tried", "1") } as const;

export const mccSettings = {
  tradeOff: tradeOffs("weights of the confusion that are tried", "1"),
  temperature: real("softens the predictions before they are compared", 2.5, 0.1, 100),
} as const;

export const coralSettings = {
  tradeOff: tradeOffs("weights of the alignment that are tried", "10,100"),
} as const;

export const kliepSettings = {
  centres: whole("target items that the weights are made of", 100, 2, 1000),
  largest: real("weight above which an item's weight is cut, in means", 20, 1, 10_000),
} as const satisfies Settings;
