// The path an instance took: {visits: {element: times}, flows: {flow: times}, current: [...], cancelled: [...], trouble: [...], stepped: element}.
import { translate } from '../i18n/translate.js';

export function showPath(viewer) {
  const canvas = viewer.get('canvas');
  const overlays = viewer.get('overlays');
  const registry = viewer.get('elementRegistry');
  let marked = [];

  function mark(id, marker) {
    if (!registry.get(id)) return;
    canvas.addMarker(id, marker);
    marked.push([id, marker]);
  }

  function clear() {
    marked.forEach(([id, marker]) => canvas.removeMarker(id, marker));
    marked = [];
    overlays.remove({ type: 'visits' });
  }

  return {
    show(path) {
      clear();
      registry.filter((element) => element.parent && !element.labelTarget).forEach((element) => {
        const times = path.visits?.[element.id] ?? path.flows?.[element.id];
        if (!times && !element.children?.length) mark(element.id, 'path-unvisited');
      });
      for (const [flow] of Object.entries(path.flows ?? {})) mark(flow, 'path-flow');
      for (const [id, times] of Object.entries(path.visits ?? {})) visit(id, times, path);
      (path.trouble ?? []).forEach((id) => mark(id, 'path-trouble'));
      if (path.stepped) mark(path.stepped, 'path-stepped');
    },
  };

  function visit(id, times, path) {
    if (!registry.get(id)) return;
    mark(id, state(id, path));
    if (times > 1) overlays.add(id, 'visits', { position: { top: -12, right: 14 }, html: badge(times) });
  }
}

function state(id, path) {
  if (path.current?.includes(id)) return 'path-current';
  if (path.cancelled?.includes(id)) return 'path-cancelled';
  return 'path-done';
}

function badge(times) {
  const sign = document.createElement('span');
  sign.className = 'diagram-visits';
  sign.textContent = `×${times}`;
  sign.title = translate('visited {times} times', { times });
  return sign;
}
