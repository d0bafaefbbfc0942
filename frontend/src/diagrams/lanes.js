// Lanes and pools that the file does not draw. Where one lane's steps stand among another's, the steps are moved into bands first.
import { around } from './drawings.js';
import { inFlowOrder } from './placements.js';

const HEAD = 30;
const ROOM = { left: 60, top: 30, right: 60, bottom: 40 };

export function drawLanes(drawing, process) {
  const lanes = lanesOf(process);
  if (!lanes.length || lanes.some((lane) => drawing.boxes.has(lane.id))) return; // the author drew some: theirs stand
  stack(drawing, process, lanes.filter((lane) => !lanesOf(lane).length));
}

function lanesOf(scope) {
  const sets = [...scope.children].filter((child) => /^(laneSet|childLaneSet)$/.test(child.localName));
  return sets.flatMap((set) => [...set.children]).filter((child) => child.localName === 'lane')
    .flatMap((lane) => [lane, ...lanesOf(lane)]);
}

function stack(drawing, process, leaves) {
  const own = new Map(leaves.map((lane) => [lane, members(drawing, lane)]));
  const all = [...own.values()].flat();
  if (!all.length) return;
  const frame = around(all.map((id) => drawing.boxes.get(id)), ROOM);
  let top = frame.y;
  for (const [lane, ids] of own) {
    const band = ids.length ? around(ids.map((id) => drawing.boxes.get(id)), ROOM) : { y: top, height: 100 };
    ids.forEach((id) => shift(drawing, drawing.element(id), top - band.y));
    drawing.addShape(lane.id, { x: frame.x, y: top, width: frame.width, height: band.height }, { isHorizontal: 'true' });
    top += band.height;
  }
  groups(drawing, process);
  drawing.all('sequenceFlow').filter((flow) => process.contains(flow)).forEach((flow) => drawing.dropEdge(flow.id));
}

// A lane of lanes stands around its own, with room for its name.
function groups(drawing, process) {
  for (const lane of lanesOf(process).reverse()) {
    const inner = lanesOf(lane).map((each) => drawing.boxes.get(each.id)).filter(Boolean);
    if (inner.length && !drawing.boxes.has(lane.id)) {
      drawing.addShape(lane.id, around(inner, { left: HEAD, top: 0, right: 0, bottom: 0 }), { isHorizontal: 'true' });
    }
  }
}

function members(drawing, lane) {
  const named = [...lane.children].filter((child) => child.localName === 'flowNodeRef').map((child) => child.textContent.trim());
  return named.filter((id) => drawing.boxes.has(id) && drawing.element(id)?.localName !== 'boundaryEvent');
}

function shift(drawing, node, down) {
  const attached = drawing.all('boundaryEvent').filter((event) => event.getAttribute('attachedToRef') === node.id);
  const moved = [node, ...attached, ...inFlowOrder(node)];
  moved.filter((each) => drawing.boxes.has(each.id)).forEach((each) => {
    const box = drawing.boxes.get(each.id);
    drawing.move(each.id, { ...box, y: box.y + down });
  });
}

// The pools of a process; without a process those that show nothing of what goes on inside.
export function drawPools(drawing, process) {
  const missing = drawing.all('participant').filter((each) => !drawing.boxes.has(each.id) && processOf(drawing, each) === process);
  const plane = missing.length && drawing.planeOf(missing[0]);
  if (!plane) return;
  if (drawing.element(plane.getAttribute('bpmnElement'))?.localName === 'process') plane.setAttribute('bpmnElement', missing[0].parentElement.id);
  missing.forEach((participant) => pool(drawing, participant, process));
}

function processOf(drawing, participant) {
  return drawing.element((participant.getAttribute('processRef') ?? '').split(':').pop()) ?? null;
}

function pool(drawing, participant, process) {
  const inside = process ? [...lanesOf(process), ...inFlowOrder(process)].map((each) => drawing.boxes.get(each.id)).filter(Boolean) : [];
  const room = process && lanesOf(process).some((lane) => drawing.boxes.has(lane.id)) ? { left: HEAD, top: 0, right: 0, bottom: 0 } : ROOM;
  const all = around([...drawing.boxes.values(), { x: 160, y: 40, width: 600, height: 0 }], { left: 0, top: 0, right: 0, bottom: 0 });
  const empty = { x: all.x, y: all.y + all.height + 60, width: all.width, height: 60 };
  drawing.addShape(participant.id, inside.length ? around(inside, room) : empty, { isHorizontal: 'true' });
}
