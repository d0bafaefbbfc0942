// A step done once for every item of a list.
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';
import { freeField } from '../entries.js';

export function repetition(element) {
  const loop = loopOf(element);
  if (!loop) return null;
  return {
    id: 'kesu-repetition',
    label: 'For every',
    shouldOpen: true,
    entries: [
      freeField('kesu-list', 'formula', 'List gone through (FEEL)', () => loop.get('loopDataInputRef')?.id ?? '', setList),
      freeField('kesu-item', 'text', 'Each item is called', () => loop.get('inputDataItem')?.name ?? '', setItem),
      freeField('kesu-completion', 'formula', 'Stop when', () => loop.get('completionCondition')?.get('body') ?? '', setCompletion),
    ],
  };
}

function loopOf(element) {
  const loop = getBusinessObject(element).get('loopCharacteristics');
  return loop && is(loop, 'bpmn:MultiInstanceLoopCharacteristics') ? loop : null;
}

function setList(injector, element, value) {
  change(injector, element, { loopDataInputRef: value ? injector.get('moddle').create('bpmn:DataInput', { id: value }) : undefined });
}

function setItem(injector, element, value) {
  change(injector, element, { inputDataItem: value ? made(injector, element, 'bpmn:DataInput', { id: value, name: value }) : undefined });
}

function setCompletion(injector, element, value) {
  change(injector, element, { completionCondition: value ? made(injector, element, 'bpmn:FormalExpression', { body: value }) : undefined });
}

function made(injector, element, type, properties) {
  const thing = injector.get('moddle').create(type, properties);
  thing.$parent = loopOf(element);
  return thing;
}

function change(injector, element, properties) {
  injector.get('modeling').updateModdleProperties(element, loopOf(element), properties);
}
