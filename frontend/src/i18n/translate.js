// One translate function for our own words and for the bpmn.io libraries (they look it up as a module).
import bpmnChinese from 'bpmn-js-i18n/translations/zn.js';
import { designerChinese } from './designer_zh.js';
import { elementChinese } from './elements_zh.js';
import { tablesChinese } from './tables_zh.js';
import { viewerChinese } from './viewer_zh.js';

const chinese = document.documentElement.lang.startsWith('zh');
const dictionary = chinese ? { ...bpmnChinese, ...elementChinese, ...tablesChinese, ...viewerChinese, ...designerChinese } : {};

// What nobody has translated yet; the browser tests look here.
export const untranslated = (window.kesuUntranslated = new Set());

export function translate(template, replacements = {}) {
  if (chinese && !(template in dictionary) && /[a-z]{2}/i.test(template)) untranslated.add(template);
  const text = dictionary[template] ?? template;
  return text.replace(/{([^}]+)}/g, (whole, name) => replacements[name] ?? whole);
}

// A thing of the server's catalogue carries both names.
export function named(thing) {
  return (chinese ? thing.name : thing.name_en || thing.name) || thing.key;
}

export const translateModule = { translate: ['value', translate] };
