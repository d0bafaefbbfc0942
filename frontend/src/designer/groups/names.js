// The Chinese name stands in the diagram; the first line of the documentation is the English one, the rest explains.
import { getBusinessObject } from 'bpmn-js/lib/util/ModelUtil';
import { freeField } from '../entries.js';

export function names() {
  return {
    id: 'kesu-names',
    label: 'English name and explanation',
    entries: [
      freeField('kesu-english', 'text', 'English name', english, (injector, element, value) => write(injector, element, value, explanation(element))),
      freeField('kesu-explanation', 'area', 'Explanation', explanation, (injector, element, value) => write(injector, element, english(element), value)),
    ],
  };
}

function documentation(element) {
  return getBusinessObject(element).get('documentation')?.[0];
}

function english(element) {
  return (documentation(element)?.get('text') ?? '').split('\n')[0];
}

function explanation(element) {
  return (documentation(element)?.get('text') ?? '').split('\n').slice(1).join('\n');
}

function write(injector, element, first, rest) {
  const modeling = injector.get('modeling');
  const text = rest ? `${first}\n${rest}` : first;
  const known = documentation(element);
  if (known && text) return modeling.updateModdleProperties(element, known, { text });
  const created = text ? [injector.get('moddle').create('bpmn:Documentation', { text })] : [];
  return modeling.updateModdleProperties(element, getBusinessObject(element), { documentation: created });
}
