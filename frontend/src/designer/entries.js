// The kinds of field in our groups. A field says where its value lives; the panel, undo and translation are the library's.
import {
  CheckboxEntry, FeelEntry, SelectEntry, TextAreaEntry, TextFieldEntry,
  isCheckboxEntryEdited, isFeelEntryEdited, isSelectEntryEdited, isTextAreaEntryEdited, isTextFieldEntryEdited,
} from '@bpmn-io/properties-panel';
import { h } from '@bpmn-io/properties-panel/preact';
import { useService } from 'bpmn-js-properties-panel';
import { attribute, setAttribute } from './extensions.js';
import { named, translate } from '../i18n/translate.js';

// A field bound to one attribute of one extension element.
export function field(type, name, kind, label, more = {}) {
  return {
    id: `${type.replace(':', '-')}-${name}`,
    component: KINDS[kind],
    isEdited: EDITED[kind],
    kind: more,
    label: translate(label),
    description: more.description && translate(more.description),
    read: (element) => attribute(element, type, name),
    write: (injector, element, value) => setAttribute(injector, element, type, name, value),
  };
}

// A tick that stands in the file as "true", or not at all.
export function switchField(type, name, label) {
  return freeField(`${type.replace(':', '-')}-${name}`, 'tick', label, (element) => attribute(element, type, name) === 'true',
    (injector, element, value) => setAttribute(injector, element, type, name, value ? 'true' : ''));
}

// A field that reads and writes something else.
export function freeField(id, kind, label, read, write, more = {}) {
  const description = more.description && translate(more.description);
  return { id, component: KINDS[kind], isEdited: EDITED[kind], kind: more, label: translate(label), description, read, write };
}

const KINDS = {
  text: (props) => h(TextFieldEntry, bound(props)),
  area: (props) => h(TextAreaEntry, { ...bound(props), autoResize: true, rows: 3 }),
  tick: (props) => h(CheckboxEntry, bound(props)),
  feel: (props) => h(FeelEntry, { ...bound(props), feel: 'optional', variables: variables() }),
  formula: (props) => h(FeelEntry, { ...formula(bound(props)), feel: 'required', variables: variables() }),
  choice: (props) => h(SelectEntry, { ...bound(props), getOptions: () => withPresent(options(props), props.read(props.element)) }),
  list: Checklist,
};

const EDITED = {
  text: isTextFieldEntryEdited,
  area: isTextAreaEntryEdited,
  tick: isCheckboxEntryEdited,
  feel: isFeelEntryEdited,
  formula: isFeelEntryEdited,
  choice: isSelectEntryEdited,
  list: (node) => Boolean(node?.closest('[data-entry-id]')?.querySelector('input:checked')),
};

function bound(props) {
  const injector = useService('injector');
  const debounce = useService('debounceInput');
  return {
    element: props.element, id: props.id, label: props.label, description: props.description, debounce, translate,
    getValue: props.read, setValue: (value) => props.write(injector, props.element, value ?? ''),
  };
}

// Where only FEEL is allowed the file holds it without the leading "="; the editor wants one.
function formula(given) {
  return {
    ...given,
    getValue: (element) => given.getValue(element) && `=${given.getValue(element).replace(/^=/, '')}`,
    setValue: (value) => given.setValue((value ?? '').replace(/^=/, '')),
  };
}

function variables() {
  return useService('config.catalogue').variables.map(({ key, ...rest }) => ({ name: key, detail: named({ key, ...rest }) }));
}

function options({ kind, element }) {
  const catalogue = useService('config.catalogue');
  const found = typeof kind.options === 'function' ? kind.options(catalogue, element) : kind.options;
  return found.map((option) => ({ value: option.key, label: named(option) }));
}

// A value that nobody offers any more is still shown, not lost.
function withPresent(offered, present) {
  const all = [{ value: '', label: translate('<none>') }, ...offered];
  return offered.some(({ value }) => value === present) || !present ? all : [...all, { value: present, label: `${present} ?` }];
}

// Several of a list, kept as "a,b"; a value that begins with "=" is FEEL and edited as such.
function Checklist(props) {
  const { element, id, label, read, kind } = props;
  const given = bound(props);
  const value = read(element);
  const chosen = value.startsWith('=') ? [] : value.split(',').map((part) => part.trim()).filter(Boolean);
  const offered = options(props);
  const strangers = chosen.filter((key) => !offered.some((option) => option.value === key)).map((key) => ({ value: key, label: `${key} ?` }));
  const toggle = (key, on) => given.setValue((on ? [...chosen, key] : chosen.filter((other) => other !== key)).join(','));
  const box = (option) => h('label', { class: 'kesu-choice', key: option.value },
    h('input', {
      type: 'checkbox', checked: chosen.includes(option.value), disabled: value.startsWith('='),
      onChange: (event) => toggle(option.value, event.target.checked),
    }), ` ${option.label}`);
  return h('div', { class: 'bio-properties-panel-entry', 'data-entry-id': id },
    h('fieldset', { class: 'choices' }, h('legend', { class: 'bio-properties-panel-label' }, label), [...offered, ...strangers].map(box)),
    kind.formula && h(FeelEntry, {
      ...given, id: `${id}-formula`, label: translate('or worked out (FEEL)'), feel: 'required', variables: variables(),
      getValue: () => (value.startsWith('=') ? value : ''),
      setValue: (text) => given.setValue(text && text !== '=' ? `=${text.replace(/^=/, '')}` : ''),
    }));
}
