// What an element is called in words.
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';
import { translate } from '../i18n/translate.js';

export function kindOf(element) {
  const object = getBusinessObject(element);
  const plain = object.$type.replace('bpmn:', '');
  const trigger = object.get('eventDefinitions')?.[0]?.$type.replace('bpmn:', '').replace('EventDefinition', '');
  const words = plain.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return translate(trigger && is(element, 'bpmn:Event') ? `${trigger.toLowerCase()} ${words}` : words);
}
