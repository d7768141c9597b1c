import type { OptionValue } from "../../src/studio/project.js";
import { useStudio } from "../engine/studio.js";
import type { OptionInfo, TaskOptions } from "../engine/train-options.js";
import { Select } from "../tasks/controls.js";
import { currentWords } from "../words/current-words.js";

/** Longest list of choices that stand as radio buttons. */
const mostRadios = 4;

/** Form of the options of `train`, made from the library's table. */
export function OptionForm({ task }: { readonly task: TaskOptions }) {
  const { train } = currentWords();
  const { store } = useStudio();
  const { options } = store.project.value!;
  const chosen = Object.keys(options);
  const reset = (): void =>
    store.dispatchTogether(chosen.map((name) => ({ do: "set-option", name, value: undefined })));
  return (
    <details class="options card">
      <summary>
        {train.options}
        {chosen.length > 0 && ` (${chosen.length})`}
      </summary>
      <p class="soft">{train.optionsHelp}</p>
      <Groups task={task} level="basic" />
      <details>
        <summary>{train.moreOptions}</summary>
        <Groups task={task} level="more" />
        <p class="soft">{train.otherOptions}</p>
      </details>
      {chosen.length > 0 && (
        <button type="button" onClick={reset}>
          {train.reset}
        </button>
      )}
    </details>
  );
}

function Groups({ task, level }: { readonly task: TaskOptions; readonly level: OptionInfo["level"] }) {
  const { train } = currentWords();
  const groups = Object.keys(train.groups);
  return (
    <>
      {groups.map((group) => {
        const own = task.infos.filter((info) => info.group === group && info.level === level);
        if (own.length === 0) return null;
        return (
          <section key={group}>
            <h2>{train.groups[group]}</h2>
            {own.map((info) => (
              <Option key={info.name} info={info} task={task} />
            ))}
          </section>
        );
      })}
    </>
  );
}

/** The base of a task that has no usual one. */
export function NeededBase({ info, task }: { readonly info: OptionInfo; readonly task: TaskOptions }) {
  const { train } = currentWords();
  const { title, help } = train.decoder;
  return (
    <section class="card options">
      <Option info={{ ...info, title, help }} task={task} />
    </section>
  );
}

/** One option: its control, its help, its default, and why it has no effect. */
function Option({ info, task }: { readonly info: OptionInfo; readonly task: TaskOptions }) {
  const { train } = currentWords();
  const { store } = useStudio();
  const { options } = store.project.value!;
  const { name, title, help, otherwise, without } = info;
  const isUsable = task.isUsable(name, options);
  const set = (value: OptionValue | undefined): void => {
    const change = { do: "set-option" as const, name };
    store.dispatch(value === undefined || value === info.value ? change : { ...change, value });
  };
  const described = `${name}-help`;
  return (
    <fieldset class="option" aria-describedby={described} disabled={!isUsable || store.readOnly.value}>
      <legend>{title}</legend>
      <Control info={info} value={options[name]} set={set} read={task.read} described={described} />
      <small id={described}>
        {help}
        {otherwise !== undefined && ` · ${train.byDefault(otherwise)}`}
        {!isUsable && ` · ${train.needs(without ?? "")}`}
      </small>
    </fieldset>
  );
}

interface ControlProps {
  readonly info: OptionInfo;
  readonly value: OptionValue | undefined;
  readonly set: (value: OptionValue | undefined) => void;
  readonly read: TaskOptions["read"];
  /** Id of the help. */
  readonly described: string;
}

function Control(props: ControlProps) {
  const { info } = props;
  if (info.kind === "flag") return <Switch {...props} />;
  if (info.kind !== "choice") return <Field {...props} />;
  if (info.joined && info.joined.length > 0) return <Boxes {...props} choices={info.joined} />;
  const choices = info.word === undefined ? info.choices : [...info.choices, info.word];
  return choices.length > mostRadios ? (
    <Choice {...props} choices={choices} />
  ) : (
    <Radios {...props} choices={choices} />
  );
}

function Switch({ info, value, set }: ControlProps) {
  const { train } = currentWords();
  const checked = Boolean(value ?? info.value ?? false);
  return (
    <label class="row">
      <input type="checkbox" checked={checked} onChange={({ currentTarget }) => set(currentTarget.checked)} />
      {train.on}
    </label>
  );
}

/** Number, time or text, as the command line takes it. An empty field is the default. */
function Field({ info, value, set, read, described }: ControlProps) {
  const { train } = currentWords();
  const change = (event: Event): void => {
    const field = event.currentTarget as HTMLInputElement;
    const typed = field.value.trim();
    const found = typed === "" ? undefined : read(info.name, typed);
    field.setCustomValidity(typed === "" || found !== undefined ? "" : train.allowed(info));
    if (!field.reportValidity()) return;
    set(typeof found === "number" && info.kind !== "seconds" ? found : typed || undefined);
  };
  return (
    <input
      type="text"
      inputMode={info.kind === "whole" ? "numeric" : "text"}
      aria-label={info.title}
      aria-describedby={described}
      onChange={change}
      placeholder={info.otherwise ?? ""}
      value={value === undefined ? "" : String(value)}
    />
  );
}

interface ChoiceProps extends ControlProps {
  readonly choices: readonly string[];
}

function Radios({ info, value, set, choices }: ChoiceProps) {
  const { train } = currentWords();
  const all = info.value === undefined ? [undefined, ...choices] : choices;
  const chosen = value ?? info.value;
  return (
    <div class="row">
      {all.map((choice) => (
        <label key={choice} class="row">
          <input type="radio" name={info.name} checked={choice === chosen} onChange={() => set(choice)} />
          {choice === undefined ? train.automatic : <span lang="en">{choice}</span>}
        </label>
      ))}
    </div>
  );
}

function Choice({ info, value, set, described, choices }: ChoiceProps) {
  const { train } = currentWords();
  const automatic = info.value === undefined ? ([["", train.automatic]] as const) : [];
  return (
    <Select
      aria-label={info.title}
      aria-describedby={described}
      value={String(value ?? info.value ?? "")}
      options={[...automatic, ...choices.map((choice) => [choice, choice, "en"] as const)]}
      onValue={(chosen) => set(chosen || undefined)}
    />
  );
}

/** Choices of which several may be given. The library takes them with commas between. */
function Boxes({ value, set, choices }: ChoiceProps) {
  const chosen = typeof value === "string" ? value.split(",") : [];
  const toggle = (choice: string, isOn: boolean): void => {
    const all = choices.filter((one) => (one === choice ? isOn : chosen.includes(one)));
    set(all.length === 0 ? undefined : all.join(","));
  };
  return (
    <div class="row">
      {choices.map((choice) => (
        <label key={choice} class="row">
          <input
            type="checkbox"
            checked={chosen.includes(choice)}
            onChange={({ currentTarget }) => toggle(choice, currentTarget.checked)}
          />
          <span lang="en">{choice}</span>
        </label>
      ))}
    </div>
  );
}
