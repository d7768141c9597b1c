// Events of a run as event files of TensorBoard: TFRecords of `Event` messages.
import type { EngraftEvent } from "../core/events/events.js";

/** Returns the CRC-32C (Castagnoli), reflected polynomial 0x82f63b78. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let k = 0; k < 8; k++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return ~crc >>> 0;
}

/** ((crc >> 15) | (crc << 17)) + 0xa282ead8: the mask of TFRecord. A checksum of data that holds checksums is weak. */
export function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** Returns a record: length uint64, masked crc of the length, data, masked crc of the data; all little-endian. */
export function record(data: Uint8Array): Uint8Array {
  const out = new Uint8Array(data.length + 16);
  const view = new DataView(out.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc(out.subarray(0, 8)), true);
  out.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc(data), true);
  return out;
}

// Protocol buffers' wire format: (field << 3 | type), then the value.
const varint = (n: number): number[] => (n < 128 ? [n] : [(n % 128) + 128, ...varint(Math.floor(n / 128))]);
const bytesOf = (field: number, data: ArrayLike<number>): number[] => [
  ...varint(field * 8 + 2),
  ...varint(data.length),
  ...Array.from(data),
];
const textOf = (field: number, text: string): number[] => bytesOf(field, new TextEncoder().encode(text));
const doubleOf = (field: number, x: number): number[] => [
  ...varint(field * 8 + 1),
  ...new Uint8Array(Float64Array.of(x).buffer),
];
const floatOf = (field: number, x: number): number[] => [
  ...varint(field * 8 + 5),
  ...new Uint8Array(Float32Array.of(x).buffer),
];

/** Returns `Event { wall_time = 1, step = 2, … }` @param seconds since 1970. @param rest its other fields, encoded */
function event(seconds: number, step: number, rest: readonly number[]): Uint8Array {
  return record(Uint8Array.from([...doubleOf(1, seconds), ...varint(16), ...varint(step), ...rest]));
}

/** Returns the first record of a file. */
export function versionRecord(seconds: number): Uint8Array {
  return event(seconds, 0, textOf(3, "brain.Event:2"));
}

/** Returns `Summary.Value { tag = 1, simple_value = 2 }` for each scalar. */
export function scalarsRecord(
  seconds: number,
  step: number,
  scalars: Readonly<Record<string, number>>,
): Uint8Array {
  const values = Object.entries(scalars).flatMap(([tag, x]) =>
    bytesOf(1, [...textOf(1, tag), ...floatOf(2, x)]),
  );
  return event(seconds, step, bytesOf(5, values));
}

/** Returns a text (Markdown) of the text plugin: a tensor of one string, DT_STRING = 7. */
function textRecord(seconds: number, tag: string, text: string): Uint8Array {
  const tensor = [...varint(8), 7, ...bytesOf(2, bytesOf(2, [...varint(8), 1])), ...textOf(8, text)];
  const metadata = bytesOf(1, textOf(1, "text"));
  return event(
    seconds,
    0,
    bytesOf(5, bytesOf(1, [...textOf(1, tag), ...bytesOf(8, tensor), ...bytesOf(9, metadata)])),
  );
}

/** Returns the record of an event; undefined for events that TensorBoard does not show. @param seconds since 1970 */
export function tensorboardRecord(what: EngraftEvent, seconds: number): Uint8Array | undefined {
  if (what.event === "start") return textRecord(seconds, "run/command", what.command.replace(/^/gm, "    "));
  if (what.event === "trainable")
    return textRecord(
      seconds,
      "run/groups",
      what.groups.map((g) => `- ${g.name}: ${g.parameters} parameters, rate ${g.rate}`).join("\n"),
    );
  if (what.event === "progress" && what.loss !== undefined)
    return scalarsRecord(seconds, what.done, {
      [`${what.phase}/loss`]: what.loss,
      ...(what.rate !== undefined && { [`${what.phase}/rate`]: what.rate }),
    });
  if (what.event === "epoch")
    return scalarsRecord(seconds, what.epoch, {
      [`${what.stage}/epoch_train_loss`]: what.train_loss,
      [`${what.stage}/epoch_validation_loss`]: what.validation_loss,
      [`${what.stage}/epoch_validation_${what.validation.metric.name}`]: what.validation.metric.value,
    });
  return undefined;
}
