// Drawing without a pointer: append a step after the selected one, connect it to another, delete it.
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';
import { translate } from '../i18n/translate.js';

const STEPS = ['UserTask', 'ServiceTask', 'BusinessRuleTask', 'ScriptTask', 'CallActivity', 'ExclusiveGateway', 'ParallelGateway', 'EndEvent'];

export function mountKeyboardDrawing(place, modeler) {
  const [append, connect, remove] = ['append', 'connect', 'remove'].map((name) => place.querySelector(`[data-${name}]`));
  const [kind, target] = [place.querySelector('[data-kind]'), place.querySelector('[data-target]')];
  kind.append(...STEPS.map((step) => option(`bpmn:${step}`, translate(step.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()))));
  let selected = null;

  append.addEventListener('click', () => {
    const shape = modeler.get('elementFactory').createShape({ type: kind.value });
    modeler.get('selection').select(modeler.get('autoPlace').append(selected, shape));
  });
  connect.addEventListener('click', () => {
    const chosen = modeler.get('elementRegistry').get(target.value);
    if (chosen) modeler.get('modeling').connect(selected, chosen);
  });
  remove.addEventListener('click', () => modeler.get('modeling').removeElements([selected]));

  return {
    show(element) {
      selected = element && is(element, 'bpmn:FlowNode') ? element.labelTarget ?? element : null;
      place.hidden = !selected;
      if (selected) offer(target, modeler, selected);
      append.disabled = connect.disabled = Boolean(selected && is(selected, 'bpmn:EndEvent'));
    },
  };
}

function offer(target, modeler, selected) {
  const others = modeler.get('elementRegistry').filter((other) => other !== selected && !other.labelTarget && other.parent
    && is(other, 'bpmn:FlowNode') && !is(other, 'bpmn:StartEvent') && !is(other, 'bpmn:BoundaryEvent'));
  target.replaceChildren(...others.map((other) => option(other.id, getBusinessObject(other).name || other.id)));
}

function option(value, text) {
  const made = document.createElement('option');
  made.value = value;
  made.textContent = text;
  return made;
}
