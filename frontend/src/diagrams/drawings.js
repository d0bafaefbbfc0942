// The drawing of a BPMN file as boxes by element id; what is added goes into the file's own BPMNPlane. Lengths are in the diagram's pixels.
const BPMN = 'http://www.omg.org/spec/BPMN/20100524/MODEL';
const DI = 'http://www.omg.org/spec/BPMN/20100524/DI';
const DC = 'http://www.omg.org/spec/DD/20100524/DC';
const WAY = 'http://www.omg.org/spec/DD/20100524/DI';

export class Drawing {
  constructor(file) {
    this.file = file;
    this.made = 0;
    this.byId = new Map([...file.getElementsByTagNameNS(BPMN, '*')].filter((each) => each.id).map((each) => [each.id, each]));
    this.boxes = new Map();
    for (const shape of this.drawn('BPMNShape')) {
      const bounds = boundsOf(shape);
      if (bounds) this.boxes.set(shape.getAttribute('bpmnElement'), read(bounds));
    }
    this.edges = new Set(this.drawn('BPMNEdge').map((edge) => edge.getAttribute('bpmnElement')));
  }

  drawn(kind) {
    return [...this.file.getElementsByTagNameNS(DI, kind)];
  }

  all(kind) {
    return [...this.file.getElementsByTagNameNS(BPMN, kind)];
  }

  element(id) {
    return this.byId.get(id);
  }

  // The plane an element is drawn on: that of the nearest scope with a plane of its own, else the first; none inside a collapsed scope.
  planeOf(element) {
    const planes = this.drawn('BPMNPlane');
    for (let scope = element.parentElement; scope; scope = scope.parentElement) {
      const own = planes.find((plane) => plane.getAttribute('bpmnElement') === scope.id && scope.id);
      if (own) return own;
      if (this.isCollapsed(scope)) return null;
    }
    return planes[0] ?? this.newPlane();
  }

  isCollapsed(scope) {
    const shape = this.shapeOf(scope.id);
    return Boolean(shape) && /subProcess|transaction/i.test(scope.localName) && shape.getAttribute('isExpanded') !== 'true';
  }

  shapeOf(id) {
    return id ? this.drawn('BPMNShape').find((shape) => shape.getAttribute('bpmnElement') === id) : null;
  }

  newPlane() {
    const root = this.all('collaboration')[0] ?? this.all('process')[0];
    const diagram = this.create(DI, 'bpmndi:BPMNDiagram', { id: this.free('drawing') });
    const plane = this.create(DI, 'bpmndi:BPMNPlane', { id: this.free('plane'), bpmnElement: root?.id ?? '' });
    diagram.append(plane);
    this.file.documentElement.append(diagram);
    return plane;
  }

  addShape(id, box, attributes = {}) {
    const plane = this.planeOf(this.element(id));
    if (!plane) return;
    const shape = this.create(DI, 'bpmndi:BPMNShape', { id: this.free(`${id}_di`), bpmnElement: id, ...attributes });
    shape.append(this.create(DC, 'dc:Bounds', box));
    const first = /lane|participant/i.test(this.element(id).localName); // behind what stands in it
    if (first) plane.prepend(shape);
    else plane.append(shape);
    this.boxes.set(id, box);
    this.made += 1;
  }

  addEdge(id, points) {
    const plane = this.planeOf(this.element(id));
    if (!plane) return;
    const edge = this.create(DI, 'bpmndi:BPMNEdge', { id: this.free(`${id}_di`), bpmnElement: id });
    edge.append(...points.map(([x, y]) => this.create(WAY, 'di:waypoint', { x, y })));
    plane.append(edge);
    this.edges.add(id);
    this.made += 1;
  }

  move(id, box) {
    const bounds = boundsOf(this.shapeOf(id));
    if (bounds) write(bounds, box);
    this.boxes.set(id, box);
    this.shapeOf(id)?.querySelector('BPMNLabel')?.remove();
  }

  dropEdge(id) {
    this.drawn('BPMNEdge').filter((edge) => edge.getAttribute('bpmnElement') === id).forEach((edge) => edge.remove());
    this.edges.delete(id);
  }

  create(namespace, name, attributes) {
    const made = this.file.createElementNS(namespace, name);
    write(made, attributes);
    return made;
  }

  free(wished) {
    this.taken ??= new Set([...this.file.querySelectorAll('[id]')].map((each) => each.id));
    let id = wished;
    for (let number = 2; this.taken.has(id); number += 1) id = `${wished}_${number}`;
    this.taken.add(id);
    return id;
  }
}

function boundsOf(shape) {
  return [...(shape?.children ?? [])].find((child) => child.localName === 'Bounds');
}

function read(bounds) {
  const [x, y, width, height] = ['x', 'y', 'width', 'height'].map((name) => Number(bounds.getAttribute(name)));
  return { x, y, width, height };
}

function write(element, attributes) {
  Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
}

export function around(boxes, margin) {
  const left = Math.min(...boxes.map((box) => box.x)) - margin.left;
  const top = Math.min(...boxes.map((box) => box.y)) - margin.top;
  return {
    x: left,
    y: top,
    width: Math.max(...boxes.map((box) => box.x + box.width)) + margin.right - left,
    height: Math.max(...boxes.map((box) => box.y + box.height)) + margin.bottom - top,
  };
}
