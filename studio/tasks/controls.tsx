// Controls and effects that several pages share.
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import { useStudio } from "../engine/studio.js";
import { isMissingPart } from "../store/error-words.js";
import { type PageName, route } from "../store/route.js";

/** Seconds until a part of the page that could not be loaded is requested again. */
const again = 3;

/**
 * Returns the value of a promise; undefined before, and again after one of `keys` has changed. After a failure it shows the error
 * and returns null. A part of the page that is missing is loaded as soon as the connection is back.
 * @param load returns undefined if there is nothing to load
 */
export function useLoaded<T>(
  load: () => Promise<T> | undefined,
  keys: readonly unknown[],
): T | null | undefined {
  const { store } = useStudio();
  const [loaded, setLoaded] = useState<{ readonly value: T | null }>();
  useEffect(() => {
    let isShown = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const attempt = (isFirst: boolean): void => {
      load()?.then(
        (value) => isShown && setLoaded({ value }),
        (error) => {
          if (!isShown) return;
          setLoaded({ value: null });
          if (isFirst) store.fail(error);
          if (isMissingPart(error)) timer = setTimeout(attempt, 1000 * again, false);
        },
      );
    };
    setLoaded(undefined);
    attempt(true);
    return () => {
      isShown = false;
      clearTimeout(timer);
    };
  }, keys);
  return loaded?.value;
}

/** Gives the focus to a heading: screen readers then say where they are. */
export function focusHeading(heading: HTMLElement | null): void {
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

/** Moves the focus to the heading of the page when an element is removed that has it. */
export function useFocusAfter(element: { readonly current: Element | null }): void {
  useLayoutEffect(() => {
    const own = element.current!;
    return () => {
      if (own.contains(document.activeElement)) focusHeading(document.querySelector("main h1"));
    };
  }, []);
}

/** Calls a function with files that are pasted on a page. */
export function usePastedFiles(page: PageName, onFiles: (files: readonly File[]) => void): void {
  useEffect(() => {
    const listener = ({ clipboardData }: ClipboardEvent): void => {
      const files = [...(clipboardData?.files ?? [])];
      if (files.length > 0 && route.peek().page === page) onFiles(files);
    };
    addEventListener("paste", listener);
    return () => removeEventListener("paste", listener);
  });
}

interface BusyButtonProps {
  readonly isBusy: boolean;
  readonly onClick: () => void;
  readonly class?: string | undefined;
  readonly disabled?: boolean;
  readonly children: ComponentChildren;
}

/** Button that does nothing while it is busy. A button that is disabled while it has the focus would lose it. */
export const BusyButton = ({ isBusy, onClick, ...others }: BusyButtonProps) => (
  <button type="button" aria-disabled={isBusy} onClick={() => isBusy || onClick()} {...others} />
);

interface FileButtonProps {
  readonly text: string;
  readonly onFiles: (files: readonly File[]) => void;
  readonly accept?: string | undefined;
  readonly multiple?: boolean;
  /** True to ask for a folder. */
  readonly folder?: boolean;
  readonly disabled?: boolean;
  /** True while it does nothing, and keeps the focus. */
  readonly isBusy?: boolean;
}

/** Button that asks for files. */
export function FileButton({ text, onFiles, folder = false, isBusy = false, ...others }: FileButtonProps) {
  return (
    <label class="button">
      {text}
      <input
        class="unseen"
        type="file"
        ref={(input) => void input?.toggleAttribute("webkitdirectory", folder)}
        aria-disabled={isBusy}
        {...others}
        onClick={(event) => isBusy && event.preventDefault()}
        onChange={({ currentTarget }) => {
          const files = [...currentTarget.files!];
          currentTarget.value = "";
          // Listing thousands of files took the browser time. The page handles them in a task of its own.
          if (files.length > 0) setTimeout(() => onFiles(files));
        }}
      />
    </label>
  );
}

interface SelectProps {
  readonly options: readonly (readonly [value: string, text: string, lang?: "en"])[];
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly id?: string;
  readonly "aria-label"?: string;
  readonly "aria-labelledby"?: string;
  readonly "aria-describedby"?: string;
  readonly disabled?: boolean;
}

/** Choice of one value from a list. Browsers draw it on one line and cut its text: the style draws the text around it instead. */
export function Select({ options, onValue, ...others }: SelectProps) {
  const chosen = options.find(([value]) => value === others.value);
  return (
    <span class="select" data-text={chosen?.[1]}>
      <select {...others} onChange={({ currentTarget }) => onValue(currentTarget.value)}>
        {options.map(([value, text, lang]) => (
          <option key={value} value={value} lang={lang}>
            {text}
          </option>
        ))}
      </select>
    </span>
  );
}

/** Names of the columns of a table. */
export const TableHead = ({ names }: { readonly names: readonly string[] }) => (
  <thead>
    <tr>
      {names.map((name) => (
        <th key={name} scope="col">
          {name}
        </th>
      ))}
    </tr>
  </thead>
);

/** Reads the newest text to a screen reader, at most once in `pace` milliseconds. */
export function Announcement({ text, pace }: { readonly text: string; readonly pace: number }) {
  const [announced, setAnnounced] = useState({ text, at: performance.now() });
  useEffect(() => {
    if (text === announced.text) return;
    const wait = announced.at + pace - performance.now();
    const timer = setTimeout(() => setAnnounced({ text, at: performance.now() }), wait);
    return () => clearTimeout(timer);
  }, [text, announced]);
  return (
    <p class="unseen" aria-live="polite">
      {announced.text}
    </p>
  );
}
