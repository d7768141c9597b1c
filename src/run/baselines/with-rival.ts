import { roundedAs, storedAs } from "../../bases/weight-storage.js";
import { isWithoutBase } from "../../methods/registry.js";
import { defaults } from "../../options/options.js";
import type { Context } from "../context.js";
import type { Rival, Solved } from "../trainable-task.js";
import type { TrainedTask } from "../trained-task.js";
import { countParameters } from "../training/count-parameters.js";

/** Returns the run as if it had solved the other model only. */
export function withRival<Answers, Head extends Solved<Answers>>(
  { fitted: _training, files: _adapter, solved, ...trained }: TrainedTask<Head>,
  rival: Rival<Answers, string>,
): TrainedTask<Head> {
  const { head, parameters, answers, validation, recipe, refitted } = rival;
  const { rivals: _used, ...start } = solved;
  const saved = savedRival(trained.context, rival);
  const frozen = isWithoutBase(rival.name) ? 0 : countParameters(trained.planned.blank) - linearHead(trained);
  return {
    ...trained,
    ...saved,
    solved: { ...start, head, answers, validation, recipe, refitted } as unknown as Head,
    probed: head,
    changed: saved.model !== head,
    trainable: { parameters, total: frozen + parameters },
  };
}

/** Returns the run with another head on the features of its trained network. */
export function withHeadOnTrained<Answers, Head>(
  trained: TrainedTask<Head>,
  rival: Rival<Answers, string>,
): TrainedTask<Head> {
  const { files: _adapter, ...rest } = trained;
  const more = rival.parameters - linearHead(trained);
  const { parameters, total } = trained.trainable;
  return {
    ...rest,
    ...savedRival(trained.context, rival),
    fitted: { ...trained.fitted!, best: rival.validation },
    changed: true,
    trainedAlone: trained,
    trainable: { parameters: parameters + more, total: total + more },
  };
}

/** Returns a model as it is saved, with its context. Trainings from scratch keep the run's own network and inputs. */
function savedRival<Answers>(
  { opened, inputs, options }: Context,
  { context: its, head }: Rival<Answers, string>,
) {
  const stored = storedAs(head, options.weights ?? defaults.weights, opened.base.imported.storedAs);
  const scratch = its.training.scratch ?? { opened, inputs };
  return {
    context: { ...its, training: { ...its.training, scratch } },
    stored,
    model: roundedAs(head, stored),
  };
}

/** Number of weights of a linear head on the features. */
const linearHead = ({ context }: { readonly context: Context }): number =>
  context.training.head.outputs * (context.opened.body.width + 1);
