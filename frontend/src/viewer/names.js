// A diagram's names are Chinese; the first line of a documentation is the English one, which the drawing says to whoever reads English.
import { makeRoom } from './labels.js';

const BPMN = 'http://www.omg.org/spec/BPMN/20100524/MODEL';

export function inReadersLanguage(xml) {
  if (document.documentElement.lang.startsWith('zh')) return xml;
  const drawn = new DOMParser().parseFromString(xml, 'application/xml');
  if (drawn.querySelector('parsererror')) return xml; // the viewer says better what is wrong with it
  for (const named of drawn.querySelectorAll('[name]')) {
    const english = firstLine(named);
    if (!english || english === named.getAttribute('name')) continue;
    named.setAttribute('name', english);
    makeRoom(drawn, named.id, english);
  }
  return new XMLSerializer().serializeToString(drawn);
}

function firstLine(element) {
  const said = [...element.children].find((child) => child.namespaceURI === BPMN && child.localName === 'documentation');
  return said?.textContent.trim().split('\n')[0].trim();
}
