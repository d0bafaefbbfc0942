"""What of a file is read, and what is not though it has an effect elsewhere: by namespace, tag and attribute.

`unread` walks over a file with these tables; what stands in none of them is told as well, so that nothing is lost silently.
Sources: BPMN 2.0.2 (OMG formal/2013-12-09), the extension references of Camunda 7 and 8, Flowable 7 and Activiti 7.
"""

from typing import Final

from kesu.engine.spiff.names import ACTIVITI, BPMN, CAMUNDA, FLOWABLE, KESU, SPIFF, ZEEBE

DRAWN: Final = (  # how it looks, and what editors note for themselves: never a finding
    "http://www.omg.org/spec/BPMN/20100524/DI",
    "http://www.omg.org/spec/DD/20100524/DC",
    "http://www.omg.org/spec/DD/20100524/DI",
    "http://bpmn.io/schema/bpmn/biocolor/1.0",
    "http://www.omg.org/spec/BPMN/non-normative/color/1.0",
    "http://www.omg.org/spec/BPMN/non-normative/extended/1.0",
    "http://camunda.org/schema/modeler/1.0",
    "http://www.w3.org/2001/XMLSchema-instance",
    "http://www.w3.org/XML/1998/namespace",
    "http://www.w3.org/1999/xhtml",
    "http://www.w3.org/2000/svg",
)
SPOKEN: Final = frozenset({BPMN, KESU, SPIFF, CAMUNDA, FLOWABLE, ACTIVITI, ZEEBE})

# Attributes of Camunda 7, Flowable and Activiti.
SEVEN_READ: Final = frozenset(
    "assignee candidateGroups candidateUsers formKey formRef dueDate type topic decisionRef resultVariable collection "
    "elementVariable initiator".split()
)
SEVEN_CODE: Final = frozenset({"class", "delegateExpression", "expression"})
SERVED: Final = frozenset({"serviceTask", "sendTask", "businessRuleTask"})  # a missing handler is told there
SEVEN_NO_EFFECT: Final = frozenset(
    "asyncBefore asyncAfter async asyncLeave exclusive jobPriority taskPriority historyTimeToLive versionTag tenantId "
    "isStartableInTasklist modelerTemplate modelerTemplateVersion modelerTemplateIcon category processCategory "
    "isEagerExecutionFetching diagramRelationId diagramname executionentity formFieldValidation useLocalScopeForResultVariable "
    "decisionRefTenantId calledElementTenantId fallbackToDefaultTenant fallbackToDefaultTenantCdata class_ "
    "requirePassword notes resource name id".split()
)
SEVEN_ELEMENTS_READ: Final = frozenset({"inputOutput", "inputParameter", "outputParameter", "in", "out"})
SEVEN_ELEMENTS_NO_EFFECT: Final = frozenset(
    {"properties", "property", "modelerTemplateIcon", "modelerElementId", "diagramRelationId", "initiator-can-complete"}
)

# What Camunda 8 writes.
ZEEBE_READ: Final[dict[str, frozenset[str]]] = {
    "assignmentDefinition": frozenset({"assignee", "candidateGroups", "candidateUsers"}),
    "formDefinition": frozenset({"formId", "formKey", "externalReference"}),
    "taskDefinition": frozenset({"type", "retries"}),
    "calledDecision": frozenset({"decisionId", "resultVariable"}),
    "script": frozenset({"expression", "resultVariable"}),
    "taskSchedule": frozenset({"dueDate"}),
    "calledElement": frozenset({"processId"}),
    "loopCharacteristics": frozenset({"inputCollection", "inputElement", "outputCollection", "outputElement"}),
    "ioMapping": frozenset(),
    "input": frozenset({"source", "target"}),
    "output": frozenset({"source", "target"}),
    "subscription": frozenset({"correlationKey"}),
}
ZEEBE_NO_EFFECT: Final = frozenset(
    {
        "userTask", "properties", "property", "versionTag", "modelerTemplate", "modelerTemplateVersion",
        "modelerTemplateIcon", "userTaskForm",
    }
)  # fmt: skip
ZEEBE_ATTRIBUTES_NO_EFFECT: Final = frozenset({"modelerTemplate", "modelerTemplateVersion", "modelerTemplateIcon"})

# What SpiffWorkflow's editor writes.
SPIFF_READ: Final = frozenset(
    {
        "serviceTaskOperator", "parameters", "parameter", "calledDecisionId", "properties", "property", "messagePayload",
        "messageVariable",
    }
)  # fmt: skip
SPIFF_NO_EFFECT: Final = frozenset({"unitTests", "unitTest", "inputJson", "expectedOutputJson", "category"})

CODE: Final = frozenset({"executionListener", "taskListener", "preScript", "postScript", "connector"})  # `checks` tells these

# The standard's own, where nothing reads them.
MAPPED: Final = frozenset(  # where input and output mappings and data associations are read
    {
        "task", "userTask", "manualTask", "serviceTask", "sendTask", "receiveTask", "scriptTask", "businessRuleTask",
        "globalTask", "globalUserTask", "globalManualTask", "globalScriptTask", "globalBusinessRuleTask",
    }
)  # fmt: skip
CALLING: Final = "callActivity"
PEOPLE_OF: Final = ("userTask", "manualTask", "task", "globalUserTask", "globalManualTask", "globalTask")
ROLES: Final = frozenset({"humanPerformer", "performer", "potentialOwner", "resourceRole"})
UNREAD_ROLES: Final = frozenset({"resourceRole"})
