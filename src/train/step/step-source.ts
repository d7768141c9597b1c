import type { Tensor } from "../../core/tensor.js";

/** Data of one step by input name, not stacked. */
export type StepFeeds = Readonly<Record<string, Tensor>>;

/** Groups the feeds of steps into blocks of equal shapes. */
export class StepSource {
  private readonly iterator: AsyncIterator<StepFeeds>;
  /** A step that was read but not returned because its shape differs. */
  private waiting: StepFeeds | undefined;

  constructor(feeds: AsyncIterable<StepFeeds>) {
    this.iterator = feeds[Symbol.asyncIterator]();
  }

  /** Returns the next steps, at most `count`; none at the end. */
  async take(count: number): Promise<StepFeeds[]> {
    const rows: StepFeeds[] = [];
    while (rows.length < count) {
      const row = this.waiting ?? (await this.next());
      this.waiting = undefined;
      if (row === undefined) break;
      if (rows.length > 0 && !haveSameShapes(rows[0]!, row)) {
        this.waiting = row;
        break;
      }
      rows.push(row);
    }
    return rows;
  }

  async end(): Promise<void> {
    await this.iterator.return?.();
  }

  private async next(): Promise<StepFeeds | undefined> {
    const { value, done } = await this.iterator.next();
    return done === true ? undefined : value;
  }
}

function haveSameShapes(a: StepFeeds, b: StepFeeds): boolean {
  return Object.entries(a).every(([name, { dims }]) => dims.every((d, i) => d === b[name]!.dims[i]));
}
