// The flow nodes directly inside a scope, in the order in which a token would meet them; lanes and pools are looked through.
import { is, isAny } from 'bpmn-js/lib/util/ModelUtil';

export function inFlowOrder(scope) {
  const nodes = inside(scope);
  const waiting = [...nodes].sort(startFirst);
  const ordered = [];
  const seen = new Set();
  const visit = (node) => {
    if (seen.has(node) || !nodes.includes(node)) return;
    seen.add(node);
    ordered.push(node);
    (node.attachers ?? []).forEach(visit);
    (node.outgoing ?? []).filter((flow) => is(flow, 'bpmn:SequenceFlow')).forEach((flow) => later.push(flow.target));
  };
  const later = [];
  for (const node of waiting) {
    visit(node);
    while (later.length) visit(later.shift());
  }
  return ordered;
}

function inside(scope) {
  return (scope.children ?? []).flatMap((child) => {
    if (isAny(child, ['bpmn:Participant', 'bpmn:Lane'])) return is(child, 'bpmn:Participant') ? inside(child) : [];
    return is(child, 'bpmn:FlowNode') && !child.labelTarget ? [child] : [];
  });
}

function startFirst(one, other) {
  return Number(entered(one)) - Number(entered(other)) || one.x - other.x || one.y - other.y;
}

function entered(node) {
  return Boolean(node.incoming?.length) || Boolean(node.host);
}
