// Which decision table answers.
import { add, extension, remove } from '../extensions.js';
import { field, freeField } from '../entries.js';

const TYPE = 'spiffworkflow:CalledDecisionId';

export function decision() {
  return {
    id: 'kesu-decision',
    label: 'Decision table',
    shouldOpen: true,
    entries: [
      freeField('kesu-called-decision', 'choice', 'Decision', (element) => extension(element, TYPE)?.get('body') ?? '', choose,
        { options: ({ decisions }) => decisions }),
      field(TYPE, 'resultVariable', 'text', 'Result kept in variable'),
    ],
  };
}

function choose(injector, element, value) {
  const present = extension(element, TYPE);
  if (present && value) return injector.get('modeling').updateModdleProperties(element, present, { body: value });
  return present ? remove(injector, element, TYPE) : add(injector, element, TYPE, { body: value });
}
