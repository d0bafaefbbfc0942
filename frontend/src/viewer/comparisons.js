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
  ids.forEach((button) => button.addEventListener('click', () => reveal(diagrams, button.dataset.showElement)));
}

function follow(diagram, { x, y, width, height }) {
  diagram.viewer.get('canvas').viewbox({ x, y, width, height });
}

function reveal(diagrams, id) {
  const found = diagrams.find((diagram) => diagram.viewer.get('elementRegistry').get(id));
  if (!found) return;
  const canvas = found.viewer.get('canvas');
  canvas.zoom(0.9);
  canvas.scrollToElement(id, 120);
  diagrams.forEach((diagram) => {
    diagram.viewer.get('elementRegistry').forEach((element) => diagram.viewer.get('canvas').removeMarker(element.id, 'path-stepped'));
    if (diagram.viewer.get('elementRegistry').get(id)) diagram.viewer.get('canvas').addMarker(id, 'path-stepped');
  });
}
