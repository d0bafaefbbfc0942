"""P1 and P2 as Viewflow writes them: Python classes."""

from viewflow import this
from viewflow.workflow import flow
from viewflow.workflow.models import Process


def weigh(activation):
    """Be the service task."""
    activation.process.data = {**(activation.process.data or {}), "weight": 3}


class P1(flow.Flow):
    """P1."""

    process_class = Process
    start = flow.StartHandle(this.begin).Next(this.weigh)
    weigh = flow.Function(weigh).Next(this.check)
    check = flow.View(lambda request: None).Next(this.choice)
    choice = flow.If(lambda activation: activation.process.data["approved"]).Then(this.answer).Else(this.end)
    answer = flow.View(lambda request: None).Next(this.end)
    end = flow.End()

    def begin(self, activation, complaint):
        activation.process.data = {"complaint": complaint}
        return activation.process


class P2(flow.Flow):
    """P2."""

    process_class = Process
    start = flow.StartHandle(this.begin).Next(this.work)
    work = flow.View(lambda request: None).Next(this.choice)
    choice = flow.If(lambda activation: activation.process.data["again"]).Then(this.work).Else(this.end)
    end = flow.End()

    def begin(self, activation, complaint):
        activation.process.data = {"complaint": complaint}
        return activation.process
