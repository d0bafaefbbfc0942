// Who may do a user task; a lane says it for all tasks in it.
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';
import { field } from '../entries.js';

const TYPE = 'kesu:Assignment';
const groups = ({ groups: known }) => known;

export function assignment() {
  return {
    id: 'kesu-assignment',
    label: 'Who does it',
    shouldOpen: true,
    entries: [
      field(TYPE, 'candidateGroups', 'list', 'Departments and roles', { options: groups, formula: true }),
      field(TYPE, 'assignee', 'feel', 'One person', { description: 'A login, or FEEL such as initiator' }),
      field(TYPE, 'candidateUsers', 'feel', 'Several people', { description: 'Logins with commas between, or a FEEL list' }),
      field(TYPE, 'headOf', 'feel', 'The head of', { description: 'A department, or FEEL' }),
      field(TYPE, 'fourEyes', 'choice', 'Not the person who did', { options: otherUserTasks }),
    ],
  };
}

export function laneAssignment() {
  return {
    id: 'kesu-assignment',
    label: 'Who works in this lane',
    entries: [field(TYPE, 'candidateGroups', 'list', 'Departments and roles', { options: groups, formula: true })],
  };
}

function otherUserTasks(_catalogue, element) {
  const own = getBusinessObject(element);
  return tasksOf(own.$parent).filter((task) => task !== own).map((task) => ({ key: task.id, name: task.name }));
}

function tasksOf(scope) {
  const inside = scope?.get?.('flowElements') ?? [];
  return inside.flatMap((node) => (is(node, 'bpmn:UserTask') ? [node] : is(node, 'bpmn:SubProcess') ? tasksOf(node) : []));
}
