// One translate function for our own words and for the bpmn.io libraries (they look it up as a module).
import bpmnChinese from 'bpmn-js-i18n/translations/zn.js';
import ownChinese from './zh.js';

const chinese = document.documentElement.lang.startsWith('zh');
const dictionary = chinese ? { ...bpmnChinese, ...ownChinese } : {};

export function translate(template, replacements = {}) {
  const text = dictionary[template] ?? template;
  return text.replace(/{([^}]+)}/g, (whole, name) => replacements[name] ?? whole);
}

export function isChinese() {
  return chinese;
}

// A thing of the server's catalogue carries both names.
export function named(thing) {
  return (chinese ? thing.name : thing.name_en || thing.name) || thing.key;
}

export const translateModule = { translate: ['value', translate] };
