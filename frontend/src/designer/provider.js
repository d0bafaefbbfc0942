// Which groups of fields an element gets in the panel: the library's own for BPMN itself, ours for what Kesu adds.
import { isAny } from 'bpmn-js/lib/util/ModelUtil';
import { Group } from '@bpmn-io/properties-panel';
import { translate } from '../i18n/translate.js';
import { names } from './groups/names.js';
import { assignment, laneAssignment } from './groups/assignments.js';
import { ballot } from './groups/ballots.js';
import { moves } from './groups/moves.js';
import { deadline } from './groups/deadlines.js';
import { form } from './groups/forms.js';
import { service } from './groups/services.js';
import { decision } from './groups/decisions.js';
import { script } from './groups/scripts.js';
import { calledProcess } from './groups/called_processes.js';
import { condition } from './groups/conditions.js';
import { timer } from './groups/timers.js';
import { repetition } from './groups/repetitions.js';

const GROUPS = [
  [['bpmn:UserTask'], [form, assignment, ballot, moves, deadline]],
  [['bpmn:Lane'], [laneAssignment]],
  [['bpmn:ServiceTask', 'bpmn:SendTask'], [service]],
  [['bpmn:BusinessRuleTask'], [decision]],
  [['bpmn:ScriptTask'], [script]],
  [['bpmn:CallActivity'], [calledProcess]],
  [['bpmn:SequenceFlow', 'bpmn:Event'], [condition]],
  [['bpmn:Event'], [timer]],
  [['bpmn:Activity'], [repetition]],
];
const REPLACED = ['documentation', 'timer', 'multiInstance'];

export class KesuProvider {
  static $inject = ['propertiesPanel', 'injector'];

  constructor(propertiesPanel, injector) {
    this.injector = injector;
    propertiesPanel.registerProvider(500, this);
  }

  getGroups(element) {
    return (given) => {
      const kept = given.filter((group) => !REPLACED.includes(group.id));
      const [general, ...rest] = kept;
      const ours = own(element, this.injector).map((group) => ({ component: Group, ...group, label: translate(group.label) }));
      return [general && { ...general, shouldOpen: true }, ...ours, ...rest, { component: Group, ...names(element), label: translate(names(element).label) }].filter(Boolean);
    };
  }
}

function own(element, injector) {
  return GROUPS.filter(([types]) => isAny(element, types)).flatMap(([, makers]) => makers.map((make) => make(element, injector))).filter(Boolean);
}

export const providerModule = { __init__: ['kesuProvider'], kesuProvider: ['type', KesuProvider] };

