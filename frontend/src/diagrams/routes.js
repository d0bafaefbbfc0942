// Every connection between two drawn shapes that has no line yet gets one, in right angles.
import { end } from './placements.js';

const KINDS = ['sequenceFlow', 'messageFlow', 'association', 'dataInputAssociation', 'dataOutputAssociation'];
const BEND = 20;

export function drawFlows(drawing) {
  for (const link of KINDS.flatMap((kind) => drawing.all(kind))) {
    if (!link.id || drawing.edges.has(link.id)) continue;
    const [source, target] = ends(link).map((id) => drawing.boxes.get(id));
    if (source && target) drawing.addEdge(link.id, route(drawing, link, source, target));
  }
}

// A data association hangs on its activity: one of its ends is an input or output of that, which is not drawn.
function ends(link) {
  if (link.localName === 'dataInputAssociation') return [end(link, 'sourceRef'), link.parentElement.id];
  if (link.localName === 'dataOutputAssociation') return [link.parentElement.id, end(link, 'targetRef')];
  return [end(link, 'sourceRef'), end(link, 'targetRef')];
}

function route(drawing, link, source, target) {
  if (link.localName !== 'sequenceFlow') return upright(source, target);
  if (source === target) return loop(source);
  const from = drawing.element(link.getAttribute('sourceRef')).localName;
  if (target.x < source.x + source.width) return back(source, target);
  if (Math.abs(middle(source) - middle(target)) < 3 && !between(drawing, source, target)) return straight(source, target);
  if (from === 'boundaryEvent') return under(source, target);
  if (/Gateway$/.test(from) && Math.abs(middle(source) - middle(target)) > source.height / 2) return corner(source, target);
  return Math.abs(middle(source) - middle(target)) < 3 ? over(source, target) : stairs(source, target);
}

function straight(source, target) {
  return [[right(source), middle(source)], [target.x, middle(target)]];
}

function corner(source, target) {
  const down = middle(target) > middle(source);
  return [[centre(source), down ? bottom(source) : source.y], [centre(source), middle(target)], [target.x, middle(target)]];
}

function stairs(source, target) {
  const bend = target.x - BEND;
  return [[right(source), middle(source)], [bend, middle(source)], [bend, middle(target)], [target.x, middle(target)]];
}

function under(source, target) {
  if (middle(target) > bottom(source)) return [[centre(source), bottom(source)], [centre(source), middle(target)], [target.x, middle(target)]];
  const low = Math.max(bottom(source), bottom(target)) + BEND;
  return [[centre(source), bottom(source)], [centre(source), low], [centre(target), low], [centre(target), bottom(target)]];
}

function over(source, target) {
  const high = Math.min(source.y, target.y) - BEND;
  return [[centre(source), source.y], [centre(source), high], [centre(target), high], [centre(target), target.y]];
}

function back(source, target) {
  const apart = target.y > bottom(source) || bottom(target) < source.y;
  if (apart && target.x < right(source) && source.x < right(target)) return upright(source, target);
  const low = Math.max(bottom(source), bottom(target)) + BEND;
  return [[centre(source), bottom(source)], [centre(source), low], [centre(target), low], [centre(target), bottom(target)]];
}

function loop(box) {
  return [[right(box), middle(box)], [right(box) + BEND, middle(box)], [right(box) + BEND, bottom(box) + BEND],
    [centre(box), bottom(box) + BEND], [centre(box), bottom(box)]];
}

function upright(source, target) {
  const down = middle(target) >= middle(source);
  const [start, stop] = down ? [bottom(source), target.y] : [source.y, bottom(target)];
  if (Math.abs(centre(source) - centre(target)) < 3) return [[centre(source), start], [centre(target), stop]];
  const bend = (start + stop) / 2;
  return [[centre(source), start], [centre(source), bend], [centre(target), bend], [centre(target), stop]];
}

function between(drawing, source, target) {
  const y = middle(source);
  return [...drawing.boxes.values()].some((box) => box.x > right(source) && right(box) < target.x && box.y < y && bottom(box) > y);
}

const right = (box) => box.x + box.width;
const bottom = (box) => box.y + box.height;
const centre = (box) => box.x + box.width / 2;
const middle = (box) => box.y + box.height / 2;
