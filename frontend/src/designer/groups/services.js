// What the program does: a topic of the catalogue, with the parameters its function takes. A new topic drops the old parameters.
import { extension, add, remove, setAttribute } from '../extensions.js';
import { freeField } from '../entries.js';
import { named, translate } from '../../i18n/translate.js';

const TYPE = 'spiffworkflow:ServiceTaskOperator';

export function service(element, injector) {
  const topics = injector.get('config.catalogue').topics;
  const operator = extension(element, TYPE);
  const topic = topics.find(({ key }) => key === operator?.get('id'));
  return {
    id: 'kesu-service',
    label: 'What the program does',
    shouldOpen: true,
    entries: [
      freeField('kesu-topic', 'choice', 'Action', (target) => extension(target, TYPE)?.get('id') ?? '', choose, { options: () => topics }),
      ...(topic?.parameters ?? unknownParameters(operator)).map(parameter),
      ...(operator ? [result()] : []),
    ],
  };
}

function choose(injector, element, topic) {
  if (extension(element, TYPE)) remove(injector, element, TYPE);
  if (topic) add(injector, element, TYPE, { id: topic });
}

function unknownParameters(operator) {
  return (operator?.get('parameterList')?.get('parameters') ?? []).map(({ id, type }) => ({ key: id, name: id, type }));
}

function parameter({ key, type, ...rest }) {
  const read = (element) => known(element, key)?.get('value') ?? '';
  const write = (injector, element, value) => setParameter(injector, element, key, type, value);
  const description = translate(rest.required ? 'FEEL, {type}, needed' : 'FEEL, {type}', { type: translate(type) });
  return { ...freeField(`kesu-parameter-${key}`, 'formula', '', read, write), label: named({ key, ...rest }), description };
}

function result() {
  const read = (element) => extension(element, TYPE)?.get('resultVariable') ?? '';
  const write = (injector, element, value) => setAttribute(injector, element, TYPE, 'resultVariable', value);
  return freeField('kesu-result', 'text', 'Result kept in variable', read, write);
}

function known(element, key) {
  return extension(element, TYPE)?.get('parameterList')?.get('parameters').find((one) => one.get('id') === key);
}

function setParameter(injector, element, key, type, value) {
  const modeling = injector.get('modeling');
  const present = known(element, key);
  if (present && value) return modeling.updateModdleProperties(element, present, { value });
  const operator = extension(element, TYPE);
  const others = (operator.get('parameterList')?.get('parameters') ?? []).filter((one) => one !== present);
  const all = value ? [...others, injector.get('moddle').create('spiffworkflow:Parameter', { id: key, type, value })] : others;
  const list = injector.get('moddle').create('spiffworkflow:Parameters', { parameters: all });
  all.forEach((one) => { one.$parent = list; });
  list.$parent = operator;
  return modeling.updateModdleProperties(element, operator, { parameterList: all.length ? list : undefined });
}
