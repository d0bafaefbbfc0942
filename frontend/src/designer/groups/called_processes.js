// Which process a call activity runs.
import { getBusinessObject } from 'bpmn-js/lib/util/ModelUtil';
import { freeField } from '../entries.js';

export function calledProcess() {
  return {
    id: 'kesu-called-process',
    label: 'Called process',
    shouldOpen: true,
    entries: [freeField('kesu-called-element', 'choice', 'Process', (element) => getBusinessObject(element).get('calledElement') ?? '',
      (injector, element, value) => injector.get('modeling').updateProperties(element, { calledElement: value || undefined }),
      { options: ({ processes }) => processes })],
  };
}
