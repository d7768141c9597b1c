// What `npm start` and `npm start -- text` run, for whoever runs them and whoever measures them.
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const assets = fileURLToPath(new URL("../assets", import.meta.url));

/** One seed, and 300 steps from scratch: all of it takes less than a minute. */
const beside = ["--baselines", "--seeds", "1", "--scratch-steps", "300"];

/**
 * Four epochs: enough to see the transfer. The rate is above the default: surfaces are far from what the base has seen, so its
 * weights have a longer way to go.
 */
export const pictures = ["train", join(assets, "demo"), ...beside, "--epochs", "4", "--lr", "0.003"];

/** The rate is below the default: a few steps at that already know 210 messages by heart. */
export const texts = [
  ...["train", join(assets, "demo-texts/messages.csv"), ...beside],
  ...["--epochs", "5", "--lr", "0.0001"],
];
