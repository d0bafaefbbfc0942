// What the people at a task may do with it, and where a rejection goes.
import { field, freeField, switchField } from '../entries.js';
import { attribute, setAttribute } from '../extensions.js';
import { otherSteps } from './steps.js';

const TYPE = 'kesu:Moves';
const TARGETS = [
  { key: 'initiator', name: '发起人', name_en: 'the initiator' },
  { key: 'previous', name: '上一步', name_en: 'the previous step' },
  { key: 'chosen', name: '审批人选择的步骤', name_en: 'a step the person chooses' },
  { key: 'end', name: '结束流程', name_en: 'end the process' },
];
const AFTERWARDS = [
  { key: 'rerun', name: '重新走一遍', name_en: 'the path is walked again' },
  { key: 'resume', name: '直接回到驳回的步骤', name_en: 'straight back to the step that rejected' },
];

const SAME = [
  { key: 'off', name: '每次都问', name_en: 'is asked every time' },
  { key: 'adjacent', name: '上一步已同意则不再问', name_en: 'is not asked again right after a yes' },
  { key: 'once', name: '本流程同意过则不再问', name_en: 'is asked once in the whole process' },
];

export function moves(_element) {
  return {
    id: 'kesu-moves',
    label: 'Moves',
    entries: [
      freeField('kesu-Outcome-variable', 'text', 'Answer kept in variable', (element) => attribute(element, 'kesu:Outcome', 'variable'),
        (injector, element, value) => setAttribute(injector, element, 'kesu:Outcome', 'variable', value),
        { description: 'The buttons approve and reject write "approved" or "rejected" there' }),
      field(TYPE, 'allow', 'list', 'Allowed', { options: ({ moves: known }) => known }),
      field(TYPE, 'reject', 'list', 'A rejection may go to', { options: (catalogue, element) => [...TARGETS, ...otherSteps(catalogue, element)] }),
      field(TYPE, 'afterwards', 'choice', 'and afterwards', { options: AFTERWARDS }),
      field(TYPE, 'sameApprover', 'choice', 'Who has approved before', { options: SAME }),
      switchField(TYPE, 'alwaysAsk', 'Always ask here'),
    ],
  };
}
