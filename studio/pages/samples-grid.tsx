import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Sample } from "../../src/studio/project.js";
import type { SamplesRow } from "../tasks/task-row.js";
import { currentWords } from "../words/current-words.js";
import { current, select, selected, selectMany, wantsFocus } from "./samples-selection.js";
import type { ClassView } from "./samples-view.js";

/** Space between tiles, CSS pixels. */
const gap = 6;
/** Rows that are rendered above and below the visible ones. */
const overscan = 3;

interface GridProps {
  readonly view: ClassView;
  readonly row: SamplesRow;
  /** True while the user wants to see many rows. */
  readonly all: boolean;
  readonly onAll: (all: boolean) => void;
}

/** Samples of a class as a list box. Only the visible tiles, and the current one, are in the page. */
export function SampleGrid({ view, row, all, onAll }: GridProps) {
  const { samples: words } = currentWords();
  const box = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(box);
  const [firstRow, setFirstRow] = useState(0);
  const { width: least, height: tileHeight } = row.tileSize ?? { width: 88, height: 88 };
  const columns = Math.max(1, Math.floor((width + gap) / (least + gap)));
  const tileWidth = (width - gap * (columns - 1)) / columns;
  const rowHeight = tileHeight + gap;
  const { samples } = view;
  const from = Math.max(0, firstRow - overscan) * columns;
  const to = (firstRow + Math.ceil(height / rowHeight) + 1 + overscan) * columns;
  const at = samples.findIndex(({ id }) => id === current.value);
  // One tile is in the order of the Tab key: the current one, or the first.
  const stop = Math.max(0, at);
  const shown = samples.slice(from, to).map((sample, i) => ({ sample, index: from + i }));
  if (stop < from || stop >= to) shown.push({ sample: samples[stop]!, index: stop });

  const fullHeight = Math.ceil(samples.length / columns) * rowHeight - gap;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (gridKey(event, view, stop, columns)) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
  return (
    <div>
      <div
        ref={box}
        class="tiles"
        role="listbox"
        aria-multiselectable="true"
        aria-label={words.samplesOf(view.name)}
        onScroll={({ currentTarget }) => setFirstRow(Math.floor(currentTarget.scrollTop / rowHeight))}
        onKeyDown={onKeyDown}
      >
        <div class="tiles-all" role="presentation" style={{ height: `${fullHeight}px` }}>
          {width > 0 &&
            shown.map(({ sample, index }) => (
              <Option
                key={sample.id}
                {...{ sample, index, view, row }}
                isStop={index === stop}
                style={{
                  width: `${tileWidth}px`,
                  height: `${tileHeight}px`,
                  left: `${(index % columns) * (tileWidth + gap)}px`,
                  top: `${Math.floor(index / columns) * rowHeight}px`,
                }}
              />
            ))}
        </div>
      </div>
      {(all || fullHeight > height) && (
        <button type="button" class="quiet" aria-expanded={all} onClick={() => onAll(!all)}>
          {all ? words.showFewer : words.showAll(samples.length)}
        </button>
      )}
    </div>
  );
}

/** Inner size of an element, in CSS pixels; 0 at first. */
function useSize(element: { readonly current: Element | null }) {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const measure = (): void => {
      const { clientWidth: width, clientHeight: height } = element.current!;
      setSize((now) => (now.width === width && now.height === height ? now : { width, height }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element.current!);
    return () => observer.disconnect();
  }, [element]);
  return size;
}

/** Applies a key to a list of samples. @returns false if the key does nothing here */
function gridKey(event: KeyboardEvent, view: ClassView, at: number, columns: number): boolean {
  const { samples } = view;
  const { key, shiftKey, ctrlKey, metaKey } = event;
  const moves: Readonly<Record<string, number>> = {
    ...{ ArrowLeft: at - 1, ArrowRight: at + 1, ArrowUp: at - columns, ArrowDown: at + columns },
    ...{ Home: 0, End: samples.length - 1 },
  };
  const to = moves[key];
  if (to !== undefined) {
    const next = samples[to];
    if (next) {
      wantsFocus.value = true;
      select(view, next.id, shiftKey ? "range" : "alone");
    }
    return true;
  }
  if (key === " ") select(view, samples[at]!.id, "toggle");
  else if (key === "Escape") selectMany([]);
  else if ((ctrlKey || metaKey) && key.toLowerCase() === "a") selectMany(samples.map(({ id }) => id));
  else return false;
  return true;
}

interface OptionProps {
  readonly sample: Sample;
  readonly index: number;
  readonly view: ClassView;
  readonly row: SamplesRow;
  readonly isStop: boolean;
  readonly style: Readonly<Record<string, string>>;
}

function Option({ sample, index, view, row, isStop, style }: OptionProps) {
  const { samples: words } = currentWords();
  const element = useRef<HTMLDivElement>(null);
  const takesFocus = wantsFocus.value && current.value === sample.id;
  // Before the next key is handled.
  useLayoutEffect(() => {
    if (!takesFocus) return;
    wantsFocus.value = false;
    element.current!.focus();
  }, [takesFocus]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list box handles the keys
    <div
      ref={element}
      class="tile"
      role="option"
      tabIndex={isStop ? 0 : -1}
      aria-selected={selected.value.has(sample.id)}
      aria-posinset={index + 1}
      aria-setsize={view.samples.length}
      aria-label={words.tile(index + 1, sample.name ?? sample.text?.slice(0, 80))}
      style={style}
      onClick={(event) => {
        const isTouch = (event as unknown as PointerEvent).pointerType === "touch";
        const toggles = event.ctrlKey || event.metaKey || isTouch;
        select(view, sample.id, event.shiftKey ? "range" : toggles ? "toggle" : "alone");
      }}
    >
      <row.Tile sample={sample} />
    </div>
  );
}
