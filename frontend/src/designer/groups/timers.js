// When a timer event happens: at a time, after a duration, or again and again. Plain ISO 8601, or FEEL.
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';
import { field, freeField } from '../entries.js';
import { extension } from '../extensions.js';

const KINDS = [
  { key: 'timeDuration', name: '经过一段时间', name_en: 'after a while', description: 'Such as PT24H for 24 hours, P7D for a week' },
  { key: 'timeDate', name: '到某个时刻', name_en: 'at a time', description: 'Such as 2026-12-31T18:00:00+08:00' },
  { key: 'timeCycle', name: '周期性', name_en: 'again and again', description: 'Such as R3/PT4H for three times, every four hours' },
];

export function timer(element) {
  const definition = definitionOf(element);
  if (!definition) return null;
  const kind = KINDS.find(({ key }) => definition.get(key));
  const choice = freeField('kesu-timer-kind', 'choice', 'Happens', () => kind?.key ?? '', choose, { options: KINDS });
  const value = kind && freeField('kesu-timer-value', 'feel', 'When', () => definition.get(kind.key).get('body') ?? '',
    (injector, target, body) => injector.get('modeling').updateModdleProperties(target, definition.get(kind.key), { body }),
    { description: kind.description });
  return { id: 'kesu-timer', label: 'Timer', shouldOpen: true, entries: [choice, value, ...limit(element)].filter(Boolean) };
}

// A timer may follow a clock of the case instead of its own time.
function limit(element) {
  if (!extension(element, 'kesu:Deadline')) return [];
  return [
    field('kesu:Deadline', 'kind', 'choice', 'Clock of the case', { options: ({ deadlines }) => deadlines }),
    field('kesu:Deadline', 'decision', 'choice', 'Limit looked up in', { options: ({ decisions }) => decisions }),
    field('kesu:Deadline', 'before', 'feel', 'This long before it is due', { description: 'Such as PT4H' }),
  ];
}

function definitionOf(element) {
  return getBusinessObject(element).get('eventDefinitions')?.find((definition) => is(definition, 'bpmn:TimerEventDefinition'));
}

function choose(injector, element, chosen) {
  const definition = definitionOf(element);
  const expression = injector.get('moddle').create('bpmn:FormalExpression', { body: '' });
  expression.$parent = definition;
  const cleared = Object.fromEntries(KINDS.map(({ key }) => [key, undefined]));
  injector.get('modeling').updateModdleProperties(element, definition, { ...cleared, ...(chosen && { [chosen]: expression }) });
}
