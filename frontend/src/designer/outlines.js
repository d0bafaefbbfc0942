// Everything in the diagram as a list, in the order of flow: the way through it, and of changing it, by keyboard and screen reader.
import { getBusinessObject } from 'bpmn-js/lib/util/ModelUtil';
import { translate } from '../i18n/translate.js';
import { inFlowOrder } from '../diagrams/orders.js';
import { kindOf } from '../diagrams/kinds.js';
import { mountKeyboardDrawing } from './keyboard_drawings.js';
import { reveal } from './problems.js';

export function mountOutline(page, modeler, problems) {
  const place = page.querySelector('[data-outline]');
  const drawing = mountKeyboardDrawing(page.querySelector('[data-drawing]'), modeler);
  const selected = () => modeler.get('selection').get()[0];

  // Pressing a row takes the focus out of a field, which may change the diagram: the row must still be there when it is let go.
  let isPressed = false;
  place.addEventListener('pointerdown', () => { isPressed = true; });
  window.addEventListener('pointerup', () => setTimeout(() => { isPressed = false; draw(); }));
  window.addEventListener('pointercancel', () => { isPressed = false; draw(); });

  function render() {
    if (!isPressed) draw();
  }

  function draw() {
    const held = document.activeElement?.dataset?.element;
    const root = modeler.get('canvas').getRootElement();
    place.replaceChildren(level(root));
    markSelected();
    if (held) place.querySelector(`[data-element="${CSS.escape(held)}"]`)?.focus();
  }

  function level(parent) {
    const list = document.createElement('ul');
    list.append(...inFlowOrder(parent).map(row));
    return list;
  }

  function row(shape) {
    const item = document.createElement('li');
    const button = item.appendChild(document.createElement('button'));
    button.type = 'button';
    button.dataset.element = shape.id;
    button.append(...words(shape, problems.of(shape.id).length));
    button.addEventListener('click', () => reveal(modeler, shape.id));
    if (inFlowOrder(shape).length) item.append(level(shape));
    return item;
  }

  function markSelected() {
    const id = selected()?.id;
    place.querySelectorAll('[data-element]').forEach((button) => button.setAttribute('aria-pressed', String(button.dataset.element === id)));
    drawing.show(selected());
  }

  modeler.on('commandStack.changed', render);
  modeler.on('selection.changed', markSelected);
  problems.onChange(render);
  render();
}

function words(shape, problemCount) {
  const kind = document.createElement('small');
  kind.textContent = kindOf(shape);
  const name = document.createElement('span');
  name.textContent = getBusinessObject(shape).name || translate('(no name)');
  if (!problemCount) return [kind, name];
  const said = document.createElement('em');
  said.textContent = translate('{count} to settle', { count: problemCount });
  return [kind, name, said];
}

