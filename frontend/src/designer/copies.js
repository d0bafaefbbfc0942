// A copy of an element keeps all its settings. The library drops references (the list of a multi-instance activity), the names of
// items that share an id, attributes of other namespaces, and tags that no descriptor knows (zeebe:, camunda:, flowable:).
const BEFORE_THE_LIBRARY = 2000;
const LISTS = ['loopDataInputRef', 'loopDataOutputRef'];
const ITEMS = ['inputDataItem', 'outputDataItem'];

export class WholeCopies {
  static $inject = ['eventBus', 'moddle', 'bpmnFactory'];

  constructor(eventBus, moddle, bpmnFactory) {
    this.moddle = moddle;
    this.bpmnFactory = bpmnFactory;
    eventBus.on('moddleCopy.canCopyProperties', BEFORE_THE_LIBRARY, ({ sourceElement, targetElement }) => foreign(sourceElement, targetElement));
    eventBus.on('moddleCopy.canCopyProperty', BEFORE_THE_LIBRARY, (context) => this.copied(context));
  }

  copied({ parent, property, propertyName, clone }) {
    if (!property?.$type) return undefined;
    if (LISTS.includes(propertyName) || isOfTheFile(this.moddle, parent, property, propertyName)) return property;
    if (ITEMS.includes(propertyName)) return this.item(property, clone);
    return property.$descriptor.isGeneric ? this.any(property, parent) : undefined;
  }

  // An id is given once in a file; what expressions read is the name.
  item(property, clone) {
    const name = property.get('name') ?? property.id;
    return this.bpmnFactory.create(property.$type, clone ? { id: property.id, name } : { name });
  }

  any(property, parent) {
    const { $type, $children, ...attributes } = property;
    const made = this.moddle.createAny($type, property.$descriptor.ns.uri, attributes);
    if ($children) made.$children = $children.map((child) => this.any(child, made));
    made.$parent = parent;
    return made;
  }
}

// Attributes that no descriptor knows go with what carries them, unless the element becomes another kind.
function foreign(source, target) {
  if (source.$type !== target.$type) return;
  Object.entries(source.$attrs ?? {}).filter(([name]) => !name.startsWith('xmlns')).forEach(([name, value]) => target.set(name, value));
}

// What stands beside the processes (messages, errors, interfaces) is there for the copy as well.
function isOfTheFile(moddle, parent, property, name) {
  if (!parent?.$type || parent.$descriptor.isGeneric || !moddle.getPropertyDescriptor(parent, name)?.isReference) return false;
  return property.$instanceOf('bpmn:RootElement') && !property.$instanceOf('bpmn:Process') || property.$instanceOf('bpmn:Operation');
}

export const copiesModule = { __init__: ['wholeCopies'], wholeCopies: ['type', WholeCopies] };
