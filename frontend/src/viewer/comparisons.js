// Two versions beside each other: what changed is coloured, and both move together.
const MARKERS = { added: 'change-added', removed: 'change-removed', changed: 'change-changed', moved: 'change-moved' };

// changes: {element: 'added' | 'removed' | 'changed' | 'moved'}
export function showChanges(viewer, changes) {
  const canvas = viewer.get('canvas');
  const registry = viewer.get('elementRegistry');
  for (const [id, kind] of Object.entries(changes)) {
    if (registry.get(id)) canvas.addMarker(id, MARKERS[kind]);
  }
}

export function keepTogether(diagrams) {
  let moving = false;
  for (const diagram of diagrams) {
    diagram.viewer.on('canvas.viewbox.changed', ({ viewbox }) => {
      if (moving) return;
      moving = true;
      diagrams.filter((other) => other !== diagram).forEach((other) => follow(other, viewbox));
      moving = false;
    });
  }
  const ids = diagrams.length ? document.querySelectorAll('[data-show-element]') : [];
  const first = [...ids].find((button) => diagrams.some((diagram) => diagram.viewer.get('elementRegistry').get(button.dataset.showElement)));
  if (first) reveal(diagrams, first.dataset.showElement); // the changes are what one came for
  ids.forEach((button) => button.addEventListener('click', () => reveal(diagrams, button.dataset.showElement)));
}

function follow(diagram, { x, y, width, height }) {
  diagram.viewer.get('canvas').viewbox({ x, y, width, height });
}

// Both drawings show the place of a change, at a size at which it can be read: what is new stands where its neighbours are in the other.
function reveal(diagrams, id) {
  const found = diagrams.filter((diagram) => diagram.viewer.get('elementRegistry').get(id));
  if (!found.length) return;
  const { viewer } = found[found.length - 1];
  const canvas = viewer.get('canvas');
  const box = boxOf(viewer.get('elementRegistry').get(id));
  const { outer } = canvas.viewbox();
  const [width, height] = [Math.max(outer.width, box.width + 120), Math.max(outer.height, box.height + 120)];
  const view = { x: box.x + box.width / 2 - width / 2, y: box.y + box.height / 2 - height / 2, width, height };
  diagrams.forEach((diagram) => diagram.viewer.get('canvas').viewbox(view));
  diagrams.forEach((diagram) => {
    const registry = diagram.viewer.get('elementRegistry');
    registry.forEach((element) => diagram.viewer.get('canvas').removeMarker(element.id, 'path-stepped'));
    if (registry.get(id)) diagram.viewer.get('canvas').addMarker(id, 'path-stepped');
  });
  found[0].place.scrollIntoView({ block: 'nearest' });
}

function boxOf(element) {
  if (!element.waypoints) return element;
  const [xs, ys] = ['x', 'y'].map((axis) => element.waypoints.map((point) => point[axis]));
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}
