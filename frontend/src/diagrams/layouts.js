// What a file leaves undrawn is drawn here, and nothing that it draws itself is moved or taken away:
// shapes that are missing, then lanes and pools around them, then every flow between two drawn shapes.
// A file without any drawing is laid out whole first. In: BPMN XML. Out: {xml, made: how many were added}.
import { Drawing } from './drawings.js';
import { placeAside, placeProcess } from './placements.js';
import { drawLanes, drawPools } from './lanes.js';
import { drawFlows } from './routes.js';

const DRAWN = /<(\w+:)?BPMNShape\b/;
const NESTED = /<(\w+:)?(subProcess|adHocSubProcess|transaction)\b/; // the library folds these up

export async function withDrawing(xml) {
  const whole = DRAWN.test(xml) || NESTED.test(xml) ? xml : await laidOut(xml);
  const found = new DOMParser().parseFromString(whole, 'application/xml');
  if (found.querySelector('parsererror')) return { xml, made: 0 }; // the reader says better what is wrong
  const drawing = new Drawing(found);
  for (const process of drawing.all('process')) {
    placeProcess(drawing, process);
    drawLanes(drawing, process);
    placeAside(drawing, process);
    drawPools(drawing, process);
  }
  placeAside(drawing, found.documentElement);
  drawPools(drawing, null);
  drawFlows(drawing);
  const made = drawing.made + (whole === xml ? 0 : 1);
  return { xml: made ? new XMLSerializer().serializeToString(found) : xml, made };
}

async function laidOut(xml) {
  const { layoutProcess } = await import('bpmn-auto-layout'); // only for such files
  try {
    return await layoutProcess(linked(xml));
  } catch {
    return xml; // a shape that the library does not know: everything is placed one by one
  }
}

// The library follows <incoming> and <outgoing>, which the standard lets a file leave out.
function linked(xml) {
  const file = new DOMParser().parseFromString(xml, 'application/xml');
  if (file.querySelector('parsererror')) return xml;
  const drawing = new Drawing(file);
  for (const flow of drawing.all('sequenceFlow')) {
    link(drawing, flow, flow.getAttribute('sourceRef'), 'outgoing');
    link(drawing, flow, flow.getAttribute('targetRef'), 'incoming');
  }
  return new XMLSerializer().serializeToString(file);
}

function link(drawing, flow, id, way) {
  const node = drawing.element(id);
  if (!node || [...node.children].some((child) => child.localName === way && child.textContent.trim() === flow.id)) return;
  const made = node.ownerDocument.createElementNS(node.namespaceURI, node.prefix ? `${node.prefix}:${way}` : way);
  made.textContent = flow.id;
  const after = [...node.children].filter((child) => BEFORE.includes(child.localName)).pop();
  node.insertBefore(made, after ? after.nextSibling : node.firstChild);
}

const BEFORE = ['documentation', 'extensionElements', 'auditing', 'monitoring', 'categoryValueRef', 'incoming', 'outgoing'];
