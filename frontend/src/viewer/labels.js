// A label beside its symbol was given as much room as its Chinese name takes; an English one needs more. Lengths are in the diagram's pixels.
const LETTER = 6;
const LINE = 14;
const WIDEST = 110;
const EDGE = 8; // more than the letters, lest the last one be broken off

export function makeRoom(drawn, id, text) {
  const shown = drawn.querySelector(`[bpmnElement="${CSS.escape(id)}"]`);
  const label = bounds([...(shown?.children ?? [])].find((child) => child.localName === 'BPMNLabel'));
  if (!label) return;
  const old = { x: read(label, 'x'), y: read(label, 'y'), width: read(label, 'width'), height: read(label, 'height') };
  const width = Math.max(old.width, Math.min(WIDEST, text.length * LETTER + EDGE));
  const height = Math.max(old.height, Math.ceil((text.length * LETTER) / (width - EDGE)) * LINE);
  const symbol = bounds(shown);
  const above = symbol && old.y < read(symbol, 'y');
  // Around the middle of a symbol, away from it; a flow's label stays where it begins, as it stands beside a line.
  write(label, { x: symbol ? old.x - (width - old.width) / 2 : old.x, y: above ? old.y + old.height - height : old.y, width, height });
}

function bounds(element) {
  return [...(element?.children ?? [])].find((child) => child.localName === 'Bounds');
}

function read(element, name) {
  return Number(element.getAttribute(name));
}

function write(element, values) {
  for (const [name, value] of Object.entries(values)) element.setAttribute(name, value);
}
