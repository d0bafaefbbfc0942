// A script task works out variables: a FEEL context whose entries are merged into the process. No program code, ever.
import { getBusinessObject } from 'bpmn-js/lib/util/ModelUtil';
import { freeField } from '../entries.js';

export function script() {
  return {
    id: 'kesu-script',
    label: 'Variables worked out',
    shouldOpen: true,
    entries: [freeField('kesu-script-text', 'formula', 'FEEL context', (element) => getBusinessObject(element).get('script') ?? '', write,
      { description: 'Such as {total: amount * 2}' })],
  };
}

function write(injector, element, value) {
  injector.get('modeling').updateProperties(element, { script: value || undefined });
}
