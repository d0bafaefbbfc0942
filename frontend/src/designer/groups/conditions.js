// When a flow is taken, or a conditional event happens: a FEEL expression that is true.
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';
import { freeField } from '../entries.js';

export function condition(element) {
  if (is(element, 'bpmn:SequenceFlow')) return flowCondition(element);
  return conditionalEvent(element) && group(conditionalEvent, 'condition');
}

function flowCondition(element) {
  const source = getBusinessObject(element).get('sourceRef');
  const splits = is(source, 'bpmn:ExclusiveGateway') || is(source, 'bpmn:InclusiveGateway') || is(source, 'bpmn:Activity');
  if (!splits) return null;
  const made = group(getBusinessObject, 'conditionExpression');
  const isDefault = freeField('kesu-default-flow', 'tick', 'Taken when no other is', () => source.get('default') === getBusinessObject(element),
    (injector, _element, value) => setDefault(injector, source, getBusinessObject(element), value));
  return { ...made, entries: source.get('default') === getBusinessObject(element) ? [isDefault] : [...made.entries, isDefault] };
}

function conditionalEvent(element) {
  return getBusinessObject(element).get('eventDefinitions')?.find((definition) => is(definition, 'bpmn:ConditionalEventDefinition'));
}

function group(holder, property) {
  const read = (element) => holder(element).get(property)?.get('body') ?? '';
  const write = (injector, element, value) => {
    const expression = value ? injector.get('moddle').create('bpmn:FormalExpression', { body: value }) : undefined;
    if (expression) expression.$parent = holder(element);
    injector.get('modeling').updateModdleProperties(element, holder(element), { [property]: expression });
  };
  return {
    id: 'kesu-condition',
    label: 'Condition',
    shouldOpen: true,
    entries: [freeField('kesu-condition-text', 'formula', 'True when', read, write, { description: 'Such as amount > 500' })],
  };
}

function setDefault(injector, source, flow, on) {
  const modeling = injector.get('modeling');
  const shape = injector.get('elementRegistry').get(source.id);
  if (on) modeling.updateModdleProperties(injector.get('elementRegistry').get(flow.id), flow, { conditionExpression: undefined });
  modeling.updateProperties(shape, { default: on ? flow : undefined });
}
