// Where a shape that the file does not draw is put: right of what leads to it, else left of what it leads to, else under everything.
import { around } from './drawings.js';

const SCOPES = /^(subProcess|adHocSubProcess|transaction)$/;
const NODE = /(Task|task|Event|Gateway|callActivity|subProcess|adHocSubProcess|transaction)$/;
const ASIDE = { dataObjectReference: [36, 50], dataStoreReference: [50, 50], textAnnotation: [120, 40] };
const GAP = 50;
const ROW = 30;
const INSIDE = { left: 50, top: 50, right: 50, bottom: 50 };

export function placeProcess(drawing, process) {
  placeScope(drawing, process);
  drawing.all('boundaryEvent').filter((event) => process.contains(event)).forEach((event) => attach(drawing, event));
}

// Data and notes, beside what they belong to.
export function placeAside(drawing, scope) {
  const things = drawing.all('*').filter((each) => ASIDE[each.localName] && scope.contains(each) && !drawing.boxes.has(each.id));
  things.forEach((each) => aside(drawing, each));
}

function placeScope(drawing, scope) {
  const nodes = inFlowOrder(scope);
  const own = nodes.filter((node) => drawing.boxes.has(node.id)).map((node) => drawing.boxes.get(node.id));
  for (const node of nodes) {
    if (drawing.boxes.has(node.id)) {
      if (SCOPES.test(node.localName) && !drawing.isCollapsed(node)) placeScope(drawing, node);
      continue;
    }
    if (!drawing.planeOf(node)) return; // inside a collapsed sub-process: opened by a click
    own.push(place(drawing, scope, node, own));
  }
}

function place(drawing, scope, node, own) {
  const inner = SCOPES.test(node.localName);
  const size = sizeOf(node);
  const box = freeFrom(own, wished(drawing, scope, node, own, size));
  const attributes = node.localName === 'exclusiveGateway' ? { isMarkerVisible: 'true' } : {};
  drawing.addShape(node.id, box, inner ? { isExpanded: 'true' } : attributes);
  return inner ? grown(drawing, node, box) : box;
}

// A sub-process takes the room that what stands in it needs.
function grown(drawing, node, box) {
  placeScope(drawing, node);
  const inside = inFlowOrder(node).map((child) => drawing.boxes.get(child.id)).filter(Boolean);
  if (!inside.length) return box;
  const needed = around(inside, INSIDE);
  const full = { ...box, width: Math.max(box.width, needed.x + needed.width - box.x), height: Math.max(box.height, needed.y + needed.height - box.y) };
  drawing.move(node.id, full);
  return full;
}

function wished(drawing, scope, node, own, [width, height]) {
  const before = neighbours(drawing, node, 'targetRef', 'sourceRef');
  if (before) return { x: before.x + before.width + GAP, y: middle(before) - height / 2, width, height };
  const after = neighbours(drawing, node, 'sourceRef', 'targetRef');
  if (after) return { x: after.x - GAP - width, y: middle(after) - height / 2, width, height };
  const frame = SCOPES.test(scope.localName) && drawing.boxes.get(scope.id);
  const all = own.length || frame ? own : [...drawing.boxes.values()];
  const under = all.length ? Math.max(...all.map((box) => box.y + box.height)) + (own.length ? ROW : 120) : frame ? frame.y + GAP : 100;
  const left = own.length ? Math.min(...own.map((box) => box.x)) : frame ? frame.x + GAP : 160;
  return { x: left, y: under + Math.max(0, (80 - height) / 2), width, height };
}

function neighbours(drawing, node, mine, other) {
  const flow = drawing.all('sequenceFlow').find((each) => each.getAttribute(mine) === node.id && drawing.boxes.has(each.getAttribute(other)));
  return flow && drawing.boxes.get(flow.getAttribute(other));
}

function freeFrom(taken, box) {
  const hit = taken.find((other) => box.x < other.x + other.width + 20 && other.x < box.x + box.width + 20
    && box.y < other.y + other.height + 20 && other.y < box.y + box.height + 20);
  return hit ? freeFrom(taken, { ...box, y: hit.y + hit.height + ROW }) : box;
}

function attach(drawing, event) {
  const host = drawing.boxes.get(event.getAttribute('attachedToRef'));
  if (drawing.boxes.has(event.id) || !host) return;
  const beside = drawing.all('boundaryEvent').filter((other) => other.getAttribute('attachedToRef') === event.getAttribute('attachedToRef')
    && drawing.boxes.has(other.id)).length;
  drawing.addShape(event.id, { x: host.x + 10 + beside * 44, y: host.y + host.height - 18, width: 36, height: 36 });
}

function aside(drawing, thing) {
  if (!drawing.planeOf(thing)) return;
  const [width, height] = ASIDE[thing.localName];
  const all = [...drawing.boxes.entries()].filter(([id]) => !/participant|lane/i.test(drawing.element(id)?.localName ?? '')).map(([, box]) => box);
  const near = drawing.boxes.get(nearTo(drawing, thing.id)) ?? { x: 160, y: Math.max(100, ...all.map((box) => box.y + box.height)), width: 100, height: 0 };
  const solid = all.filter((box) => box.x > near.x || box.y > near.y || box.x + box.width < near.x + near.width || box === near);
  drawing.addShape(thing.id, freeFrom(solid, { x: near.x + near.width / 2 - width / 2, y: near.y + near.height + 40, width, height }));
}

function nearTo(drawing, id) {
  const linked = [...drawing.all('association'), ...drawing.all('dataInputAssociation'), ...drawing.all('dataOutputAssociation')];
  for (const link of linked) {
    const ends = [end(link, 'sourceRef'), end(link, 'targetRef')];
    if (!ends.includes(id)) continue;
    const other = link.localName === 'association' ? ends.find((each) => each !== id) : link.parentElement.id;
    if (drawing.boxes.has(other)) return other;
  }
  return null;
}

export function end(link, name) {
  const child = [...link.children].find((each) => each.localName === name);
  return link.getAttribute(name) ?? child?.textContent.trim() ?? null;
}

function sizeOf(node) {
  if (/Event$/.test(node.localName)) return [36, 36];
  if (/Gateway$/.test(node.localName)) return [50, 50];
  return SCOPES.test(node.localName) ? [200, 140] : [100, 80];
}

function middle(box) {
  return box.y + box.height / 2;
}

// Children that are flow nodes, each after what leads to it where that can be; boundary events go with their activity.
export function inFlowOrder(scope) {
  const nodes = [...scope.children].filter((child) => child.id && NODE.test(child.localName) && child.localName !== 'boundaryEvent');
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const flows = [...scope.children].filter((child) => child.localName === 'sequenceFlow');
  const entered = new Set(flows.map((flow) => flow.getAttribute('targetRef')));
  const ordered = new Set();
  for (const begin of [...nodes.filter((node) => !entered.has(node.id)), ...nodes]) {
    const waiting = ordered.has(begin) ? [] : [begin];
    while (waiting.length) {
      const node = waiting.shift();
      ordered.add(node);
      const next = flows.filter((flow) => flow.getAttribute('sourceRef') === node.id).map((flow) => byId.get(flow.getAttribute('targetRef')));
      waiting.push(...next.filter((each) => each && !ordered.has(each) && !waiting.includes(each)));
    }
  }
  return [...ordered];
}
