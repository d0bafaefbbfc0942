// A reference to something that is not in the file (the list of a multi-instance step is a variable) is no mistake here: keep it.
// The library drops such references; with a stand-in of that id they are written again as they were.
export function keepReferences(modeler, warnings) {
  const dangling = warnings.filter(({ element, property, value }) => element && property && value);
  for (const { element, property, value } of dangling) {
    element.set(property, modeler.get('moddle').create('bpmn:DataInput', { id: value }));
  }
  return warnings.filter((warning) => !dangling.includes(warning) && !isKept(warning));
}

// Attributes that no descriptor knows are carried along unchanged.
function isKept({ message, error }) {
  return /unknown attribute/.test(error?.message ?? message ?? '');
}
