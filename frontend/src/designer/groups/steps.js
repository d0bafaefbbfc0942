// The other steps for people in the same process, to pick from.
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';

export function otherSteps(_catalogue, element) {
  const own = getBusinessObject(element);
  return tasksOf(processOf(own)).filter((task) => task !== own).map((task) => ({ key: task.id, name: task.name || task.id, name_en: english(task) }));
}

function processOf(object) {
  return !object.$parent || is(object, 'bpmn:Process') ? object : processOf(object.$parent);
}

function tasksOf(scope) {
  const inside = scope?.get?.('flowElements') ?? [];
  return inside.flatMap((node) => (is(node, 'bpmn:UserTask') ? [node] : is(node, 'bpmn:SubProcess') ? tasksOf(node) : []));
}

function english(task) {
  return (task.get('documentation')?.[0]?.get('text') ?? '').split('\n')[0];
}
