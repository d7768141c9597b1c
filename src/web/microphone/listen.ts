import { EngraftError } from "../../core/errors.js";
import { pause } from "../../core/pause.js";
import type { ListenedTo, ListeningModel, ListenOptions, Microphone } from "./microphone.js";
import { openMicrophone } from "./open-microphone.js";

/** Seconds between predictions by default. */
const usualInterval = 0.05;

/** Predicts on the last seconds of a microphone. See `listen` in `engraft/web`. */
export async function listen<Prediction>(
  model: ListeningModel<Prediction>,
  options: ListenOptions<Prediction>,
): Promise<ListenedTo> {
  const { interval = usualInterval } = options;
  if (!(interval > 0))
    throw new EngraftError("OptionError", `interval is ${interval}`, { help: "give seconds, such as 0.05" });
  const microphone = options.microphone ?? (await openMicrophone({ rate: model.rate }));
  try {
    if (microphone.rate !== model.rate)
      throw new EngraftError(
        "OptionError",
        `the microphone gives ${microphone.rate} samples per second, the model takes ${model.rate}`,
        { help: "open it with openMicrophone({ rate: model.rate })" },
      );
    return await predictLoop(model, microphone, options);
  } finally {
    if (!options.microphone) await microphone.close();
  }
}

/** Predicts one window at a time, so nothing queues up: a slow model skips the times that it misses. */
async function predictLoop<Prediction>(
  model: ListeningModel<Prediction>,
  microphone: Microphone,
  { onPrediction, window = 1, interval = usualInterval, signal }: ListenOptions<Prediction>,
): Promise<ListenedTo> {
  const start = performance.now();
  const elapsed = (): number => (performance.now() - start) / 1000;
  let [predictions, skipped, heard] = [0, 0, 0];
  for (let tick = 0; ; ) {
    await pause(1000 * (tick * interval - elapsed()), signal);
    if (signal?.aborted) break;
    const samples = microphone.latest(window);
    const { seconds } = microphone;
    // The first window must be full, and each later one must hold something new.
    if (seconds >= window && seconds > heard) {
      heard = seconds;
      const [prediction] = await model.predict([samples]);
      if (signal?.aborted) break;
      predictions++;
      onPrediction(prediction!, { seconds });
    }
    const next = Math.max(tick + 1, Math.ceil(elapsed() / interval));
    skipped += next - tick - 1;
    tick = next;
  }
  return { predictions, skipped, seconds: elapsed() };
}
