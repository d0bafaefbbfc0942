// Reads and changes what stands in an element's <bpmn:extensionElements>; every change is one step of undo.
import { getBusinessObject } from 'bpmn-js/lib/util/ModelUtil';

export function extension(element, type) {
  const values = getBusinessObject(element).get('extensionElements')?.get('values') ?? [];
  return values.find((value) => value.$type === type);
}

export function attribute(element, type, name) {
  return extension(element, type)?.get(name) ?? '';
}

// Set one attribute; the extension appears with its first attribute and goes with its last.
export function setAttribute(injector, element, type, name, value) {
  const known = extension(element, type);
  const properties = { [name]: value === '' ? undefined : value };
  if (!known) return value ? add(injector, element, type, properties) : undefined;
  if (isEmptyWithout(known, name) && !value) return remove(injector, element, type);
  return injector.get('modeling').updateModdleProperties(element, known, properties);
}

export function add(injector, element, type, properties) {
  const moddle = injector.get('moddle');
  const object = getBusinessObject(element);
  const before = object.get('extensionElements');
  const holder = before ?? moddle.create('bpmn:ExtensionElements', { values: [] });
  const created = moddle.create(type, properties);
  created.$parent = holder;
  holder.$parent = object;
  const commands = before ? [] : [change(element, object, { extensionElements: holder })];
  run(injector, [...commands, change(element, holder, { values: [...holder.get('values'), created] })]);
  return created;
}

export function remove(injector, element, type) {
  const object = getBusinessObject(element);
  const holder = object.get('extensionElements');
  const left = holder.get('values').filter((value) => value.$type !== type);
  run(injector, [left.length ? change(element, holder, { values: left }) : change(element, object, { extensionElements: undefined })]);
}

function isEmptyWithout(known, name) {
  return known.$descriptor.properties.every(({ ns, isAttr }) => !isAttr || ns.localName === name || !known.get(ns.localName));
}

function change(element, moddleElement, properties) {
  return { cmd: 'element.updateModdleProperties', context: { element, moddleElement, properties } };
}

function run(injector, commands) {
  injector.get('commandStack').execute('properties-panel.multi-command-executor', commands);
}
