// Who may do a user task, and what happens where nobody can; a lane says it for all tasks in it.
import { field, switchField } from '../entries.js';
import { otherSteps } from './steps.js';

const TYPE = 'kesu:Assignment';
const groups = ({ groups: known }) => known;
const departments = ({ groups: known }) => known.filter(({ kind }) => kind === 'department');
const people = ({ people: known }) => known;
const IF_NOBODY = [
  { key: 'block', name: '停下并告警', name_en: 'it waits, and an incident is opened' },
  { key: 'administrator', name: '交给管理员', name_en: 'the administrators are asked' },
  { key: 'superior', name: '交给上级', name_en: 'the superior is asked' },
  { key: 'skip', name: '跳过（留有记录）', name_en: 'it is skipped, and recorded as skipped' },
];

export function assignment() {
  return {
    id: 'kesu-assignment',
    label: 'Who does it',
    shouldOpen: true,
    entries: [
      field(TYPE, 'candidateGroups', 'list', 'Departments and roles', { options: groups, formula: true }),
      field(TYPE, 'assignee', 'list', 'One person (the first of these who is there)', { options: people, formula: true }),
      field(TYPE, 'candidateUsers', 'list', 'Several people', { options: people, formula: true }),
      field(TYPE, 'headOf', 'list', 'The head of', { options: departments, formula: true }),
      switchField(TYPE, 'initiatorsDepartment', "The head of the initiator's department"),
      field(TYPE, 'levelsUp', 'text', 'So many levels above', { description: '1 is the direct superior' }),
      field(TYPE, 'leastLoaded', 'list', 'Whoever has the least to do of', { options: groups, formula: true }),
      field(TYPE, 'fourEyes', 'list', 'Not the person who did', { options: otherSteps }),
      field(TYPE, 'ifNobody', 'choice', 'Where there is nobody', { options: IF_NOBODY }),
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
